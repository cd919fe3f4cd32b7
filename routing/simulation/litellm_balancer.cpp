#include "routing/simulation/litellm_balancer.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_samples = 10;
constexpr config::Duration time_to_live = 3600s;
constexpr config::Duration cool_down = 5s;
constexpr double timeout_counts = 1000;

std::int64_t minute_of(config::TimePoint now) {
  return std::chrono::duration_cast<std::chrono::minutes>(now.time_since_epoch()).count();
}

}  // namespace

double LiteLlmBalancer::mean(const Deployment& deployment, config::TimePoint now) {
  double sum = 0, count = 0;
  for (const Sample& sample : deployment.samples) {
    if (now - sample.at > time_to_live) continue;
    sum += sample.seconds;
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

EndpointIndex LiteLlmBalancer::pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                                    const Catalogue&, Dice dice) {
  std::vector<EndpointIndex> fastest;
  double lowest = 0;
  for (int pass = 0; pass < 2 && fastest.empty(); ++pass) {
    for (const EndpointIndex i : eligible) {
      // With all of them cooling it asks anyway: its last resort is a deployment, not an error.
      if (pass == 0 && situation.now < known_[i].cooling_until) continue;
      const double seconds = mean(known_[i], situation.now);
      if (!fastest.empty() && seconds > lowest) continue;
      if (fastest.empty() || seconds < lowest) fastest.clear();
      lowest = seconds;
      fastest.push_back(i);
    }
  }
  return fastest[dice.below(fastest.size())];
}

void LiteLlmBalancer::ended(const Attempt& attempt, const Demand&, config::TimePoint now) {
  Deployment& known = known_[attempt.endpoint];
  if (known.minute != minute_of(now)) {
    known.minute = minute_of(now);
    known.failures = known.requests = 0;
  }
  known.requests += 1;
  const bool is_timeout = attempt.failure && attempt.failure->kind == FailureKind::first_token_timeout;
  if (!attempt.failure || is_timeout) {
    const double seconds =
        is_timeout || !attempt.first_delta ? timeout_counts : config::Seconds(*attempt.first_delta).count();
    known.samples.push_back({now, seconds});
    if (known.samples.size() > most_samples) known.samples.pop_front();
  }
  if (!attempt.failure) return;
  known.failures += 1;
  const bool at_once = attempt.failure->kind == FailureKind::rate_limited ||
                       attempt.failure->kind == FailureKind::credential ||
                       attempt.failure->kind == FailureKind::missing_model || is_timeout;
  const bool too_many = known.requests >= 5 && known.failures * 2 > known.requests;
  if (at_once || too_many) known.cooling_until = now + cool_down;
}

}  // namespace routing
