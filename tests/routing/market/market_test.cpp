#include "routing/market/market.hpp"

#include <doctest/doctest.h>

#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::World;

namespace {

const EndpointState& state_of(const Snapshot& snapshot, const std::string& name) {
  for (const Endpoint& endpoint : snapshot.catalogue->endpoints()) {
    if (endpoint.settings->name.text == name) return snapshot.endpoints[endpoint.index];
  }
  throw std::out_of_range(name);
}

void teach(World& world, const std::string& name, int times) {
  for (int i = 0; i < times; ++i) {
    const Demand demand = world.demand();
    world.market.observe(world.answer(world.index(name), demand), demand, world.now);
    world.now += 100ms;
  }
}

}  // namespace

TEST_CASE("a snapshot does not change by what is learned after it, and each has its own version") {
  World world({{.name = "a", .ttft = 5}});
  const auto before = world.market.snapshot(world.now);
  teach(world, "a", 5);
  const auto after = world.market.snapshot(world.now);
  CHECK(before->endpoints[0].replies == 0);
  CHECK(after->endpoints[0].replies == 5);
  CHECK(after->version > before->version);
}

TEST_CASE("the first reply of a host and a change of its breaker ask for a snapshot at once, others do not") {
  World world({{.name = "a"}});
  world.market.snapshot(world.now);
  CHECK(!world.market.flipped());
  teach(world, "a", 1);
  CHECK(world.market.flipped());
  world.market.snapshot(world.now);
  teach(world, "a", 1);
  CHECK(!world.market.flipped());
  const Attempt refused{
      .generation = 1, .dispatched = world.now, .failure = Failure{.kind = FailureKind::credential}};
  world.market.observe(refused, world.demand(), world.now);
  CHECK(world.market.flipped());
}

TEST_CASE("a host nobody asked is believed to be as fast as the median of its peers, with full variance") {
  World world(
      {{.name = "a", .ttft = 3}, {.name = "b", .ttft = 4}, {.name = "c", .ttft = 20}, {.name = "new"}});
  world.noise_sd = 0;
  for (const char* name : {"a", "b", "c"}) teach(world, name, 60);
  const auto snapshot = world.market.snapshot(world.now += 1s);
  const EndpointState& unseen = state_of(*snapshot, "new");
  CHECK(unseen.speed.first_delta({.uncached_kilotokens = 1}) == doctest::Approx(4).epsilon(0.3));
  CHECK(unseen.speed.ttft.level_variance == doctest::Approx(0.30));
}

TEST_CASE("what is known of an endpoint survives a reload, and so do attempts that were under way") {
  World world({{.name = "gone"}, {.name = "stays", .ttft = 8}});
  teach(world, "stays", 30);
  const Attempt before = world.answer(1, world.demand());
  const Demand demand = world.demand();
  const auto old = world.catalogue;
  world.market.adopt(std::make_shared<const Catalogue>(
                         support::settings_of({{.name = "new"}, {.name = "stays"}, {.name = "newer"}}), 2),
                     world.now);
  CHECK(world.market.flipped());
  CHECK(state_of(*world.market.snapshot(world.now), "stays").replies == 30);
  CHECK(state_of(*world.market.snapshot(world.now), "new").replies == 0);

  world.market.observe(before, demand, world.now);
  Attempt of_the_gone = before;
  of_the_gone.endpoint = 0;
  world.market.observe(of_the_gone, demand, world.now);
  Attempt of_nobody = before;
  of_nobody.generation = 99;
  world.market.observe(of_nobody, demand, world.now);
  Attempt outside = before;
  outside.generation = 2;
  outside.endpoint = 1'000;
  world.market.observe(outside, demand, world.now);
  const auto after = world.market.snapshot(world.now);
  CHECK(state_of(*after, "stays").replies == 31);
  CHECK(state_of(*after, "new").replies == 0);
  CHECK(state_of(*after, "newer").replies == 0);
}

TEST_CASE("an endpoint is known by its provider, address and host model: its names and price may change") {
  World world({{.name = "a", .ttft = 8}, {.name = "b", .ttft = 3}});
  teach(world, "a", 30);
  teach(world, "b", 20);
  const Attempt begun = world.answer(0, world.demand());
  config::Settings settings = support::settings_of({{.name = "b"}, {.name = "a"}});
  settings.models[0].name = {"renamed"};
  settings.models[0].endpoints[1].name = {"a/large"};
  settings.models[0].endpoints[1].prices.output = support::per_million(9);
  world.market.adopt(std::make_shared<const Catalogue>(settings, 2), world.now);
  CHECK(state_of(*world.market.snapshot(world.now), "a/large").replies == 30);
  CHECK(state_of(*world.market.snapshot(world.now), "b").replies == 20);

  settings.models[0].endpoints[1].host_model = "another";
  settings.providers[0].base_url.port = 9;
  world.market.adopt(std::make_shared<const Catalogue>(settings, 3), world.now);
  CHECK(state_of(*world.market.snapshot(world.now), "a/large").replies == 0);
  CHECK(state_of(*world.market.snapshot(world.now), "b").replies == 0);
  world.market.observe(begun, world.demand(), world.now);  // of what is no longer there
  CHECK(state_of(*world.market.snapshot(world.now), "a/large").replies == 0);
}

