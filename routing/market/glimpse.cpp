#include "routing/market/glimpse.hpp"

#include <utility>

namespace routing {

bool concerns_others(const Attempt& attempt) {
  if (!attempt.failure) return true;
  // Not to know how to go on with another's answer is no fault.
  if (attempt.reason == Reason::continues && attempt.failure->kind == FailureKind::bad_reply) return false;
  switch (attempt.failure->kind) {
    case FailureKind::resolve:
    case FailureKind::local:
    case FailureKind::credential:
    case FailureKind::missing_model:
    case FailureKind::too_long:
      return false;
    default:
      return true;
  }
}

void Glimpses::add(const Glimpse& glimpse, EndpointIndex endpoint) {
  if (!concerns_others(glimpse.attempt)) return;
  if (counts_.size() <= endpoint) counts_.resize(endpoint + 1);
  const bool is_failure = glimpse.attempt.failure.has_value();
  std::uint16_t& count = is_failure ? counts_[endpoint].failures : counts_[endpoint].usual;
  if (count >= (is_failure ? most_failures : most_usual) || all_.size() >= most) {
    ++left_out_;
    return;
  }
  ++count;
  all_.push_back(glimpse);
  all_.back().attempt.endpoint = endpoint;
}

std::vector<Glimpse> Glimpses::take() {
  counts_.clear();
  return std::exchange(all_, {});
}

}  // namespace routing
