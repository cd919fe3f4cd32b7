#include "routing/exchange/hearing.hpp"

#include <algorithm>

namespace routing {
namespace {

constexpr config::Duration loads_last = std::chrono::seconds(2);
// No bulletin is taken that is older than this: what was heard of its sender need not be remembered.
constexpr config::Duration forgotten_after = std::chrono::seconds(15);

}  // namespace

void Hearing::adopt(const Catalogue& catalogue) {
  by_name_.clear();
  for (const Endpoint& endpoint : catalogue.endpoints())
    by_name_.emplace(shared_name(endpoint), endpoint.index);
  under_way_.assign(catalogue.endpoints().size(), 0);
  count_loads();
}

bool Hearing::hear(const Bulletin& bulletin, config::TimePoint now) {
  if (bulletin.sender == own_) return false;
  const auto known = others_.find(bulletin.sender);
  if (known == others_.end() && others_.size() == most_gateways) return false;
  Other& other = known == others_.end() ? others_[bulletin.sender] : known->second;
  if (bulletin.sequence <= other.sequence) return false;
  other = {.sequence = bulletin.sequence, .heard = bulletin.sent, .loads = bulletin.loads};
  bool is_news = count_loads();
  for (const Bulletin::Seen& each : bulletin.seen) {
    const auto found = by_name_.find(each.endpoint);
    if (found == by_name_.end()) continue;
    Glimpse glimpse = each.glimpse;
    glimpse.attempt.endpoint = found->second;
    if (!market_.learns_from(glimpse, now)) continue;
    ++learned_;
    is_news = true;
  }
  return is_news;
}

std::size_t Hearing::gateways(config::TimePoint now) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      others_, [&](const auto& each) { return now - each.second.heard <= loads_last; }));
}

bool Hearing::pass(config::TimePoint now) {
  const std::size_t gone =
      std::erase_if(others_, [&](const auto& each) { return now - each.second.heard > forgotten_after; });
  bool has_silent = gone > 0;
  for (auto& [sender, other] : others_) {
    if (other.loads.empty() || now - other.heard <= loads_last) continue;
    other.loads.clear();
    has_silent = true;
  }
  return has_silent && count_loads();
}

bool Hearing::count_loads() {
  std::fill(under_way_.begin(), under_way_.end(), 0);
  for (const auto& [sender, other] : others_) {
    for (const Bulletin::Load& load : other.loads) {
      const auto found = by_name_.find(load.endpoint);
      if (found != by_name_.end()) under_way_[found->second] += load.in_flight;
    }
  }
  bool is_news = false;
  for (EndpointIndex i = 0; i < under_way_.size(); ++i) is_news |= market_.others_have(i, under_way_[i]);
  return is_news;
}

}  // namespace routing
