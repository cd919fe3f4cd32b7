#include "routing/decision/silence.hpp"

namespace routing {
namespace {

// As it was then: a replay knows how the attempt went on.
bool was_silent(const Attempt& attempt, config::TimePoint now) {
  const auto came = [&](const std::optional<config::Duration>& after) {
    return after && attempt.dispatched + *after < now;
  };
  return !attempt.failure && !came(attempt.first_delta) && !came(attempt.finished);
}

}  // namespace

double silence(const Question& question, EndpointIndex endpoint) {
  return silence(*question.snapshot.catalogue, question.tried, question.now, endpoint);
}

double silence(const Catalogue& catalogue, std::span<const Attempt> tried, config::TimePoint now,
               EndpointIndex endpoint) {
  // Only the last one begun may be under way when another one is chosen.
  if (tried.empty()) return 0;
  const Attempt& last = tried.back();
  if (last.generation != catalogue.generation() || last.endpoint == endpoint) return 0;
  if (!was_silent(last, now)) return 0;
  const std::vector<Endpoint>& endpoints = catalogue.endpoints();
  if (endpoints[last.endpoint].provider != endpoints[endpoint].provider) return 0;
  return config::Seconds(now - last.dispatched).count();
}

}  // namespace routing
