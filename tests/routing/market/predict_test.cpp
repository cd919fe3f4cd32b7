#include "routing/market/predict.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint now = config::TimePoint{} + 1h;

support::Near about(double value) {
  return support::close(value, 1e-9);
}

config::Settings priced() {
  config::Settings settings = support::settings_of({{.name = "a"}});
  config::Prices& prices = settings.models[0].endpoints[0].prices;
  prices.input = support::per_million(1);
  prices.cache_read = support::per_million(0.1);
  prices.cache_write = support::per_million(0.25);
  prices.output = support::per_million(4);
  prices.request = {2'000'000};
  prices.image = {3'000'000};
  return settings;
}

// One endpoint with a price for everything, of which something is known, and a request of 8,000 tokens.
struct Asking {
  config::Settings settings = priced();
  EndpointState state;
  Asked asked{.prompt = 8'000, .length = {.output = 500, .reasoning = 100}, .most_output = 10'000};

  Asking() {
    state.prompt_scale = 1.25;
    state.cache_reliability = 0.8;
    state.verbosity = 1.2;
    state.streams_reasoning = 0.5;
    state.speed.prompt = {.base = 0.8, .per_kilotoken = 0.1, .base_variance = 0.05};
    state.speed.ttft.level = 0.2;
    state.speed.throughput.level = -0.3;
    state.speed.ttft.seen = state.speed.throughput.seen = Drift::Seen::something;
    state.speed.slots = state.room = Threshold::unseen(1);
  }
  Prediction predicted(double cached_share = 0.5, double in_flight = 15) const {
    const Catalogue catalogue(settings, 1);
    return predict(catalogue.endpoints()[0], state, asked, cached_share, in_flight, now);
  }
};

}  // namespace

