#include "routing/decision/tiers.hpp"

namespace routing {
namespace {

int preferred(const Policy& policy, const View& view) {
  int tier = 0;
  for (const Rule& rule : policy.prefer) {
    if (rule.expression.truth(view)) return tier;
    ++tier;
  }
  return tier;
}

}  // namespace

int tier_of(const Policy& policy, const View& view, int place) {
  const int last = static_cast<int>(policy.prefer.size()) + 1;
  const int own = preferred(policy, view);
  if (!policy.overlay) return place * last + own;

  const Overlay& overlay = *policy.overlay;
  const int wished = overlay.tier(*view.endpoint, *view.measured);
  if (overlay.partition() == Partition::none) return wished * last + own;
  // A preferred speed may bring a later model forward; an order of hosts holds within each model.
  const auto& order = overlay.preferences().order;
  const int places = static_cast<int>(view.demand->fallbacks.size()) + 1;
  const int wishes = 2 * (static_cast<int>(order.size()) + 1);
  return (order.empty() ? wished * places + place : place * wishes + wished) * last + own;
}

}  // namespace routing
