#include "gateway/accounts/fair_places.hpp"

#include <algorithm>
#include <vector>

namespace gateway {
namespace {

// Where there are fewer places than gateways each has its turn: shorter ones would be spent on asking.
constexpr config::Duration turn_lasts = std::chrono::milliseconds(250);

// Its part where there is less than one place for each: whoever had one the longest gives it to whoever waits
// the longest.
std::int64_t by_turns(std::span<const Sharer> all, std::size_t me, std::int64_t room) {
  const Sharer& own = all[me];
  std::int64_t free = room, waiting = 0, before_me = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    free -= all[i].held;
    if (all[i].held == 0) ++waiting;
    const bool is_of_mine = (all[i].held > 0) == (own.held > 0);
    if (is_of_mine && (all[i].since > own.since || (all[i].since == own.since && i < me))) ++before_me;
  }
  if (own.held == 0) return before_me < free ? 1 : 0;
  return own.since < turn_lasts || before_me >= waiting - std::max<std::int64_t>(free, 0) ? 1 : 0;
}

}  // namespace

std::int64_t fair_places(std::span<const Sharer> all, std::size_t me, std::int64_t room) {
  // Who wants less than the same for all has that; the others share what it leaves.
  std::vector<std::int64_t> demands;
  for (const Sharer& each : all) demands.push_back(each.demand);
  std::ranges::sort(demands);
  std::int64_t left = std::max<std::int64_t>(room, 0);
  auto sharers = static_cast<std::int64_t>(demands.size());
  for (const std::int64_t demand : demands) {
    if (demand > left / sharers) break;
    left -= demand;
    --sharers;
  }
  if (sharers == 0) return no_bound;
  const std::int64_t level = left / sharers;
  if (all[me].demand <= level) return no_bound;
  if (level == 0) return by_turns(all, me, room);
  const auto before =
      std::ranges::count_if(all.first(me), [&](const Sharer& each) { return each.demand > level; });
  return level + (before < left % sharers ? 1 : 0);
}

}  // namespace gateway
