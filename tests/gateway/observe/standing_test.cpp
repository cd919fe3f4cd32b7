#include "gateway/observe/standing.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using gateway::Standing;

namespace {

const config::TimePoint now{1000s};

}  // namespace

TEST_CASE("an endpoint that nothing is known of is serving") {
  const gateway::Stand stand = gateway::stand_of({}, now);
  CHECK(stand.standing == Standing::serving);
  CHECK(!stand.until);
}

TEST_CASE("a host that asked to wait is cooling until then") {
  routing::EndpointState state;
  state.health.cooling_until = now + 5s;
  CHECK(gateway::stand_of(state, now).standing == Standing::cooling);
  CHECK(gateway::stand_of(state, now).until == now + 5s);
  CHECK(gateway::stand_of(state, now + 5s).standing == Standing::serving);
}

TEST_CASE("a tripped breaker is open, then lets trials through, then more and more until it is closed") {
  routing::EndpointState state;
  state.health.breaker.trip(now, 0.5);
  const gateway::Stand open = gateway::stand_of(state, now);
  CHECK(open.standing == Standing::open);
  REQUIRE(open.until.has_value());
  CHECK(*open.until > now);
  const config::TimePoint later = *open.until + 1ms;
  CHECK(gateway::stand_of(state, later).standing == Standing::trial);
  state.health.breaker.succeeded(later);
  CHECK(gateway::stand_of(state, later + 1s).standing == Standing::trial);
  for (int i = 0; i < 4; ++i) state.health.breaker.succeeded(later);
  CHECK(gateway::stand_of(state, later + 1s).standing == Standing::serving);
}
