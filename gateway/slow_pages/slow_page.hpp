// Pages that take their time: the market, how hosts stand or stood for somebody, what the record file says,
// and policies that are tried. For a thread that does nothing else.
#pragma once

#include <memory>
#include <string>

#include "gateway/console/configuration_page.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/recall/record_desk.hpp"
#include "gateway/request/services.hpp"
#include "routing/market/snapshot.hpp"

namespace gateway {

// What a page that takes its time is made of: immutable, or a copy.
struct Materials {
  std::shared_ptr<const Generation> generation;
  std::shared_ptr<const routing::Snapshot> snapshot;
  ConfigurationFacts facts;
  std::shared_ptr<const OutOfService> out_of_service;
  ShadowsSeen shadows;
  std::string status;  // of a page that is made of it
  config::WallTime wall;
};

RecordDesk::Answer made_page(Page page, const Materials& from, const std::string& query,
                             const std::string& body);

}  // namespace gateway