TEST_CASE("who declares no price of searches is thought to take what the dearest of its model takes") {
  config::Settings settings = support::settings_of({{.name = "says"}, {.name = "silent"}, {.name = "cheap"}});
  auto& endpoints = settings.models[0].endpoints;
  endpoints[0].prices.search = {25'000'000};
  endpoints[2].prices.search = {5'000'000};
  const Catalogue catalogue(settings, 1);
  const Asked asked{.prompt = 300, .length = {.output = 50}, .most_output = 1'000};
  const auto price = [&](std::size_t at, int searches) {
    Asked of = asked;
    of.searches = searches;
    return predict(catalogue.endpoints()[at], {}, of, 0, 0, now).price;
  };
  CHECK(price(0, 1) - price(0, 0) == support::close(0.025));
  CHECK(price(1, 1) - price(1, 0) == support::close(0.025));
  CHECK(price(2, 1) - price(2, 0) == support::close(0.005));
  // What is billed goes by what is declared.
  CHECK(catalogue.endpoints()[1].prices().search.nanos == 0);
}

TEST_CASE(
    "what the host counts is what is expected: of its own tokens, cached ones as far as it keeps its word") {
  Asking asking;
  asking.state.health.headroom = 0.4;
  asking.state.health.headroom_known = now;
  const Prediction p = asking.predicted();
  // 10,000 tokens as the host counts, 4,000 of them from its cache, 600 of an answer.
  CHECK(p.expected_output == about(600));
  CHECK(p.price == about((6'000 * 1 + 4'000 * 0.1 + 6'000 * 0.25 + 600 * 4) / 1e6 + 0.002));
  asking.asked.pictures = 2;
  CHECK(asking.predicted().price == about(p.price + 0.006));
  CHECK(p.cache_hit == about(0.4));
  CHECK(p.in_flight == 15);
  CHECK(p.headroom == 0.4);
  CHECK(p.failure == about(0.03));
}

TEST_CASE("who wants what is cached kept for an hour is reckoned with what that costs") {
  Asking asking;
  const double usual = asking.predicted().price;
  asking.asked.cache_marks = CacheMarks::hour;
  // Twice the input price, where nothing else is said; 6,000 of the 10,000 tokens are not in the cache.
  CHECK(asking.predicted().price == about(usual + 6'000 * (1 - 0.25) / 1e6));
  config::Prices& prices = asking.settings.models[0].endpoints[0].prices;
  prices.cache_write_1h = support::per_million(0.6);
  CHECK(asking.predicted().price == about(usual + 6'000 * (0.6 - 0.25) / 1e6));
  // Who takes nothing for writing takes nothing for keeping it.
  prices.cache_write.reset(), prices.cache_write_1h.reset();
  CHECK(asking.predicted().price == about(usual - 6'000 * 0.25 / 1e6));
}

TEST_CASE("who caches what is marked alone takes nothing for a prompt without marks") {
  Asking asking;
  const double usual = asking.predicted().price;
  asking.settings.models[0].endpoints[0].cache_writes = config::CacheWrites::marked;
  CHECK(asking.predicted().price == about(usual - 6'000 * 0.25 / 1e6));
  asking.asked.cache_marks = CacheMarks::usual;
  CHECK(asking.predicted().price == about(usual));
}

TEST_CASE("a host of which nothing was seen may be as far from its peers as hosts are") {
  Asking asking;
  asking.state.speed.ttft.seen = Drift::Seen::nothing;
  const Prediction p = asking.predicted();
  CHECK(p.ttft_level_sd == about(std::sqrt(1.5)));
  CHECK(p.throughput_level_sd == Asking().predicted().throughput_level_sd);
  CHECK(p.first_delta_log_sd == Asking().predicted().first_delta_log_sd);
  asking.state.speed.throughput.seen = Drift::Seen::nothing;
  CHECK(asking.predicted().throughput_level_sd == about(std::sqrt(0.5)));
}

TEST_CASE("the first visible token comes after the thinking as far as that is shown, and the rest after it") {
  const Asking asking;
  const Speed& speed = asking.state.speed;
  const Load load{.uncached_kilotokens = 6, .in_flight = 15};
  const Prediction p = asking.predicted();
  const double rate = speed.rate(load), first = speed.first_delta(load);
  CHECK(p.throughput == about(rate));
  CHECK(p.first_delta == about(first));
  const double thinking = 0.5 * 120 / rate;
  CHECK(p.ttft == about(first + thinking));
  CHECK(p.generation == about((600 - 120) / rate));

  const double rate_variance = speed.throughput.variance(1.5);
  CHECK(p.throughput_level_sd == about(std::sqrt(rate_variance)));
  CHECK(p.throughput_log_sd == about(std::sqrt(rate_variance + 0.04 + 0.5 / 600)));
  const double level_variance = speed.first_delta_log_variance(load);
  CHECK(p.ttft_level_sd == about(std::sqrt(level_variance)));
  CHECK(p.first_delta_log_sd == about(std::sqrt(level_variance + 0.1225)));
  const double share = first / (first + thinking);
  CHECK(p.ttft_log_sd == about(std::sqrt(share * share * (level_variance + 0.1225) +
                                         (1 - share) * (1 - share) * (rate_variance + 0.49))));
}

TEST_CASE(
    "where a host runs only so many, who comes waits, and where it has no more room, is likely refused") {
  Asking asking;
  asking.state.speed.slots.weights.fill(0);
  asking.state.speed.slots.weights[3] = 1;  // four at once
  asking.state.room = asking.state.speed.slots;
  const Prediction alone = asking.predicted(0.5, 3), crowded = asking.predicted(0.5, 15);
  CHECK(alone.wait == 0);
  // Three turns of an ordinary request, of which none has been seen yet.
  CHECK(crowded.wait > 3 * 400 / crowded.throughput);
  CHECK(crowded.first_delta == about(crowded.wait + alone.first_delta));
  CHECK(crowded.ttft_level_sd < alone.ttft_level_sd);
  CHECK(alone.failure < 0.3);
  CHECK(crowded.failure > 0.8);
}

TEST_CASE("an answer is no longer than client and host allow, and its thinking no longer than it") {
  Asking asking;
  asking.asked.length.reasoning = 450;
  asking.settings.models[0].endpoints[0].max_output = config::Tokens{300};
  Prediction p = asking.predicted();
  CHECK(p.expected_output == 300);
  CHECK(p.generation == 0);
  CHECK(p.ttft == about(p.first_delta + 0.5 * 300 / p.throughput));
  asking.asked.most_output = 200;
  CHECK(asking.predicted().expected_output == 200);
  asking.asked.most_output = 0;
  p = asking.predicted();
  CHECK(p.expected_output == 0);
  CHECK(p.throughput_log_sd == about(std::sqrt(p.throughput_level_sd * p.throughput_level_sd + 0.54)));
}

TEST_CASE("what only the request decides is its prompt, the usual length of its kind and its own limit") {
  const support::World world({{.name = "a"}});
  Demand demand = world.demand(1'234);
  Asked found = asked(demand, nullptr);
  CHECK(found.prompt == 1'234);
  CHECK(found.length.output == 400);
  CHECK(found.length.replies == 0);
  CHECK(found.most_output == std::numeric_limits<double>::infinity());
  demand.max_output = config::Tokens{77};
  Lengths lengths;
  lengths.observe(length_keys(demand), 900, 0);
  found = asked(demand, &lengths.current());
  CHECK(found.length.output == 900);
  CHECK(found.most_output == 77);
  CHECK(found.cache_marks == CacheMarks::none);
  demand.cache_marks = CacheMarks::hour;
  CHECK(asked(demand, nullptr).cache_marks == CacheMarks::hour);
}

TEST_CASE("the share of a prompt that its leading blocks make up is by their tokens, else by their number") {
  const support::World world({{.name = "a"}});
  Demand demand = world.demand(1'000);
  demand.prefix_blocks = {1, 2, 3, 4};
  CHECK(prompt_share(demand, 0) == 0);
  CHECK(prompt_share(demand, 1) == 0.25);
  CHECK(prompt_share(demand, 4) == 1);
  demand.prefix_tokens = {100, 300, 600, 1'200};
  CHECK(prompt_share(demand, 1) == about(0.1));
  CHECK(prompt_share(demand, 3) == about(0.6));
  CHECK(prompt_share(demand, 4) == 1);
  demand.prompt = {1};
  CHECK(prompt_share(demand, 1) == 1);
  demand.prompt = {0};
  CHECK(prompt_share(demand, 1) == 0);
}

TEST_CASE(
    "several answers to one prompt cost their output each and the prompt once, and come in the time of one") {
  Asking asking;
  const Prediction one = asking.predicted();
  asking.asked.answers = 3;
  const Prediction three = asking.predicted();
  CHECK(three.price - one.price == about(2 * one.expected_output * 4e-6));
  CHECK(three.generation == about(one.generation));
  CHECK(three.ttft == about(one.ttft));
  CHECK(three.expected_output == about(one.expected_output));
}
