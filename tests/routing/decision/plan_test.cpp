#include "routing/decision/plan.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::Host;
using support::World;

namespace {

Attempt failed(const World& world, EndpointIndex endpoint, FailureKind kind,
               Progress progress = Progress::request_sent) {
  return {.endpoint = endpoint,
          .generation = world.catalogue->generation(),
          .dispatched = world.now,
          .failure = Failure{.kind = kind, .progress = progress}};
}

void fail(World& world, EndpointIndex endpoint, int times = 3) {
  for (int i = 0; i < times; ++i) {
    world.market.observe(failed(world, endpoint, FailureKind::server_error), world.demand(), world.now);
  }
}

const Verdict& verdict(const World& world, EndpointIndex endpoint) {
  return world.decision.verdicts[endpoint];
}

}  // namespace

TEST_CASE("without any evidence the cheapest is chosen, and every candidate has a verdict with its terms") {
  World world(
      {{.name = "dear", .output_price = 9}, {.name = "cheap"}, {.name = "middle", .output_price = 4}});
  world.decide(world.demand());
  CHECK(*world.decision.chosen == 1);
  CHECK(world.decision.propensity == 1);
  CHECK(!world.decision.trials_allowed);  // no trial
  REQUIRE(world.decision.verdicts.size() == 3);
  CHECK(verdict(world, 1).rank == 1);
  CHECK(verdict(world, 2).rank == 2);
  CHECK(verdict(world, 0).rank == 3);
  const Cost& cost = verdict(world, 1).cost;
  // 1,000 tokens at 0.5 $/M and 400 at 2 $/M; 0.6 + 0.125 s and 400 tokens at 60 tok/s for 3.6 $/h.
  CHECK(cost.price == support::close(0.0005 + 0.0008));
  CHECK(cost.ttft == support::close(0.001 * 1.15 * 0.725));
  CHECK(cost.generation == support::close(0.001 * 400 / 60));
  CHECK(cost.failure == support::close(0.03 * (0.6 * (cost.total() - cost.failure) + 0.001 * 1.5)));
  CHECK(world.decision.expected_dollars == cost.total());
}

