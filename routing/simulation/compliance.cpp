#include "routing/simulation/compliance.hpp"

#include <algorithm>

namespace routing {

bool complies(const Policy& rules, const Endpoint& endpoint, const Demand& demand) {
  if (!rules.always && rules.allow.empty()) return true;
  const Prediction nothing_predicted;
  const Measured nothing_measured;
  const View view{.endpoint = &endpoint,
                  .prediction = &nothing_predicted,
                  .measured = &nothing_measured,
                  .demand = &demand};
  return first_broken(rules.always, view) < 0 &&
         std::ranges::all_of(rules.allow, [&](const Rule& rule) { return rule.expression.truth(view); });
}

}  // namespace routing