TEST_CASE("an open breaker, a cool-down and what is left of a rate limit outlast a reload") {
  World world({{.name = "failing"}, {.name = "limited"}});
  for (int i = 0; i < 5; ++i) {
    const Attempt failed{.endpoint = 0,
                         .generation = 1,
                         .dispatched = world.now,
                         .failure = Failure{.kind = FailureKind::server_error, .status = 500}};
    world.market.observe(failed, world.demand(), world.now += 100ms);
  }
  Attempt limited{.endpoint = 1,
                  .generation = 1,
                  .dispatched = world.now,
                  .failure = Failure{.kind = FailureKind::rate_limited, .status = 429, .retry_after = 20s}};
  limited.headroom = 0.1;
  world.market.observe(limited, world.demand(), world.now);
  world.market.adopt(
      std::make_shared<const Catalogue>(support::settings_of({{.name = "limited"}, {.name = "failing"}}), 2),
      world.now);
  const auto after = world.market.snapshot(world.now);
  CHECK(state_of(*after, "failing").health.breaker.phase(world.now) == Breaker::Phase::open);
  CHECK(state_of(*after, "limited").health.cooling_until == world.now + 20s);
  CHECK(state_of(*after, "limited").health.headroom_at(world.now) == doctest::Approx(0.1));
  CHECK(state_of(*after, "limited").health.failure(world.now) > Health::failure_prior.prior_mean);
}

TEST_CASE("a reload forgives a refused credential, because the new one may be right") {
  World world({{.name = "a"}});
  const Attempt refused{
      .generation = 1, .dispatched = world.now, .failure = Failure{.kind = FailureKind::credential}};
  world.market.observe(refused, world.demand(), world.now);
  world.market.adopt(std::make_shared<const Catalogue>(support::settings_of({{.name = "a"}}), 2), world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[0].health.breaker.phase(world.now) ==
        Breaker::Phase::closed);
}

TEST_CASE("measurements reach the snapshot within a second and leave it when they are old") {
  World world({{.name = "a", .ttft = 2}});
  world.noise_sd = 0;
  teach(world, "a", 10);
  const auto soon = world.market.snapshot(world.now += 1s);
  CHECK(soon->endpoints[0].measured.samples == 10);
  CHECK(soon->endpoints[0].measured.ttft.p90 == doctest::Approx(2.02).epsilon(0.03));
  REQUIRE(soon->half_hour);
  CHECK((*soon->half_hour)[0].samples == 10);
  const auto later = world.market.snapshot(world.now += 10min);
  CHECK(later->endpoints[0].measured.samples == 0);
  CHECK((*later->half_hour)[0].samples == 10);
}

TEST_CASE("a host that talks more than its peers for the same requests is priced for it, within bounds") {
  World world({{.name = "brief"}, {.name = "wordy"}});
  for (int i = 0; i < 400; ++i) {
    world.output = i % 2 == 0 ? 300 : 900;
    const Demand demand = world.demand();
    world.market.observe(world.answer(static_cast<EndpointIndex>(i % 2), demand), demand, world.now += 100ms);
  }
  const auto snapshot = world.market.snapshot(world.now += 1s);
  CHECK(snapshot->endpoints[0].verbosity == doctest::Approx(0.8));
  CHECK(snapshot->endpoints[1].verbosity > 1.3);
  CHECK(snapshot->endpoints[1].verbosity <= 1.5);
  world.decide(world.demand());
  CHECK(world.decision.verdicts[1].prediction.expected_output >
        1.5 * world.decision.verdicts[0].prediction.expected_output);
}

TEST_CASE("expected output never exceeds what the request or the host allows") {
  World world({{.name = "a"}});
  world.output = 900;
  teach(world, "a", 20);
  Demand demand = world.demand();
  world.decide(demand);
  CHECK(world.decision.verdicts[0].prediction.expected_output == doctest::Approx(900).epsilon(0.05));
  demand.max_output = config::Tokens{50};
  world.decide(demand);
  CHECK(world.decision.verdicts[0].prediction.expected_output == 50);
}

