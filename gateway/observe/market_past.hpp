// What was known of the market when requests under way were decided: the states of the last snapshots, as
// many as so much memory holds, the older ones further apart. Belongs to the control loop.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "routing/market/snapshot.hpp"

namespace gateway {

class MarketPast {
 public:
  using States = std::vector<routing::EndpointState>;
  struct Moment {
    std::uint64_t version = 0;
    std::shared_ptr<const States> states;
  };

  // About 16 MB in all, or four moments where that is more.
  static constexpr std::size_t most_bytes = 16u << 20;

  void keep(const std::shared_ptr<const routing::Snapshot>& snapshot);
  void forget() { moments_.clear(); }
  // The newest that is no newer than `version`; null where that is forgotten, or was another time: further
  // before it than it is ago.
  const Moment* at(std::uint64_t version) const;

 private:
  std::deque<Moment> moments_;  // ascending
};

}  // namespace gateway
