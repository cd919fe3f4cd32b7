// What is known of every endpoint from the replies it gave, and the immutable picture of it that
// decisions read. Market belongs to the control loop, its single writer; Snapshot is immutable.
#pragma once

#include <memory>
#include <vector>

#include "routing/catalogue.hpp"
#include "routing/outcome.hpp"
#include "routing/prediction.hpp"

namespace routing {

// One endpoint as decisions see it.
struct EndpointState {
  Measured measured{};
};

struct Snapshot {
  std::uint64_t version = 0;
  config::TimePoint taken{};
  std::shared_ptr<const Catalogue> catalogue;
  std::vector<EndpointState> endpoints;  // by EndpointIndex
};

class Market {
 public:
  Market(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now);

  // Learns from an attempt that ended. Those of another generation are matched by endpoint name or dropped.
  void observe(const Attempt& attempt, const struct Demand& demand, config::TimePoint now);
  // A host's state changed so that waiting for the next regular snapshot would hurt.
  bool flipped() const;
  std::shared_ptr<const Snapshot> snapshot(config::TimePoint now);
  // Takes a new generation; keeps what is known of endpoints that are still there.
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now);
};

}  // namespace routing