TEST_CASE("what removes an endpoint, and by how much it missed") {
  World world({{.name = "short", .context = 1'300}, {.name = "long"}});
  SUBCASE("prompt and maximum exceed the context") {
    Demand demand = world.demand();
    demand.max_output = config::Tokens{500};
    world.decide(demand);
    CHECK(verdict(world, 0).removal == Removal::context);
    CHECK(verdict(world, 0).missed_by == 200);
  }
  SUBCASE("without a maximum the expected answer must fit") {
    world.decide(world.demand());
    CHECK(verdict(world, 0).removal == Removal::context);
    CHECK(verdict(world, 0).missed_by == 100);
  }
  SUBCASE("a feature is missing") {
    Demand demand = world.demand(100);
    demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
    world.decide(demand);
    CHECK(verdict(world, 1).removal == Removal::features);
    CHECK(!world.decision.chosen);
    CHECK(!world.decision.earliest);
  }
  SUBCASE("it was tried") {
    const Attempt tried = failed(world, 1, FailureKind::server_error);
    world.decide(world.demand(100), std::span(&tried, 1));
    CHECK(verdict(world, 1).removal == Removal::tried);
    CHECK(verdict(world, 1).missed_by == 0);
    CHECK(*world.decision.chosen == 0);
    CHECK(world.decision.reason == Reason::only);
  }
}

TEST_CASE("an output limit and a limit of requests in flight are kept") {
  config::Settings settings = support::settings_of({{.name = "limited"}});
  settings.models[0].endpoints[0].max_output = config::Tokens{1'000};
  settings.providers[0].limits.max_in_flight = 2;
  World world({{.name = "limited"}});
  world.catalogue = std::make_shared<const Catalogue>(settings, 2);
  world.market.adopt(world.catalogue, world.now);
  Demand demand = world.demand();
  demand.max_output = config::Tokens{1'500};
  world.decide(demand);
  CHECK(verdict(world, 0).removal == Removal::max_output);
  CHECK(verdict(world, 0).missed_by == 500);
  // Where it is lowered there, it is no limit, however far beyond the context it is.
  demand.max_output = config::Tokens{10'000'000};
  demand.lowers_max_output = true;
  world.decide(demand);
  CHECK(world.decision.chosen);

  demand.max_output.reset();
  const Flight first(world.in_flight.counter(0));
  world.decide(demand);
  CHECK(world.decision.chosen);
  const Flight second(world.in_flight.counter(0));
  world.decide(demand);
  CHECK(verdict(world, 0).removal == Removal::full);
  CHECK(verdict(world, 0).missed_by == 0);
}

TEST_CASE("a host whose limits for our keys are used up is left out, and the decision says until when") {
  World world({{.name = "limited"}, {.name = "dear", .output_price = 90}});
  world.allowances = {{.provider = 0, .left = -0.1, .wait = 12s}};
  world.decide(world.demand());
  CHECK(*world.decision.chosen == 1);
  CHECK(verdict(world, 0).removal == Removal::credential_limit);
  CHECK(verdict(world, 0).missed_by == support::close(12));
  world.allowances.push_back({.provider = 1, .left = -1, .wait = 3s});
  world.decide(world.demand());
  CHECK(!world.decision.chosen);
  REQUIRE(world.decision.earliest);
  CHECK(*world.decision.earliest == world.now + 3s);
}

TEST_CASE("a host whose limits are nearly used costs more, so that others are asked before it is full") {
  World world({{.name = "limited"}, {.name = "other", .output_price = 2.1}});
  world.decide(world.demand());
  CHECK(*world.decision.chosen == 0);
  CHECK(verdict(world, 0).cost.quota == 0);
  world.allowances = {{.provider = 0, .left = 0.02}};
  world.decide(world.demand());
  CHECK(verdict(world, 0).cost.quota > 0);
  CHECK(verdict(world, 0).prediction.headroom == 0.02);
  CHECK(*world.decision.chosen == 1);
}

TEST_CASE("a host that asked for a pause is left alone for it, and the decision says when it is back") {
  World world({{.name = "a"}});
  Attempt limited = failed(world, 0, FailureKind::rate_limited);
  limited.failure->retry_after = 7s;
  world.market.observe(limited, world.demand(), world.now);
  CHECK(world.market.flipped());
  world.decide(world.demand());
  CHECK(!world.decision.chosen);
  CHECK(verdict(world, 0).removal == Removal::cooling);
  CHECK(verdict(world, 0).missed_by == support::close(7));
  REQUIRE(world.decision.earliest);
  CHECK(*world.decision.earliest == world.now + 7s);

  SUBCASE("the same request may ask it again after the pause") {
    world.now += 7s;
    world.decide(world.demand(), std::span(&limited, 1));
    CHECK(world.decision.chosen);
  }
  SUBCASE("but not before, even when the market does not know of the pause yet") {
    World other({{.name = "a"}});
    other.decide(other.demand(), std::span(&limited, 1));
    CHECK(!other.decision.chosen);
    CHECK(*other.decision.earliest == other.now + 7s);
  }
}

TEST_CASE("an open breaker keeps requests away, lets one trial through, and then a growing share") {
  World world({{.name = "a"}, {.name = "b", .output_price = 20}, {.name = "c", .output_price = 20}});
  world.ask_often(30);
  fail(world, 0, 20);
  world.decide(world.demand());
  CHECK(verdict(world, 0).removal == Removal::open);
  CHECK(verdict(world, 0).missed_by > 0.7);
  CHECK(*world.decision.chosen != 0);

  const Flight from_before(world.in_flight.counter(0));
  world.now += 6s;
  world.decide(world.demand());
  CHECK(*world.decision.chosen == 0);
  REQUIRE(world.decision.trials_allowed);
  {
    TrialPermit trial;
    CHECK(trial.begin(world.in_flight.trials(0), *world.decision.trials_allowed));
    CHECK(!TrialPermit().begin(world.in_flight.trials(0), *world.decision.trials_allowed));
    world.decide(world.demand());
    CHECK(verdict(world, 0).removal == Removal::open);
  }
  const Attempt elsewhere = failed(world, 1, FailureKind::server_error);
  world.decide(world.demand(), std::span(&elsewhere, 1));
  CHECK(verdict(world, 0).removal == Removal::open);  // a retry is no trial
  CHECK(verdict(world, 0).missed_by == 0);

  world.market.observe(world.answer(0, world.demand()), world.demand(), world.now);
  const Flight one(world.in_flight.counter(0)), two(world.in_flight.counter(0)),
      three(world.in_flight.counter(0)), four(world.in_flight.counter(0));
  const auto share = [&] {
    int seen = 0;
    for (int i = 0; i < 400; ++i) {
      world.decide(world.demand());
      seen += verdict(world, 0).removal == Removal::none;
    }
    return seen / 400.0;
  };
  CHECK(share() == support::close(0.2, 0.3));
  world.market.observe(world.answer(0, world.demand()), world.demand(), world.now);
  CHECK(share() == support::close(0.4, 0.2));
  for (int i = 0; i < 3; ++i)
    world.market.observe(world.answer(0, world.demand()), world.demand(), world.now);
  CHECK(share() == 1);
}

TEST_CASE("a trial is made only with a request that can go elsewhere when it fails") {
  World world({{.name = "a"}, {.name = "b", .output_price = 20}, {.name = "c", .output_price = 20}});
  world.ask_often(30);
  fail(world, 0, 20);
  world.now += 10s;
  world.policy.attempts = 1;
  world.decide(world.demand());
  CHECK(verdict(world, 0).removal == Removal::open);
  world.policy.attempts = 2;
  world.decide(world.demand());
  CHECK(*world.decision.chosen == 0);
}

TEST_CASE("a host that comes back is asked by all when there is nobody else") {
  World world({{.name = "a"}, {.name = "b"}});
  fail(world, 0, 20);
  world.now += 10s;
  const Attempt elsewhere = failed(world, 1, FailureKind::server_error);
  SUBCASE("while one trial is under way") {
    TrialPermit trial;
    trial.begin(world.in_flight.trials(0), 1);
    world.decide(world.demand(), std::span(&elsewhere, 1));
    REQUIRE(world.decision.chosen);
    CHECK(*world.decision.chosen == 0);
    CHECK(world.decision.reason == Reason::panic);
    CHECK(!world.decision.trials_allowed);
  }
  SUBCASE("while it lets in a share only") {
    world.market.observe(world.answer(0, world.demand()), world.demand(), world.now);
    std::vector<std::unique_ptr<Flight>> flights;
    for (int i = 0; i < 10; ++i) flights.push_back(std::make_unique<Flight>(world.in_flight.counter(0)));
    for (int i = 0; i < 100; ++i) {
      world.decide(world.demand(), std::span(&elsewhere, 1));
      REQUIRE(world.decision.chosen);
      CHECK(*world.decision.chosen == 0);
    }
  }
}

TEST_CASE(
    "when more than half are open those count again that serve something, and all when nobody else is left") {
  World world({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  fail(world, 0);
  world.decide(world.demand());
  CHECK(verdict(world, 0).removal == Removal::open);
  fail(world, 1);
  world.decide(world.demand());
  CHECK(verdict(world, 0).removal == Removal::open);  // nothing is under way there: it is down
  CHECK(*world.decision.chosen == 2);
  const Flight flight(world.in_flight.counter(0));
  world.decide(world.demand());
  CHECK(verdict(world, 0).removal == Removal::none);  // it may be full
  CHECK(verdict(world, 1).removal == Removal::open);
  CHECK(world.decision.reason == Reason::panic);
  CHECK(*world.decision.chosen == 2);  // the healthy one still costs least
  fail(world, 2);
  world.decide(world.demand());
  for (EndpointIndex i = 0; i < 3; ++i) CHECK(verdict(world, i).removal == Removal::none);
  // A wrong credential does not heal by asking more.
  world.market.observe(failed(world, 1, FailureKind::credential), world.demand(), world.now);
  world.decide(world.demand());
  CHECK(world.decision.chosen);
  CHECK(verdict(world, 1).removal == Removal::open);
  CHECK(verdict(world, 1).missed_by == support::close(10));
}

TEST_CASE("a refused credential takes out every model of the provider") {
  config::Settings settings = support::settings_of({{.name = "a"}, {.name = "b"}});
  settings.models.push_back({.name = {"other"}, .endpoints = {settings.models[0].endpoints[0]}});
  World world({{.name = "a"}, {.name = "b"}, {.name = "a again"}});
  world.catalogue = std::make_shared<const Catalogue>(settings, 2);
  world.market.adopt(world.catalogue, world.now);
  Attempt refused = failed(world, 2, FailureKind::credential);
  refused.failure->status = 401;
  world.market.observe(refused, world.demand(), world.now);
  world.decide(world.demand());
  CHECK(verdict(world, 0).removal == Removal::open);
  CHECK(*world.decision.chosen == 1);
}

TEST_CASE("with nobody else left, a host that never got the request may be asked once more") {
  World world({{.name = "a"}});
  const Attempt unsent = failed(world, 0, FailureKind::connect, Progress::nothing_sent);
  world.decide(world.demand(), std::span(&unsent, 1));
  CHECK(world.decision.chosen);
  const Attempt twice[] = {unsent, unsent};
  world.decide(world.demand(), twice);
  CHECK(!world.decision.chosen);
  const Attempt sent = failed(world, 0, FailureKind::connect);
  world.decide(world.demand(), std::span(&sent, 1));
  CHECK(!world.decision.chosen);
}

TEST_CASE("requests in flight at a host make it dearer, so that a burst spreads before any reply") {
  World world({{.name = "a"}, {.name = "b", .output_price = 2.1}});
  std::vector<std::unique_ptr<Flight>> flights;
  int at_b = 0;
  for (int i = 0; i < 40; ++i) {
    world.decide(world.demand());
    at_b += *world.decision.chosen == 1;
    flights.push_back(std::make_unique<Flight>(world.in_flight.counter(*world.decision.chosen)));
  }
  CHECK(at_b > 10);
  CHECK(at_b < 30);
}

TEST_CASE("the same seed gives the same decision") {
  World world({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}});
  world.purse.settle({.chosen = 0, .expected_dollars = 10}, 0.02);
  const auto snapshot = world.market.snapshot(world.now);
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    Decision first, second;
    plan(*snapshot, world.policy, world.demand(), {}, world.in_flight, world.purse, {world.now, seed}, first);
    plan(*snapshot, world.policy, world.demand(), {}, world.in_flight, world.purse, {world.now, seed},
         second);
    CHECK(first.chosen == second.chosen);
    CHECK(first.propensity == second.propensity);
    CHECK(first.seed == seed);
  }
}

TEST_CASE("an unknown model has no candidates") {
  World world({{.name = "a"}});
  Demand demand = world.demand();
  demand.model = nullptr;
  world.decide(demand);
  CHECK(!world.decision.chosen);
  CHECK(world.decision.verdicts.empty());
}

TEST_CASE("a request that began with an older catalogue is decided by the newest one") {
  World world({{.name = "a"}, {.name = "b", .output_price = 9}});
  const Demand demand = world.demand();
  const auto old = world.catalogue;
  world.catalogue = std::make_shared<const Catalogue>(support::settings_of({{.name = "b"}}), 2);
  world.market.adopt(world.catalogue, world.now);
  world.decide(demand);
  REQUIRE(world.decision.verdicts.size() == 1);
  CHECK(world.catalogue->endpoints()[*world.decision.chosen].settings->name.text == "b");
  world.catalogue = std::make_shared<const Catalogue>(config::Settings{}, 3);
  world.market.adopt(world.catalogue, world.now);
  world.decide(demand);
  CHECK(!world.decision.chosen);
}

TEST_CASE("a nearly used-up rate limit makes a host dearer, softly") {
  World world({{.name = "a"}, {.name = "b"}});
  Attempt reply = world.answer(0, world.demand());
  const auto quota = [&](double headroom) {
    reply.headroom = headroom;
    world.market.observe(reply, world.demand(), world.now);
    world.decide(world.demand());
    const Cost& cost = verdict(world, 0).cost;
    return cost.quota / (cost.price + cost.ttft + cost.generation);
  };
  CHECK(quota(0.5) == 0);
  CHECK(quota(0.1) == support::within(0.001, 0));
  CHECK(quota(0.05) == support::close(0.25));
  CHECK(quota(0) == support::close(1));
}

TEST_CASE("every reason and removal has a sentence") {
  for (int i = 0; i <= static_cast<int>(Reason::panic); ++i) CHECK(to_text(Reason{i}) != "unknown");
  for (int i = 0; i <= static_cast<int>(Removal::rejected); ++i) CHECK(to_text(Removal{i}) != "unknown");
}

TEST_CASE(
    "a host on trial is judged as if it failed one time in five at most, any other one by what it does") {
  World world({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  fail(world, 0, 20);
  fail(world, 1, 2);
  world.decide(world.demand());
  CHECK(verdict(world, 0).prediction.failure > 0.5);
  CHECK(verdict(world, 1).prediction.failure > 0.2);
  world.now += 10s;
  world.decide(world.demand());
  CHECK(verdict(world, 0).prediction.failure == 0.2);
  CHECK(verdict(world, 1).prediction.failure > 0.2);
  CHECK(verdict(world, 2).prediction.failure == support::close(0.03));
}

TEST_CASE(
    "a recovering host may always have as many attempts under way as it answered, and one more is drawn "
    "for") {
  World world({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  fail(world, 0, 20);
  world.now += 10s;
  world.market.observe(world.answer(0, world.demand()), world.demand(), world.now);
  const auto seen = [&] {
    int times = 0;
    for (int i = 0; i < 200; ++i) {
      world.decide(world.demand());
      times += verdict(world, 0).removal == Removal::none;
      if (verdict(world, 0).removal == Removal::none) continue;
      CHECK(verdict(world, 0).removal == Removal::recovering);
      CHECK(verdict(world, 0).missed_by == 0);
    }
    return times;
  };
  const Flight first(world.in_flight.counter(0));
  CHECK(seen() == 200);
  const Flight second(world.in_flight.counter(0));
  CHECK(seen() < 100);
}

TEST_CASE(
    "as many tokens as a host returns at most may be asked for, and where it names no limit any number") {
  config::Settings settings = support::settings_of({{.name = "limited"}, {.name = "free"}});
  settings.models[0].endpoints[0].max_output = config::Tokens{1'000};
  World world({{.name = "limited"}, {.name = "free"}});
  world.catalogue = std::make_shared<const Catalogue>(settings, 2);
  world.market.adopt(world.catalogue, world.now);
  Demand demand = world.demand();
  demand.max_output = config::Tokens{1'000};
  world.decide(demand);
  CHECK(verdict(world, 0).removal == Removal::none);
  demand.max_output = config::Tokens{1'001};
  world.decide(demand);
  CHECK(verdict(world, 0).removal == Removal::max_output);
  CHECK(verdict(world, 0).missed_by == 1);
  CHECK(verdict(world, 1).removal == Removal::none);
}

TEST_CASE("with nobody left the earliest of those that come back is told, each by the last of its reasons") {
  World world({{.name = "a"}, {.name = "b"}});
  const auto pauses = [&](EndpointIndex endpoint, FailureKind kind, config::Duration pause) {
    Attempt attempt = failed(world, endpoint, kind);
    attempt.failure->retry_after = pause;
    world.market.observe(attempt, world.demand(), world.now);
    return attempt;
  };
  SUBCASE("of two pauses the shorter one") {
    pauses(0, FailureKind::rate_limited, 9s);
    pauses(1, FailureKind::rate_limited, 4s);
    world.decide(world.demand());
    CHECK(*world.decision.earliest == world.now + 4s);
    pauses(1, FailureKind::rate_limited, 20s);
    world.decide(world.demand());
    CHECK(*world.decision.earliest == world.now + 9s);
  }
  SUBCASE("of a pause and an open breaker the later end") {
    for (const EndpointIndex i : {0u, 1u}) {
      world.market.observe(failed(world, i, FailureKind::credential), world.demand(), world.now);
    }
    pauses(0, FailureKind::rate_limited, 4s);
    world.decide(world.demand());
    CHECK(*world.decision.earliest == world.now + 10s);
    CHECK(verdict(world, 1).removal == Removal::open);
    CHECK(verdict(world, 1).missed_by == 10);
  }
  SUBCASE("the pause that this request was told counts from the end of its attempt") {
    World other({{.name = "a"}});
    Attempt asked = failed(other, 0, FailureKind::rate_limited);
    asked.finished = 3s;
    asked.failure->retry_after = 7s;
    other.decide(other.demand(), std::span(&asked, 1));
    CHECK(*other.decision.earliest == other.now + 10s);
    CHECK(verdict(other, 0).removal == Removal::cooling);
    CHECK(verdict(other, 0).missed_by == 10);
    const Attempt twice[] = {asked, asked};
    other.now += 10s;
    other.decide(other.demand(), twice);
    CHECK(other.decision.chosen);
  }
}

TEST_CASE("who is left alone is said to limit its rate only where that is why") {
  for (const FailureKind kind : {FailureKind::rate_limited, FailureKind::overloaded}) {
    const bool limits = kind == FailureKind::rate_limited;
    CAPTURE(limits);
    World world({{.name = "a"}, {.name = "b"}});
    Attempt attempt = failed(world, 0, kind);
    attempt.failure->retry_after = 7s;
    world.decide(world.demand(), std::span(&attempt, 1));
    CHECK(verdict(world, 0).removal == Removal::cooling);
    CHECK(verdict(world, 0).limits_rate == limits);
    CHECK(!verdict(world, 1).limits_rate);
    world.market.observe(attempt, world.demand(), world.now);
    world.decide(world.demand());
    CHECK(verdict(world, 0).removal == Removal::cooling);
    CHECK(verdict(world, 0).limits_rate == limits);
    world.decide(world.demand(), {});
    world.now += 7s;
    world.decide(world.demand());
    CHECK(verdict(world, 0).removal == Removal::none);
  }
}

TEST_CASE("a decision that is made anew keeps nothing of the one before") {
  World world({{.name = "a"}, {.name = "b", .output_price = 9}});
  world.output = 700;
  world.market.observe(world.answer(0, world.demand()), world.demand(), world.now += 1s);
  world.decide(world.demand());
  CHECK(world.decision.snapshot > 0);
  CHECK(world.decision.seed > 0);
  CHECK(world.decision.length.output == 700);
  CHECK(world.decision.reason == Reason::best);
  CHECK(!world.decision.earliest);
  Demand demand = world.demand();
  demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
  demand.model = nullptr;
  world.decide(demand);
  CHECK(world.decision.verdicts.empty());
  CHECK(world.decision.order.empty());
  CHECK(!world.decision.chosen);
  CHECK(world.decision.propensity == 0);
  CHECK(world.decision.expected_dollars == 0);
  CHECK(world.decision.explored_dollars == 0);
}

TEST_CASE("who had begun an answer goes on with it, once, and then the best other one that can") {
  config::Settings settings = support::settings_of(
      {{.name = "cheap"}, {.name = "begun", .output_price = 4}, {.name = "lacking", .output_price = 1}});
  World world(
      {{.name = "cheap"}, {.name = "begun", .output_price = 4}, {.name = "lacking", .output_price = 1}});
  for (config::EndpointSettings& each : settings.models[0].endpoints) {
    if (each.name.text != "lacking") each.features.set(static_cast<std::size_t>(config::Feature::prefill));
  }
  const auto catalogue = std::make_shared<const Catalogue>(settings, 1);
  Snapshot snapshot;
  snapshot.endpoints.resize(3);
  snapshot.catalogue = catalogue;
  Demand demand = world.demand();
  demand.model = catalogue->find("m");
  Policy policy;
  policy.continue_hops = 2;
  const InFlight in_flight(3);
  Attempts tried{failed(world, 1, FailureKind::broken_stream, Progress::client_has_bytes)};
  tried[0].generation = catalogue->generation();
  Decision decision;
  const auto decide = [&] {
    plan(snapshot, policy, demand, tried, in_flight, Purse{}, {.now = world.now, .seed = 1}, decision);
  };
  decide();
  REQUIRE(decision.chosen);
  CHECK(*decision.chosen == 1);
  CHECK(decision.reason == Reason::continues);
  CHECK(decision.verdicts[2].removal == Removal::features);
  tried.push_back(failed(world, 1, FailureKind::connect, Progress::nothing_sent));
  tried[1].reason = Reason::continues;
  tried[1].generation = catalogue->generation();
  decide();
  REQUIRE(decision.chosen);
  CHECK(*decision.chosen == 0);
  CHECK(decision.reason == Reason::continues);
}
