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
  // Only the last one begun may be under way when another one is chosen.
  if (question.tried.empty()) return 0;
  const Attempt& last = question.tried.back();
  const Catalogue& catalogue = *question.snapshot.catalogue;
  if (last.generation != catalogue.generation() || last.endpoint == endpoint) return 0;
  if (!was_silent(last, question.now)) return 0;
  const std::vector<Endpoint>& endpoints = catalogue.endpoints();
  if (endpoints[last.endpoint].provider != endpoints[endpoint].provider) return 0;
  return config::Seconds(question.now - last.dispatched).count();
}

}  // namespace routing
