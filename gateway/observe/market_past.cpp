#include "gateway/observe/market_past.hpp"

#include <algorithm>
#include <utility>

namespace gateway {

namespace {

constexpr std::size_t least = 4;  // moments
constexpr std::size_t few = 16;
constexpr std::uint64_t near = 16;  // versions

}  // namespace

void MarketPast::keep(const std::shared_ptr<const routing::Snapshot>& snapshot) {
  if (!moments_.empty() && moments_.back().version >= snapshot->version) return;
  const States& states = snapshot->endpoints;
  const std::size_t each = std::max<std::size_t>(1, states.size() * sizeof(routing::EndpointState));
  const std::size_t most = std::max(least, most_bytes / each);
  // A few large ones are shared with whoever else has the snapshot. Of many, what else is in it would add up.
  auto kept =
      most <= few ? std::shared_ptr<const States>(snapshot, &states) : std::make_shared<const States>(states);
  moments_.push_back({snapshot->version, std::move(kept)});
  if (moments_.size() <= most) return;
  // Every other one of the older half goes; the oldest stays, so that there is always one before.
  std::size_t place = 0;
  const std::size_t half = moments_.size() / 2;
  std::erase_if(moments_, [&](const Moment&) { return ++place <= half && place % 2 == 0; });
}

const MarketPast::Moment* MarketPast::at(std::uint64_t version) const {
  const auto after = std::ranges::upper_bound(moments_, version, {}, &Moment::version);
  if (after == moments_.begin()) return nullptr;
  const Moment& found = *std::prev(after);
  const std::uint64_t newest = moments_.back().version;
  const std::uint64_t ago = newest > version ? newest - version : 0;
  return after == moments_.end() || version - found.version <= std::max(near, ago) ? &found : nullptr;
}

}  // namespace gateway
