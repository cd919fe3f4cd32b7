// What is known of one try at one endpoint: all that is told of it, and that it is settled by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "gateway/surface/error_reply.hpp"
#include "routing/market/dossier.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

struct Tried {
  routing::Attempt attempt;
  routing::AskedFor asked;
  std::unique_ptr<HostWords> said{};  // about a failure
  std::size_t bytes = 0;              // of the texts of its answer
  // What a host tells of its usage before its answer has an end is of what it had said until then.
  struct Told {
    bool is_interim = false;
    std::size_t bytes = 0;
    std::uint32_t deltas = 0;
  };
  Told told{};
  std::size_t replies = 1;  // that make it, each billed as a request of its own
  int repeats = 0;          // Exchange::repeats()
  bool is_settled = false;  // what it cost stands already
};

}  // namespace gateway
