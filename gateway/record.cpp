#include "gateway/record.hpp"

#include <utility>

namespace gateway {

Record recycled(Record old) {
  const auto cleared = [](auto&& container) {
    container.clear();
    return std::move(container);
  };
  Record record;
  record.id = cleared(old.id);
  record.path = cleared(old.path);
  record.model = cleared(old.model);
  record.key = cleared(old.key);
  record.policy = cleared(old.policy);
  record.error = cleared(old.error);
  record.attempts = cleared(old.attempts);
  record.reasons = cleared(old.reasons);
  record.propensities = cleared(old.propensities);
  return record;
}

}  // namespace gateway
