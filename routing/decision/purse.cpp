#include "routing/decision/purse.hpp"

#include <algorithm>

namespace routing {

void Purse::settle(const Decision& decision, double share) {
  if (!decision.chosen) return;
  const double filling = share * std::max(0.0, decision.expected_dollars);
  filling_ = filling_ == 0 ? filling : filling_ + 0.05 * (filling - filling_);
  dollars_ = std::min(dollars_ + filling, 30 * filling_);
  dollars_ -= decision.explored_dollars;
}

}  // namespace routing
