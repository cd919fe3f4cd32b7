#include "routing/market/market.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
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

// Two models at two hosts, each model at each of them.
config::Settings two_models() {
  config::Settings settings = support::settings_of({{.name = "x"}, {.name = "y"}});
  settings.models.push_back(settings.models.front());
  settings.models.back().name = {"n"};
  return settings;
}

struct TwoModels {
  std::shared_ptr<const Catalogue> catalogue = std::make_shared<const Catalogue>(two_models(), 1);
  config::TimePoint now = config::TimePoint{} + 1h;
  Market market{catalogue, now};

  Demand demand(const char* model = "m") const {
    Demand result;
    result.model = catalogue->find(model);
    result.prompt = {1'000};
    result.delivery = Delivery::streamed;
    return result;
  }
  void answers(EndpointIndex endpoint, config::Duration first_delta) {
    const Attempt attempt{.endpoint = endpoint,
                          .generation = 1,
                          .dispatched = now,
                          .first_delta = first_delta,
                          .first_visible = first_delta,
                          .finished = first_delta + 5s};
    market.observe(attempt, demand(), now);
  }
  void fails(EndpointIndex endpoint, Failure failure, const Demand& asked) {
    const Attempt attempt{
        .endpoint = endpoint, .generation = 1, .dispatched = now, .failure = std::move(failure)};
    market.observe(attempt, asked, now);
  }
  std::vector<bool> open() {
    std::vector<bool> result;
    const auto snapshot = market.snapshot(now);
    for (const EndpointState& state : snapshot->endpoints) {
      result.push_back(state.health.breaker.phase(now) == Breaker::Phase::open);
    }
    return result;
  }
};

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

TEST_CASE("what is only looked at is up to date, and makes no news") {
  World world({{.name = "a", .ttft = 5}});
  const auto published = world.market.snapshot(world.now);
  teach(world, "a", 1);
  CHECK(world.market.flipped());
  const auto seen = world.market.seen(world.now);
  CHECK(seen->endpoints[0].replies == 1);
  CHECK(seen->version == published->version);
  CHECK(world.market.flipped());
  CHECK(world.market.snapshot(world.now)->version == published->version + 1);
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
  CHECK(unseen.speed.first_delta({.uncached_kilotokens = 1}) == support::close(4, 0.3));
  CHECK(unseen.speed.ttft.level_variance == support::close(0.30));
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
  CHECK(state_of(*after, "limited").health.headroom_at(world.now) == support::close(0.1));
  CHECK(state_of(*after, "limited").health.failure(world.now) > Health::failure_prior.prior_mean);
}

TEST_CASE("a host whose limit of rate one request alone exceeds is asked for others as ever") {
  World world({{.name = "limited"}, {.name = "other"}});
  for (int i = 0; i < 5; ++i) {
    const Attempt large{.endpoint = 0,
                        .generation = 1,
                        .dispatched = world.now,
                        .failure = Failure{.kind = FailureKind::rate_limited, .status = 413}};
    world.market.observe(large, world.demand(), world.now += 100ms);
  }
  const auto after = world.market.snapshot(world.now);
  const Health &limited = state_of(*after, "limited").health, &other = state_of(*after, "other").health;
  CHECK(limited.cooling_until <= world.now);
  CHECK(limited.breaker.phase(world.now) == Breaker::Phase::closed);
  CHECK(limited.failure(world.now) == support::close(other.failure(world.now)));
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
  CHECK(soon->endpoints[0].measured.ttft.p90 == support::close(2.02, 0.03));
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
  CHECK(snapshot->endpoints[0].verbosity == support::close(0.8));
  CHECK(snapshot->endpoints[1].verbosity > 1.3);
  CHECK(snapshot->endpoints[1].verbosity <= 1.5);
  world.decide(world.demand());
  CHECK(world.decision.verdicts[1].prediction.expected_output >
        1.5 * world.decision.verdicts[0].prediction.expected_output);
}

TEST_CASE("an answer that we cut ourselves does not say how long answers are") {
  World world({{.name = "a"}});
  world.output = 900;
  teach(world, "a", 20);
  const Demand demand = world.demand();
  world.decide(demand);
  const double before = world.decision.verdicts[0].prediction.expected_output;
  Attempt cut = world.answer(0, demand);
  cut.usage->output = {50};
  cut.is_cut_by_us = true;
  for (int i = 0; i < 20; ++i) world.market.observe(cut, demand, world.now += 100ms);
  world.now += 1s;
  world.decide(demand);
  CHECK(world.decision.verdicts[0].prediction.expected_output == support::close(before));
}

TEST_CASE("expected output never exceeds what the request or the host allows") {
  World world({{.name = "a"}});
  world.output = 900;
  teach(world, "a", 20);
  Demand demand = world.demand();
  world.decide(demand);
  CHECK(world.decision.verdicts[0].prediction.expected_output == support::close(900, 0.05));
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
  CHECK(world.market.snapshot(world.now)->endpoints[0].prompt_scale == support::close(1.3, 0.02));
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
    CHECK(p.first_delta == support::close(shown ? 1 : 11, 0.1));
    CHECK(p.ttft == support::close(11, 0.1));
    CHECK(p.generation == support::close(10, 0.1));
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

TEST_CASE(
    "a refused credential closes its provider for all models, what is forbidden or not known one of them") {
  TwoModels refused, forbidden, missing;
  refused.fails(1, {.kind = FailureKind::credential, .status = 401}, refused.demand());
  CHECK(refused.open() == std::vector<bool>{false, true, false, true});
  forbidden.fails(1, {.kind = FailureKind::credential, .status = 403}, forbidden.demand());
  CHECK(forbidden.open() == std::vector<bool>{false, true, false, false});
  missing.fails(2, {.kind = FailureKind::missing_model, .status = 404}, missing.demand());
  CHECK(missing.open() == std::vector<bool>{false, false, true, false});
}

TEST_CASE(
    "a request's deadline is a fault of the host that was silent three times longer than it should have "
    "been") {
  const auto health_after = [](double times_p95, std::optional<config::Duration> first_delta) {
    TwoModels world;
    world.answers(0, 1s);
    const double p95 = world.market.snapshot(world.now)->endpoints[0].speed.first_delta_p95({.in_flight = 5});
    Attempt cut{.endpoint = 0,
                .generation = 1,
                .dispatched = world.now - 1s,
                .first_delta = first_delta,
                .finished = support::seconds(times_p95 * p95),
                .in_flight = 5};
    cut.failure = Failure{.kind = FailureKind::deadline};
    world.market.observe(cut, world.demand(), world.now);
    return world.market.snapshot(world.now)->endpoints[0].health;
  };
  CHECK(health_after(2.9, {}).failures.events == 0);
  CHECK(health_after(3.1, {}).failures.events == 1);
  CHECK(health_after(3.1, 1s).failures.events == 0);
}

TEST_CASE("an attempt whose end was not noted waited since it was sent") {
  TwoModels world;
  Attempt cut{.endpoint = 0, .generation = 1, .dispatched = world.now - 1h};
  cut.failure = Failure{.kind = FailureKind::deadline};
  world.market.observe(cut, world.demand(), world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[0].health.failures.events == 1);
}

TEST_CASE("a prompt too long exceeds the room in the lesser of the known context and the host's own") {
  const auto scale_after = [](std::optional<config::Tokens> context,
                              std::optional<config::Tokens> max_output) {
    TwoModels world;
    Demand demand = world.demand();
    demand.prompt = {10'000};
    demand.max_output = max_output;
    world.fails(0, {.kind = FailureKind::too_long, .status = 400, .context = context}, demand);
    return world.market.snapshot(world.now)->endpoints[0].prompt_scale;
  };
  CHECK(scale_after({}, {}) == 4);  // 128,000 in its context
  CHECK(scale_after({}, config::Tokens{100'000}) == support::close(30'000.0 / 12'000));
  CHECK(scale_after(config::Tokens{16'000}, {}) == support::close(18'000.0 / 12'000));
  CHECK(scale_after(config::Tokens{16'000}, config::Tokens{2'000}) == support::close(16'000.0 / 12'000));
  CHECK(scale_after(config::Tokens{900'000}, {}) == 4);
  CHECK(scale_after(config::Tokens{9'000}, {}) == 1);
}

TEST_CASE(
    "who was never asked is what the median of its own model's hosts is, of an even number the middle of "
    "both") {
  config::Settings settings = support::settings_of(
      {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}, {.name = "e"}, {.name = "new"}});
  settings.models.push_back(settings.models.front());
  settings.models.back().name = {"n"};
  const auto catalogue = std::make_shared<const Catalogue>(settings, 1);
  config::TimePoint now = config::TimePoint{} + 1h;
  Market market(catalogue, now);
  Demand demand;
  demand.model = catalogue->find("m");
  demand.prompt = {1'000};
  const auto answers = [&](EndpointIndex endpoint, config::Duration first) {
    const Attempt attempt{.endpoint = endpoint,
                          .generation = 1,
                          .dispatched = now,
                          .first_delta = first,
                          .first_visible = first,
                          .finished = first + 10s,
                          .deltas = static_cast<std::uint32_t>(first / 10ms)};
    market.observe(attempt, demand, now);
  };
  const config::Duration waits[] = {9s, 1s, 3s, 2s};
  for (EndpointIndex i = 0; i < 4; ++i) answers(i, waits[i]);
  answers(6, 30s);  // of the other model
  const auto even = market.snapshot(now += 1s);
  const auto middle = [&](auto value) {
    const Speed &three = even->endpoints[2].speed, &two = even->endpoints[3].speed;
    return support::close((value(three) + value(two)) / 2, 0.002);
  };
  const Speed& unseen = even->endpoints[5].speed;
  CHECK(unseen.prompt.base == middle([](const Speed& s) { return s.prompt.base; }));
  CHECK(unseen.prompt.per_kilotoken == middle([](const Speed& s) { return s.prompt.per_kilotoken; }));
  CHECK(unseen.ttft.level == middle([](const Speed& s) { return s.ttft.level; }));
  CHECK(unseen.throughput.level == middle([](const Speed& s) { return s.throughput.usual; }));
  CHECK(unseen.first_delta({}) != support::close(Speed{}.first_delta({})));
  // The other model has one that answered: its unseen hosts are as that one is.
  CHECK(even->endpoints[11].speed.ttft.level == support::close(even->endpoints[6].speed.ttft.level, 0.01));

  answers(4, 1s);
  const auto odd = market.snapshot(now += 1s);
  CHECK(odd->endpoints[5].speed.ttft.level == support::close(odd->endpoints[3].speed.ttft.level, 0.01));
}

TEST_CASE("attempts of the last four configurations still count, of earlier ones no longer") {
  World world({{.name = "a"}});
  Attempt begun = world.answer(0, world.demand());
  const Demand demand = world.demand();
  const auto reload = [&](std::uint64_t generation) {
    world.market.adopt(
        std::make_shared<const Catalogue>(support::settings_of({{.name = "new"}, {.name = "a"}}), generation),
        world.now);
  };
  const auto replies = [&] { return state_of(*world.market.snapshot(world.now), "a").replies; };
  for (std::uint64_t generation = 2; generation <= 5; ++generation) {
    reload(generation);
    world.market.observe(begun, demand, world.now);
    CHECK(replies() == static_cast<double>(generation - 1));
  }
  reload(6);
  world.market.observe(begun, demand, world.now);
  CHECK(replies() == 4);
  begun.generation = 2;  // of that its endpoint was another
  begun.endpoint = 1;
  world.market.observe(begun, demand, world.now);
  CHECK(replies() == 5);
  begun.endpoint = 2;
  world.market.observe(begun, demand, world.now);
  CHECK(replies() == 5);
}

TEST_CASE("what was measured outlasts a reload, and is published at once after it") {
  World world({{.name = "a"}, {.name = "b"}});
  teach(world, "b", 10);
  world.market.snapshot(world.now += 1s);
  world.market.adopt(std::make_shared<const Catalogue>(support::settings_of({{.name = "b"}}), 2), world.now);
  const auto after = world.market.snapshot(world.now);
  CHECK(after->endpoints[0].measured.samples == 10);
  REQUIRE(after->half_hour->size() == 1);
  CHECK((*after->half_hour)[0].samples == 10);
}

TEST_CASE(
    "a snapshot says when it was taken and which it is; how long answers are is brought up to date each "
    "second") {
  World world({{.name = "a"}});
  const auto first = world.market.snapshot(world.now);
  world.output = 900;
  teach(world, "a", 3);
  const auto soon = world.market.snapshot(world.now);
  CHECK(soon->version == first->version + 1);
  CHECK(soon->taken == world.now);
  CHECK(soon->lengths == first->lengths);
  CHECK(soon->half_hour == first->half_hour);
  CHECK(soon->prefixes == first->prefixes);  // nobody has a prefix
  const auto later = world.market.snapshot(first->taken + 1s);
  CHECK(later->lengths->expected(length_keys(world.demand())).output == support::close(900));
  CHECK((*later->half_hour)[0].samples == 3);
}

TEST_CASE("every host is refreshed once a second, a part of them at each snapshot") {
  World world({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}});
  world.market.snapshot(world.now);
  for (EndpointIndex i = 0; i < 4; ++i) {
    world.market.observe(world.answer(i, world.demand()), world.demand(), world.now);
  }
  const auto fresh = [&](config::Duration after) {
    int count = 0;
    const auto snapshot = world.market.snapshot(world.now += after);
    for (const EndpointState& state : snapshot->endpoints) {
      count += state.measured.samples == 1;
    }
    return count;
  };
  CHECK(fresh(0s) == 0);
  CHECK(fresh(250ms) == 1);
  CHECK(fresh(500ms) == 3);
  CHECK(fresh(250ms) == 4);
}

TEST_CASE("what an attempt tells as it shows it is not learned again at its request's end") {
  World world({{.name = "a"}});
  const Demand demand = world.demand();
  const AskedFor asked{.prompt = demand.prompt, .delivery = demand.delivery};
  world.market.snapshot(world.now);
  Attempt attempt = world.answer(0, demand);
  world.market.begins(attempt, asked, world.now);
  CHECK(world.market.flipped());  // the first of this host
  CHECK(world.market.snapshot(world.now)->endpoints[0].replies == 1);
  attempt.told = Told::beginning;
  world.market.ends(attempt, asked, world.now);
  attempt.told = Told::all;
  world.market.observe(attempt, demand, world.now);
  CHECK(!world.market.flipped());
  const auto after = world.market.snapshot(world.now += 1s);
  CHECK(after->endpoints[0].replies == 1);
  CHECK(after->endpoints[0].measured.samples == 1);
  CHECK(after->endpoints[0].health.failures.trials == support::close(1));
  world.market.begins(attempt, asked, world.now);
  CHECK(!world.market.flipped());
}

TEST_CASE(
    "a host is credited with the prompt once it begins to answer; with a length only when it ends well") {
  World world({{.name = "a"}});
  Demand demand = world.demand();
  demand.prefix_blocks = {11, 12};
  const std::uint64_t name = world.catalogue->endpoints()[0].name_hash;
  const auto known = [&] {
    return world.market.snapshot(world.now)->prefixes->known_to(name, demand.prefix_blocks, world.now);
  };
  const auto length = [&] {
    return world.market.snapshot(world.now += 1s)->lengths->expected(length_keys(demand));
  };
  Attempt attempt = world.answer(0, demand);
  attempt.usage = std::nullopt;
  attempt.first_delta = std::nullopt;
  attempt.failure = Failure{.kind = FailureKind::broken_stream};
  world.market.observe(attempt, demand, world.now);
  CHECK(known() == 0);
  attempt.first_delta = 1s;
  attempt.usage = Usage{.prompt = {1'000}, .output = {700}};
  world.market.observe(attempt, demand, world.now);
  CHECK(known() == 2);
  CHECK(length().replies == 0);
  attempt.failure = std::nullopt;
  attempt.usage->output = {0};
  world.market.observe(attempt, demand, world.now);
  CHECK(length().replies == 0);
  attempt.usage->output = {700};
  attempt.usage->reasoning = {300};
  world.market.observe(attempt, demand, world.now);
  CHECK(length().output == 700);
  CHECK(length().reasoning == 300);
}

TEST_CASE("usage that was made up here teaches nothing about the host's counting") {
  World world({{.name = "a"}});
  const Demand demand = world.demand();
  Attempt attempt = world.answer(0, demand);
  attempt.usage->prompt = {3'000};
  attempt.usage_is_estimated = true;
  world.market.observe(attempt, demand, world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[0].prompt_scale == 1);
  attempt.usage_is_estimated = false;
  world.market.observe(attempt, demand, world.now);
  CHECK(world.market.snapshot(world.now)->endpoints[0].prompt_scale == support::close(5'000.0 / 3'000));
}

TEST_CASE("a host that a reload brings is what its peers are at once, however far the refreshing had come") {
  World world({{.name = "a", .ttft = 9}, {.name = "b", .ttft = 9}, {.name = "c"}, {.name = "d"}});
  teach(world, "a", 20);
  teach(world, "b", 20);
  world.market.snapshot(world.now);
  world.market.snapshot(world.now += 600ms);  // the turn of some of them
  world.market.adopt(
      std::make_shared<const Catalogue>(support::settings_of({{.name = "a"}, {.name = "new"}}), 2),
      world.now);
  const auto after = world.market.snapshot(world.now);
  CHECK(state_of(*after, "new").replies == 0);
  CHECK(state_of(*after, "new").speed.first_delta({}) ==
        support::close(state_of(*after, "a").speed.first_delta({}), 0.05));
}

TEST_CASE(
    "what a cache was relied on for is counted in the host's own tokens, by the blocks that it had seen") {
  World world({{.name = "a"}});
  Demand demand = world.demand(10'000);
  demand.prefix_blocks = {11, 12, 13};
  demand.prefix_tokens = {2'000, 4'000, 8'000};
  Attempt reply = world.answer(0, demand);
  reply.usage->prompt = {14'000};
  reply.usage->cached = {1'000};
  world.market.observe(reply, demand, world.now);
  const auto after_first = world.market.snapshot(world.now);
  CHECK(after_first->endpoints[0].prompt_scale == support::close(16'000.0 / 12'000));
  CHECK(after_first->endpoints[0].cache_reliability == 0.85);  // it had seen nothing
  reply.usage->cached = {8'000};
  world.market.observe(reply, demand, world.now);
  // Expected were 8,000 tokens of ours, of its own a third more.
  CHECK(world.market.snapshot(world.now)->endpoints[0].cache_reliability ==
        support::close((3.4 + 0.75) / 5, 1e-9));
}

TEST_CASE("a host whose trial begins to be answered asks for a snapshot at once") {
  World world({{.name = "a"}});
  const Demand demand = world.demand();
  teach(world, "a", 1);
  for (int i = 0; i < 5; ++i) {
    const Attempt failed{.generation = 1,
                         .dispatched = world.now,
                         .failure = Failure{.kind = FailureKind::server_error, .status = 500}};
    world.market.observe(failed, demand, world.now += 100ms);
  }
  world.market.snapshot(world.now += 10s);
  CHECK(!world.market.flipped());
  const Attempt trial = world.answer(0, demand);
  world.market.begins(trial, {.prompt = demand.prompt, .delivery = demand.delivery}, world.now);
  CHECK(world.market.flipped());
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
  CHECK(snapshot->endpoints[0].speed.first_delta(load) == support::close(2.0, 0.1));
  CHECK(snapshot->endpoints[0].replies == 30);
  CHECK(snapshot->endpoints[1].replies == 0);
}

TEST_CASE("of several answers to one prompt each is learned from as if it had come alone") {
  const std::vector<support::Host> hosts{{.name = "a"}};
  World alone(hosts), three(hosts);
  for (int i = 0; i < 40; ++i) {
    Demand demand = alone.demand();
    const Attempt attempt = alone.answer(0, demand);
    alone.market.observe(attempt, demand, alone.now);
    demand.answers = 3;
    Attempt threefold = attempt;
    threefold.usage->output.count *= 3;
    threefold.usage->reasoning.count *= 3;
    threefold.deltas *= 3;
    three.market.observe(threefold, demand, alone.now);
    alone.now += 100ms;
  }
  const auto of_one = alone.market.snapshot(alone.now), of_three = three.market.snapshot(alone.now);
  const LengthKeys keys = length_keys(alone.demand());
  CHECK(of_three->lengths->expected(keys).output == support::close(of_one->lengths->expected(keys).output));
  CHECK(of_three->endpoints[0].speed.throughput.level ==
        support::close(of_one->endpoints[0].speed.throughput.level));
}
