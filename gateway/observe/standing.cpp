#include "gateway/observe/standing.hpp"

namespace gateway {

// What the host itself asked for goes before what we think of it.
Stand stand_of(const routing::EndpointState& state, config::TimePoint now) {
  if (!state.engine.is_ready) return {.standing = Standing::not_ready};
  const routing::Health& health = state.health;
  if (health.cooling_until > now) return {.standing = Standing::cooling, .until = health.cooling_until};
  switch (health.breaker.phase(now)) {
    case routing::Breaker::Phase::closed:
      return {};
    case routing::Breaker::Phase::open:
      return {.standing = Standing::open, .until = health.breaker.opens()};
    case routing::Breaker::Phase::half_open:
    case routing::Breaker::Phase::ramping:
      return {.standing = Standing::trial};
  }
  return {};
}

std::string_view to_text(Standing standing) {
  switch (standing) {
    case Standing::serving:
      return "serving";
    case Standing::cooling:
      return "cooling";
    case Standing::open:
      return "open";
    case Standing::trial:
      return "trial";
    case Standing::not_ready:
      return "not_ready";
    case Standing::drained:
      return "drained";
  }
  return "unknown";
}

}  // namespace gateway
