#include "routing/market/suspicion.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

// Longer than a breaker stays open for a fault of the configuration: a trial after that needs no new proof.
constexpr config::Duration remembered = 30min;

}  // namespace

Fault Suspicion::judged(const Attempt& attempt, config::TimePoint now) {
  // Whoever gets an answer has a credential and a model that the host knows.
  const bool answered = !attempt.failure || attempt.first_delta;
  if (answered) forget();
  if (!attempt.failure) return Fault::none;
  if (!attempt.failure->doubt) return fault_of(attempt.failure->kind);
  return !answered && is_proven_by(*attempt.failure->doubt, now) ? Fault::configuration : Fault::none;
}

bool Suspicion::is_proven_by(const Doubt& doubt, config::TimePoint now) {
  if (now - last_ > remembered) forget();
  last_ = now;
  if (count_ == 0) key_ = doubt.key;
  several_keys_ |= doubt.key != key_;
  const auto known = requests_.begin() + static_cast<std::ptrdiff_t>(count_);
  if (count_ < requests_.size() && std::find(requests_.begin(), known, doubt.request) == known) {
    requests_[count_++] = doubt.request;
  }
  return count_ == requests_.size() && (several_keys_ || keys_ < 2);
}

}  // namespace routing
