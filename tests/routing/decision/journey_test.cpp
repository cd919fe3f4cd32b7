#include "routing/decision/journey.hpp"

#include <doctest/doctest.h>

#include "tests/support/fleet.hpp"

using namespace routing;
using namespace std::chrono_literals;

namespace {

// A request with a policy of four attempts, walked by hand.
struct Walk {
  Catalogue catalogue{support::settings_of({{.name = "a"}, {.name = "b"}}), 1};
  Policy policy;
  Demand demand;
  Attempts attempts;
  config::TimePoint now = config::TimePoint{} + 1h;
  Journey journey{demand, policy, attempts};

  Walk() {
    policy.attempts = 4;
    demand.model = catalogue.find("m");
    demand.admitted = now;
    demand.deadline = now + 60s;
  }
  template <class What>
  bool is_next() {
    return std::holds_alternative<What>(journey.next(now));
  }
  std::optional<config::TimePoint> waits_until() { return std::get<Journey::Wait>(journey.next(now)).until; }
  Journey::Leg gives_up() { return std::get<Journey::GiveUp>(journey.next(now)).leg; }
  void ask(EndpointIndex endpoint = 0, std::optional<config::TimePoint> beside_at = {}) {
    journey.asks({.endpoint = endpoint, .dispatched = now}, beside_at);
  }
  void ask_beside(EndpointIndex endpoint = 1) {
    journey.asks_beside({.endpoint = endpoint, .reason = Reason::hedge, .dispatched = now});
  }
  void end(Journey::Leg leg, std::optional<FailureKind> kind = {},
           Progress progress = Progress::request_sent) {
    Attempt attempt = attempts[journey.number_of(leg)];
    if (kind) attempt.failure = Failure{.kind = *kind, .progress = progress};
    journey.ends(leg, attempt, now, 0.5);
  }
};

}  // namespace

TEST_CASE("a request that the first host answers is one choice, one wait and the end") {
  Walk walk;
  CHECK(walk.is_next<Journey::Choose>());
  walk.ask();
  CHECK(!walk.waits_until());
  CHECK(walk.journey.shows(0));
  CHECK(!walk.waits_until());
  walk.end(0);
  CHECK(walk.is_next<Journey::End>());
  CHECK(walk.journey.has_answered());
  CHECK(walk.attempts.size() == 1);
}

TEST_CASE("after a failure another host is chosen at once, then after a pause, until there were enough") {
  Walk walk;
  walk.ask();
  walk.end(0, FailureKind::server_error);
  CHECK(walk.is_next<Journey::Choose>());
  walk.ask(1);
  walk.end(0, FailureKind::overloaded);
  CHECK(walk.waits_until() == walk.now + 25ms);
  walk.now += 25ms;
  CHECK(walk.is_next<Journey::Choose>());
  walk.ask();
  walk.end(0, FailureKind::server_error);
  walk.now += 1s;
  CHECK(walk.is_next<Journey::Choose>());
  walk.ask(1);
  walk.end(0, FailureKind::server_error);
  CHECK(walk.is_next<Journey::End>());
  CHECK(!walk.journey.has_answered());
  CHECK(walk.attempts.size() == 4);
}

TEST_CASE("what no other host can cure ends the request") {
  for (const auto& [kind, progress] : {std::pair{FailureKind::client_left, Progress::request_sent},
                                       std::pair{FailureKind::deadline, Progress::request_sent},
                                       std::pair{FailureKind::broken_stream, Progress::client_has_bytes}}) {
    Walk walk;
    walk.ask();
    walk.end(0, kind, progress);
    CHECK(walk.is_next<Journey::End>());
    CHECK(!walk.journey.has_answered());
  }
}

