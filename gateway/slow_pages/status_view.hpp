// The status page as one key or team sees it, or as of a moment that is past: what `isocost top` shows with
// `--as`, `--team` and `--at`. Decides on what it is given and changes nothing; reads the record file; for a
// thread that may take its time.
#pragma once

#include <memory>
#include <string>

#include "gateway/generation/generation.hpp"
#include "gateway/request/services.hpp"
#include "gateway/run/control_pages.hpp"

namespace gateway {

struct StatusView {
  std::string now;  // the status page as it is
  std::shared_ptr<const Generation> generation;
  std::shared_ptr<const routing::Snapshot> snapshot;
  std::shared_ptr<const OutOfService> out_of_service;
  std::string records;  // the file; empty: none are kept
};

// `query` has as, team and at, as those of explanations. What keys see is told under `for`, and for each
// endpoint `left_out` by the rules in force, and the share of their own requests where records are kept.
Pages::Told status_view(const StatusView& from, const std::string& query, config::WallTime wall);

}  // namespace gateway
