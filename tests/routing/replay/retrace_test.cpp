#include "routing/replay/retrace.hpp"

#include <doctest/doctest.h>

#include "tests/support/fleet.hpp"

using namespace routing;
using namespace std::chrono_literals;
using Due = Retrace::Due;

namespace {

struct Recorded {
  Catalogue catalogue{support::settings_of({{.name = "a"}, {.name = "b"}}), 1};
  Policy policy;
  Demand demand;
  Attempts attempts;
  config::TimePoint begin = config::TimePoint{} + 1h;

  Recorded() {
    policy.attempts = 3;
    demand.model = catalogue.find("m");
    demand.admitted = begin;
    demand.deadline = begin + 60s;
  }
  Attempt& attempt(config::Duration dispatched, config::Duration finished,
                   std::optional<FailureKind> kind = {}) {
    Attempt& made = attempts.emplace_back();
    made.dispatched = begin + dispatched;
    made.finished = finished - dispatched;
    if (kind) made.failure = Failure{.kind = *kind, .progress = Progress::request_sent};
    return made;
  }
  Attempt& hedge(config::Duration dispatched, config::Duration finished,
                 std::optional<FailureKind> kind = {}) {
    Attempt& made = attempt(dispatched, finished, kind);
    made.reason = Reason::hedge;
    return made;
  }
};

}  // namespace

TEST_CASE("a request that its second host answered is walked again: two decisions, each when it was due") {
  Recorded of;
  of.attempt(0s, 2s, FailureKind::server_error);
  of.attempt(2s, 5s);
  Retrace retrace(of.demand, of.policy, of.attempts);
  CHECK(retrace.due(of.begin) == Due::yes);
  retrace.asked({});
  CHECK(retrace.due(of.begin + 2s) == Due::yes);
  retrace.asked({});
  CHECK(retrace.begun() == 2);
  CHECK(retrace.answers());
}

TEST_CASE("a decision while the host still answers was not due") {
  Recorded of;
  of.attempt(0s, 2s, FailureKind::server_error);
  of.attempt(1s, 5s);
  Retrace retrace(of.demand, of.policy, of.attempts);
  REQUIRE(retrace.due(of.begin) == Due::yes);
  retrace.asked({});
  CHECK(retrace.due(of.begin + 1s) == Due::never);
}

TEST_CASE("a decision after what no other host can cure comes after the journey's end") {
  Recorded of;
  of.attempt(0s, 2s, FailureKind::rejected);
  of.attempt(2s, 3s);
  Retrace retrace(of.demand, of.policy, of.attempts);
  REQUIRE(retrace.due(of.begin) == Due::yes);
  retrace.asked({});
  CHECK(retrace.due(of.begin + 2s) == Due::never);
  CHECK(!retrace.answers());
}

TEST_CASE(
    "a second host beside a slow one is due at its time, and not once the first one has shown something") {
  Recorded of;
  of.attempt(0s, 4s, FailureKind::outrun);
  of.hedge(2s, 6s).first_delta = 1s;
  {
    Retrace retrace(of.demand, of.policy, of.attempts);
    REQUIRE(retrace.due(of.begin) == Due::yes);
    retrace.asked(of.begin + 2s);
    CHECK(retrace.due(of.begin + 1s) == Due::later);
    CHECK(retrace.due(of.begin + 2s) == Due::yes);
    retrace.asked({});
    CHECK(retrace.answers());
  }
  of.attempts[0].first_delta = 1s;
  Retrace retrace(of.demand, of.policy, of.attempts);
  REQUIRE(retrace.due(of.begin) == Due::yes);
  retrace.asked(of.begin + 2s);
  CHECK(retrace.due(of.begin + 2s) == Due::never);
}

TEST_CASE("a second host beside one that was not to be joined was never due") {
  Recorded of;
  of.attempt(0s, 4s, FailureKind::outrun);
  of.hedge(2s, 6s);
  Retrace retrace(of.demand, of.policy, of.attempts);
  REQUIRE(retrace.due(of.begin) == Due::yes);
  retrace.asked({});
  CHECK(retrace.due(of.begin + 2s) == Due::never);
}

TEST_CASE("a loser that ends after the winner changes nothing, and when both fail a third host is due") {
  Recorded of;
  of.attempt(0s, 3s, FailureKind::server_error);
  of.hedge(2s, 4s, FailureKind::overloaded);
  of.attempt(4s, 5s);
  Retrace retrace(of.demand, of.policy, of.attempts);
  REQUIRE(retrace.due(of.begin) == Due::yes);
  retrace.asked(of.begin + 2s);
  REQUIRE(retrace.due(of.begin + 2s) == Due::yes);
  retrace.asked({});
  CHECK(retrace.due(of.begin + 3s) == Due::never);
  CHECK(retrace.due(of.begin + 5s) == Due::yes);
  retrace.asked({});
  CHECK(retrace.answers());
}