TEST_CASE("with nobody to ask it waits for whoever is back soon, and for nobody else") {
  Walk walk;
  walk.journey.nobody(walk.now + 2s, walk.now);
  CHECK(walk.waits_until() == walk.now + 2s);
  walk.now += 2s;
  CHECK(walk.is_next<Journey::Choose>());
  walk.journey.nobody(walk.now + 10s, walk.now);
  CHECK(walk.is_next<Journey::End>());
  Walk hopeless;
  hopeless.journey.nobody(std::nullopt, hopeless.now);
  CHECK(hopeless.is_next<Journey::End>());
}

TEST_CASE("beside a slow host a second one is asked, and who shows first has the client") {
  for (const Journey::Leg winner : {Journey::Leg{0}, Journey::Leg{1}}) {
    CAPTURE(winner);
    Walk walk;
    walk.ask(0, walk.now + 1s);
    CHECK(walk.waits_until() == walk.now + 1s);
    walk.now += 1s;
    CHECK(walk.is_next<Journey::ChooseBeside>());
    walk.ask_beside();
    CHECK(!walk.waits_until());
    CHECK(walk.journey.shows(winner));
    CHECK(!walk.journey.shows(1 - winner));
    CHECK(walk.journey.has_lost(1 - winner));
    CHECK(walk.gives_up() == 1 - winner);
    CHECK(!walk.waits_until());  // it is given up once
    walk.end(1 - winner, FailureKind::outrun);
    CHECK(!walk.waits_until());
    CHECK(!walk.journey.has_answered());
    walk.end(winner);
    CHECK(walk.is_next<Journey::End>());
    CHECK(walk.journey.has_answered());
    CHECK(walk.attempts.size() == 2);
    CHECK(walk.attempts[1].reason == Reason::hedge);
  }
}

TEST_CASE("where no second host was to be had one is looked for again after twice the silence") {
  Walk walk;
  walk.ask(0, walk.now + 1s);
  const config::TimePoint began = walk.now;
  for (const auto silence : {1s, 2s, 4s}) {
    CHECK(walk.waits_until() == began + silence);
    walk.now = began + silence;
    CHECK(walk.is_next<Journey::ChooseBeside>());
  }
  CHECK(walk.waits_until() == began + 8s);
  walk.ask_beside();
  CHECK(!walk.waits_until());
  Walk at_once;
  at_once.ask(0, at_once.now);
  CHECK(at_once.is_next<Journey::ChooseBeside>());
  CHECK(at_once.waits_until() > at_once.now);  // a clock that stands still makes no endless search
}

TEST_CASE("a second host is asked once at most, and not where the first has begun or failed") {
  Walk walk;
  walk.ask(0, walk.now + 1s);
  walk.now += 1s;
  CHECK(walk.is_next<Journey::ChooseBeside>());
  walk.ask_beside();
  CHECK(!walk.waits_until());
  Walk begun;
  begun.ask(0, begun.now + 1s);
  begun.journey.shows(0);
  begun.now += 1s;
  CHECK(!begun.waits_until());
  Walk failed;
  failed.ask(0, failed.now + 1s);
  failed.now += 1s;
  failed.end(0, FailureKind::server_error);
  CHECK(failed.is_next<Journey::Choose>());
}

TEST_CASE("a second host that fails while the first one answers changes nothing: nobody else is asked") {
  Walk walk;
  walk.ask(0, walk.now + 1s);
  walk.now += 1s;
  CHECK(walk.is_next<Journey::ChooseBeside>());
  walk.ask_beside();
  walk.now += 100ms;
  walk.end(1, FailureKind::overloaded);
  CHECK(walk.is_next<Journey::Wait>());
  walk.now += 100ms;
  CHECK(walk.journey.shows(0));
  walk.end(0);
  CHECK(walk.is_next<Journey::End>());
  CHECK(walk.journey.has_answered());
  CHECK(&deciding_one(walk.attempts) == &walk.attempts[0]);
}

