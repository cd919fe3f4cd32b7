#include "gateway/explain/decision_order.hpp"

#include <algorithm>

namespace gateway {

using routing::Verdict;

std::vector<const Verdict*> by_rank(const routing::Decision& decision) {
  std::vector<const Verdict*> result;
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.removal == routing::Removal::none) result.push_back(&verdict);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Verdict* a, const Verdict* b) { return a->rank < b->rank; });
  return result;
}

std::vector<const Verdict*> removed_ones(const routing::Decision& decision) {
  std::vector<const Verdict*> result;
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.removal != routing::Removal::none) result.push_back(&verdict);
  }
  return result;
}

const Verdict* chosen_one(const routing::Decision& decision) {
  for (const Verdict& verdict : decision.verdicts) {
    if (decision.chosen == verdict.endpoint) return &verdict;
  }
  return nullptr;
}

}  // namespace gateway
