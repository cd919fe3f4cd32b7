#include "gateway/observe/market_past.hpp"

#include <algorithm>

namespace gateway {

void MarketPast::keep(const routing::Snapshot& snapshot) {
  if (!moments_.empty() && moments_.back().version >= snapshot.version) return;
  moments_.push_back({snapshot.version, std::make_shared<const States>(snapshot.endpoints)});
  const std::size_t each =
      std::max<std::size_t>(1, snapshot.endpoints.size() * sizeof(routing::EndpointState));
  const std::size_t most = std::max<std::size_t>(16, most_bytes / each);
  if (moments_.size() <= most) return;
  // Every other one of the older half goes; the oldest stays, so that there is always one before.
  std::size_t place = 0;
  const std::size_t half = moments_.size() / 2;
  std::erase_if(moments_, [&](const Moment&) { return ++place <= half && place % 2 == 0; });
}

const MarketPast::Moment* MarketPast::at(std::uint64_t version) const {
  const auto after = std::ranges::upper_bound(moments_, version, {}, &Moment::version);
  return after == moments_.begin() ? nullptr : &*std::prev(after);
}

}  // namespace gateway