TEST_CASE("the second host may save a request whose first one failed, and when both did it is tried again") {
  Walk walk;
  walk.ask(0, walk.now);
  CHECK(walk.is_next<Journey::ChooseBeside>());
  walk.ask_beside();
  walk.end(0, FailureKind::server_error);
  CHECK(!walk.waits_until());
  SUBCASE("it answers") {
    CHECK(walk.journey.shows(1));
    CHECK(!walk.waits_until());  // there is no loser any more
    walk.end(1);
    CHECK(walk.is_next<Journey::End>());
    CHECK(walk.journey.has_answered());
  }
  SUBCASE("it fails, too") {
    walk.end(1, FailureKind::server_error);
    walk.now += 1s;
    CHECK(walk.is_next<Journey::Choose>());
    walk.ask();
    CHECK(walk.journey.number_of(0) == 2);
    CHECK(walk.journey.shows(0));
  }
}

TEST_CASE("a request that is stopped asks nobody more, and ends when what is under way has ended") {
  Walk walk;
  walk.ask(0, walk.now + 1s);
  walk.journey.stops();
  walk.now += 1s;
  CHECK(!walk.waits_until());
  walk.end(0, FailureKind::deadline);
  CHECK(walk.is_next<Journey::End>());
  Walk pausing;
  pausing.ask();
  pausing.end(0, FailureKind::server_error);
  pausing.journey.stops();
  CHECK(pausing.is_next<Journey::End>());
}

namespace {

// What the client has of it could be gone on with, or not.
void breaks(Walk& walk, Reason reason, bool can_go_on, FailureKind kind = FailureKind::broken_stream,
            Progress progress = Progress::client_has_bytes) {
  walk.journey.asks({.endpoint = 0, .reason = reason, .dispatched = walk.now}, {});
  walk.journey.shows(0);
  Attempt attempt = walk.attempts[walk.journey.number_of(0)];
  attempt.can_go_on = can_go_on;
  attempt.failure = Failure{.kind = kind, .progress = progress};
  walk.journey.ends(0, attempt, walk.now, 0.5);
}

}  // namespace

TEST_CASE("a stream that breaks is gone on with at once, where the policy lets it, and so many times") {
  Walk walk;
  walk.policy.continue_hops = 2;
  walk.policy.attempts = 1;  // which is for those who have brought nothing
  breaks(walk, Reason::best, true);
  CHECK(walk.is_next<Journey::Choose>());
  SUBCASE("until its end") {
    walk.journey.asks({.endpoint = 0, .reason = Reason::continues, .dispatched = walk.now}, {});
    walk.end(0);
    CHECK(walk.is_next<Journey::End>());
    CHECK(walk.journey.has_answered());
  }
  SUBCASE("also where the one that goes on breaks, or brings nothing") {
    breaks(walk, Reason::continues, true);
    CHECK(walk.is_next<Journey::Choose>());
    breaks(walk, Reason::continues, true, FailureKind::connect, Progress::nothing_sent);
    CHECK(walk.is_next<Journey::End>());
    CHECK(!walk.journey.has_answered());
  }
  SUBCASE("but not once the client has left") {
    breaks(walk, Reason::continues, true, FailureKind::client_left);
    CHECK(walk.is_next<Journey::End>());
  }
  SUBCASE("and not behind what is no text") {
    breaks(walk, Reason::continues, false);
    CHECK(walk.is_next<Journey::End>());
  }
}

TEST_CASE("without the policy's leave, or behind what is no text, a stream that breaks is over") {
  Walk walk;
  SUBCASE("no leave") {
    breaks(walk, Reason::best, true);
  }
  SUBCASE("no text") {
    walk.policy.continue_hops = 2;
    breaks(walk, Reason::best, false);
  }
  SUBCASE("the host found fault with it") {
    walk.policy.continue_hops = 2;
    breaks(walk, Reason::best, true, FailureKind::rejected);
  }
  CHECK(walk.is_next<Journey::End>());
  CHECK(!walk.journey.has_answered());
}
