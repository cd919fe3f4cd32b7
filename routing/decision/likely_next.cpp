#include "routing/decision/likely_next.hpp"

#include <algorithm>

namespace routing {
namespace {

constexpr double likely = 0.05;  // of one request in twenty

}  // namespace

LikelyNext likely_next(const Decision& decision) {
  LikelyNext next;
  const auto add = [&](EndpointIndex endpoint) {
    if (next.size() < next.capacity() && std::ranges::find(next, endpoint) == next.end())
      next.push_back(endpoint);
  };
  if (decision.chosen) add(*decision.chosen);
  for (std::size_t i = 0; i < std::min<std::size_t>(decision.order.size(), 2); ++i) {
    add(decision.verdicts[decision.order[i]].endpoint);
  }
  for (const std::uint32_t place : decision.order) {
    const Verdict& verdict = decision.verdicts[place];
    if (verdict.propensity >= likely) add(verdict.endpoint);
  }
  return next;
}

}  // namespace routing