TEST_CASE("a host's own count of prompt tokens corrects our estimate of them") {
  World world({{.name = "a"}});
  for (int i = 0; i < 100; ++i) {
    const Demand demand = world.demand(1'000);
    Attempt reply = world.answer(0, demand);
    reply.usage->prompt = {1'300};
    world.market.observe(reply, demand, world.now += 100ms);
  }
  CHECK(world.market.snapshot(world.now)->endpoints[0].prompt_scale == doctest::Approx(1.3).epsilon(0.02));
}

TEST_CASE("cached tokens that do not show up in the bill are no longer counted on") {
  World world({{.name = "a"}});
  Demand demand = world.demand(10'000);
  demand.prefix_blocks = {11, 12, 13};
  for (int i = 0; i < 60; ++i) {
    world.market.snapshot(world.now);
    world.market.observe(world.answer(0, demand), demand, world.now += 1s);
  }
  CHECK(world.market.snapshot(world.now)->endpoints[0].cache_reliability < 0.15);
}

TEST_CASE("thinking that is shown counts in the time to the first visible token, hidden thinking only once") {
  for (const bool shown : {true, false}) {
    CAPTURE(shown);
    World world({{.name = "a", .ttft = 1, .per_kilotoken = 0, .rate = 50}});
    world.noise_sd = 0;
    for (int i = 0; i < 80; ++i) {
      const Demand demand = world.demand();
      Attempt reply = world.answer(0, demand);
      reply.usage->output = {1'000};
      reply.usage->reasoning = {500};
      reply.deltas = shown ? 1'000 : 500;
      reply.first_delta = support::seconds(shown ? 1 : 11);
      reply.first_visible = support::seconds(11);
      reply.finished = support::seconds(21);
      world.market.observe(reply, demand, world.now += 100ms);
    }
    world.decide(world.demand());
    const Prediction& p = world.decision.verdicts[0].prediction;
    CHECK(p.first_delta == doctest::Approx(shown ? 1 : 11).epsilon(0.1));
    CHECK(p.ttft == doctest::Approx(11).epsilon(0.1));
    CHECK(p.generation == doctest::Approx(10).epsilon(0.1));
  }
}

TEST_CASE(
    "an attempt cut short while it waited too long makes the host look slower; one cut early does not") {
  World world({{.name = "a", .ttft = 1}});
  teach(world, "a", 30);
  const double before = world.market.snapshot(world.now)->endpoints[0].speed.first_delta({});
  const auto cut_after = [&](config::Duration waited) {
    const Attempt cut{
        .generation = 1,
        .dispatched = world.now - waited,
        .finished = waited,
        .failure = Failure{.kind = FailureKind::client_left, .progress = Progress::request_sent}};
    world.market.observe(cut, world.demand(), world.now);
    return world.market.snapshot(world.now)->endpoints[0].speed.first_delta({});
  };
  CHECK(cut_after(1s) == before);
  CHECK(cut_after(20s) > 1.01 * before);
}

TEST_CASE(
    "who left while a whole reply was made says nothing of a first token; who waited in vain, of both") {
  World world({{.name = "a", .ttft = 1}});
  teach(world, "a", 30);
  Demand whole = world.demand();
  whole.delivery = Delivery::whole;
  const auto after_cut = [&](FailureKind kind) {
    const Attempt cut{.generation = 1,
                      .dispatched = world.now - 60s,
                      .finished = 60s,
                      .failure = Failure{.kind = kind, .progress = Progress::request_sent}};
    world.market.observe(cut, whole, world.now);
    return world.market.snapshot(world.now)->endpoints[0].speed;
  };
  const Speed before = world.market.snapshot(world.now)->endpoints[0].speed;
  const Speed left = after_cut(FailureKind::client_left);
  CHECK(left.first_delta({}) == before.first_delta({}));
  CHECK(left.rate({}) == before.rate({}));
  const Speed cut = after_cut(FailureKind::first_token_timeout);
  CHECK(cut.first_delta({}) > before.first_delta({}));
  CHECK(cut.rate({}) < before.rate({}));
}

TEST_CASE("a reply without output shows how fast its host is by its time alone, if the host counted it so") {
  World world({{.name = "counts"}, {.name = "does not"}});
  for (int i = 0; i < 30; ++i) {
    Demand demand = world.demand(1'000);
    demand.delivery = Delivery::whole;
    demand.max_output = config::Tokens{0};
    for (const EndpointIndex endpoint : {0u, 1u}) {
      Attempt reply = world.answer(endpoint, demand);
      reply.first_delta.reset();
      reply.first_visible.reset();
      reply.deltas = 0;
      reply.finished = 2s;
      reply.usage->output = {0};
      reply.usage_is_estimated = endpoint == 1;
      world.market.observe(reply, demand, world.now += 100ms);
    }
  }
  const auto snapshot = world.market.snapshot(world.now);
  const Load load{.uncached_kilotokens = 1, .in_flight = 0};
  CHECK(snapshot->endpoints[0].speed.first_delta(load) == doctest::Approx(2.0).epsilon(0.1).scale(0));
  CHECK(snapshot->endpoints[0].replies == 30);
  CHECK(snapshot->endpoints[1].replies == 0);
}
