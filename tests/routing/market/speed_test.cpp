#include "routing/market/speed.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "routing/terms/draws.hpp"
#include "tests/support/close.hpp"

using namespace routing;
using config::Seconds;

namespace {

// The numbers expected of single steps were computed apart from this code, by the filters' equations.
support::Near about(double value) {
  return support::close(value, 1e-7);
}

void check(const PromptTime& line, const PromptTime& expected) {
  CHECK(line.base == about(expected.base));
  CHECK(line.per_kilotoken == about(expected.per_kilotoken));
  CHECK(line.base_variance == about(expected.base_variance));
}

void check(const Drift& drift, const Drift& expected) {
  CHECK(drift.level == about(expected.level));
  CHECK(drift.slope == about(expected.slope));
  CHECK(drift.level_variance == about(expected.level_variance));
  CHECK(drift.slope_variance == about(expected.slope_variance));
}

// A host of which something is known, and a request to it.
const Load load{.uncached_kilotokens = 6, .in_flight = 15};

Speed known() {
  Speed speed;
  speed.slots = Threshold::unseen(1);
  speed.prompt = {.base = 0.8,
                  .per_kilotoken = 0.1,
                  .base_variance = 0.05,
                  .covariance = -0.004,
                  .per_kilotoken_variance = 0.003};
  speed.ttft = {.level = 0.2,
                .slope = 0.3,
                .level_variance = 0.08,
                .covariance = 0.01,
                .slope_variance = 0.012,
                .seen = Drift::Seen::something};
  speed.throughput = {.level = -0.3,
                      .slope = -0.1,
                      .level_variance = 0.04,
                      .covariance = 0.003,
                      .slope_variance = 0.006,
                      .seen = Drift::Seen::something};
  return speed;
}

}  // namespace

TEST_CASE("the time per prompt token is learned apart from the time that every request takes") {
  PromptTime line;
  for (int i = 0; i < 400; ++i) {
    const double kilotokens = (i % 5) * 10;
    line.absorb(kilotokens, 1.5 + 0.04 * kilotokens);
  }
  CHECK(line.base == support::close(1.5, 0.05));
  CHECK(line.per_kilotoken == support::close(0.04, 0.1));
}

TEST_CASE("a line learned from prompts of one size keeps its uncertainty bounded") {
  PromptTime line;
  for (int i = 0; i < 20'000; ++i) line.absorb(1, 1.0);
  CHECK(line.base_variance <= PromptTime::unseen_base_variance);
  CHECK(line.per_kilotoken_variance <= PromptTime::unseen_per_kilotoken_variance);
  CHECK(line.seconds(1) == support::close(1.0, 0.02));
}

TEST_CASE("neither part of the line can become negative") {
  PromptTime line;
  for (int i = 0; i < 500; ++i) line.absorb((i % 2) * 50, i % 2 == 0 ? 5 : 0.01);
  CHECK(line.base >= 0.03);
  CHECK(line.per_kilotoken >= 0);
}

TEST_CASE("a few replies teach a host's time to first token, whatever it is") {
  for (const double truth : {0.1, 0.6, 5.0, 30.0}) {
    CAPTURE(truth);
    Speed speed;
    for (int i = 0; i < 8; ++i) speed.observe_first_delta({}, Seconds(truth));
    CHECK(speed.first_delta({}) == support::close(truth, 0.3));
    for (int i = 0; i < 60; ++i) speed.observe_first_delta({}, Seconds(truth));
    CHECK(speed.first_delta({}) == support::close(truth, 0.05));
  }
}

TEST_CASE("the prediction does not overshoot while both estimators learn the same surprise") {
  Speed speed;
  for (int i = 0; i < 100; ++i) {
    speed.observe_first_delta({}, Seconds(6));
    CHECK(speed.first_delta({}) < 6.6);
  }
}

TEST_CASE("the rate is learned from streams, long ones weighing more than short ones") {
  Speed by_long, by_short;
  by_long.observe_stream({}, 500, Seconds(500 / 20.0));
  by_short.observe_stream({}, 2, Seconds(2 / 20.0));
  CHECK(by_long.rate({}) < by_short.rate({}));
  for (int i = 0; i < 30; ++i) by_long.observe_stream({}, 500, Seconds(500 / 20.0));
  CHECK(by_long.rate({}) == support::close(20, 0.05));
}

TEST_CASE("a reply that came whole blames each part by its share of the expected time") {
  Speed long_answer, short_answer;
  const double rate = long_answer.rate({}), first = long_answer.first_delta({});
  long_answer.observe_whole({}, 2'000, Seconds(80));  // expected: 34 s, nearly all of it generation
  CHECK(long_answer.rate({}) < 0.7 * rate);
  CHECK(long_answer.first_delta({}) < 1.1 * first);
  short_answer.observe_whole({}, 2, Seconds(3));  // expected: 0.6 s, nearly all of it waiting
  CHECK(short_answer.first_delta({}) > 1.5 * first);
  CHECK(short_answer.rate({}) > 0.9 * rate);
}

TEST_CASE("a silence longer than expected raises the expectation, by less than a reply at that time would") {
  Speed cut, answered;
  const Seconds late(10);
  const double before = cut.first_delta({});
  cut.observe_waiting({}, late);
  answered.observe_first_delta({}, late);
  CHECK(cut.first_delta({}) > 1.3 * before);
  CHECK(std::isfinite(cut.first_delta({})));
  Speed much_later;
  much_later.observe_waiting({}, Seconds(1e6));
  CHECK(std::isfinite(much_later.first_delta({})));
}

// A host that answers in half a second and takes two seconds for each of so many at once, the others wait.
double queueing(int slots, int in_flight) {
  return 0.5 + std::max(0, in_flight - slots + 1) * 2.0 / slots;
}

Speed learned(int slots, std::initializer_list<int> loads) {
  Speed speed;
  for (int i = 0; i < 60; ++i) speed.ordinary.observe(90, 0), speed.observe_stream({}, 90, Seconds(1.5));
  for (int i = 0; i < 60; ++i) {
    for (const int k : loads) {
      const double noise = 0.8 + 0.4 * drawn(3, Purpose::explore, static_cast<std::uint64_t>(i * 100 + k));
      speed.observe_first_delta({.in_flight = static_cast<double>(k)}, Seconds(queueing(slots, k) * noise));
    }
  }
  return speed;
}

TEST_CASE("a host that runs four at once is known to be fast below that and to queue above") {
  const Speed speed = learned(4, {0, 1, 2, 3, 4, 6, 9, 12});
  for (const int k : {0, 3, 6, 12}) {
    CAPTURE(k);
    const Forecast forecast = speed.forecast({.in_flight = static_cast<double>(k)});
    CHECK(forecast.first_delta() == support::close(queueing(4, k), 0.3));
    CHECK(forecast.running <= 6);
  }
  CHECK(speed.forecast({.in_flight = 12}).share() < 0.3);
  CHECK(speed.forecast({.in_flight = 3}).share() > 0.8);
}

TEST_CASE("a host that runs all at once is believed to once that was seen") {
  const Speed speed = learned(1000, {0, 4, 8, 16});
  CHECK(speed.forecast({.in_flight = 12}).wait < 0.1);
  CHECK(speed.first_delta({.in_flight = 12}) == support::close(0.5, 0.2));
}

TEST_CASE(
    "a host that is slow for a while, also where nobody waits, is not taken for one with few slots for "
    "good") {
  Speed speed = learned(1000, {0, 1, 2});
  std::uint64_t number = 0;
  const auto hear = [&](int load, double usual) {
    speed.pass({}, Seconds(0.7));
    const double noise = 0.8 + 0.4 * drawn(7, Purpose::explore, ++number);
    speed.observe_first_delta({.in_flight = static_cast<double>(load)}, Seconds(usual * noise));
  };
  for (int i = 0; i < 9; ++i) hear(i % 3, 3);
  CHECK(speed.first_delta({.in_flight = 2}) > 2 * speed.first_delta({}));  // taken for a wait
  for (int i = 0; i < 30; ++i) hear(0, 3);
  CHECK(speed.first_delta({}) > 1.5);
  for (int i = 0; i < 25; ++i) hear(0, 0.5);
  CHECK(speed.first_delta({}) == support::close(0.5, 0.4));
  CHECK(speed.first_delta({.in_flight = 2}) < 1.1 * speed.first_delta({}));
}

TEST_CASE("who is sure that a host runs all at once stays so, whatever comes late") {
  Speed speed;
  speed.slots = Threshold::unseen(1);
  for (int i = 0; i < 60; ++i) speed.observe_first_delta({}, Seconds(0.5));
  speed.observe_first_delta({}, Seconds(50));
  for (int i = 0; i < 20; ++i) speed.observe_first_delta({.in_flight = 4}, Seconds(5));
  CHECK(speed.slots.weights[Threshold::never] == 1);
}

TEST_CASE("a wait in a queue moves what is thought of the host's own speed little") {
  Speed speed = learned(4, {0, 1, 2, 3, 4, 6, 9, 12});
  const double before = speed.first_delta({});
  for (int i = 0; i < 5; ++i) speed.observe_waiting({.in_flight = 12}, Seconds(12));
  CHECK(speed.first_delta({}) < 1.4 * before);
}

TEST_CASE("of endless, negative and missing times nothing remains that is no number") {
  Speed speed;
  for (const double odd : {0.0, -1.0, 1e9}) {
    for (const double k : {0.0, 5.0, 1e6}) {
      speed.observe_first_delta({.uncached_kilotokens = 1000, .in_flight = k}, Seconds(odd));
      speed.observe_waiting({.in_flight = k}, Seconds(odd));
      speed.observe_whole({.in_flight = k}, 10, Seconds(odd));
      const Forecast forecast = speed.forecast({.uncached_kilotokens = 1000, .in_flight = k});
      CHECK(std::isfinite(forecast.first_delta()));
      CHECK(std::isfinite(forecast.level_variance));
      CHECK(forecast.level_variance >= 0);
      CHECK(forecast.noise >= 0);
    }
  }
}

TEST_CASE("our own load is taken for what it is and not for the host's slowness") {
  Speed speed;
  for (int i = 0; i < 600; ++i) {
    const double in_flight = (i % 3) * 10.0;
    speed.observe_first_delta({.uncached_kilotokens = 0, .in_flight = in_flight},
                              Seconds(std::exp(0.4 * in_flight / 10)));
  }
  CHECK(speed.first_delta({}) == support::close(1, 0.15));
  CHECK(speed.first_delta({.in_flight = 20}) == support::close(std::exp(0.8), 0.15));
}

TEST_CASE("predicted uncertainty covers what comes: about 5 of 100 replies lie above the p95") {
  Speed speed;
  const auto noisy = [](std::uint64_t i) {
    double sum = -6;  // twelve uniform draws make a nearly normal one
    for (std::uint64_t k = 0; k < 12; ++k) sum += drawn(7, Purpose::explore, i * 12 + k);
    return Seconds(2 * std::exp(0.35 * sum));
  };
  for (std::uint64_t i = 0; i < 200; ++i) speed.observe_first_delta({}, noisy(i));
  int above = 0;
  for (std::uint64_t i = 200; i < 1'200; ++i) {
    if (noisy(i).count() > speed.first_delta_p95({})) ++above;
    speed.observe_first_delta({}, noisy(i));
  }
  CHECK(above > 20);
  CHECK(above < 80);
}

TEST_CASE("times and rates are expected for the prompt and the load at hand, each with its uncertainty") {
  const Speed speed = known();
  CHECK(speed.first_delta(load) == about(1.4 * std::exp(0.65)));
  CHECK(speed.rate(load) == about(60 * std::exp(-0.45)));
  CHECK(speed.first_delta_log_variance(load) == about(0.193122449));
  CHECK(speed.first_delta_log_sd(load) == about(std::sqrt(0.193122449 + 0.1225)));
  CHECK(speed.first_delta_p95(load) == about(6.7573982));
}

TEST_CASE("a first delta moves line and level by their shares of the surprise, together by no more than it") {
  Speed speed = known();
  speed.observe_first_delta(load, Seconds(4));
  check(speed.prompt, {.base = 0.861788742, .per_kilotoken = 0.133270861, .base_variance = 0.0483039993});
  check(speed.ttft, {.level = 0.220241144,
                     .slope = 0.335469655,
                     .level_variance = 0.0514057095,
                     .slope_variance = 0.00951601953});
  check(speed.throughput, known().throughput);
}

TEST_CASE("a silence counts as the mean of what may lie beyond it, and as no more beyond eight sigma") {
  Speed late = known(), never = known(), later = known();
  late.observe_waiting(load, Seconds(9));
  check(late.ttft, {.level = 0.505921763,
                    .slope = 0.390166414,
                    .level_variance = 0.059400736,
                    .slope_variance = 0.0102105459});
  check(late.prompt, known().prompt);
  never.observe_waiting(load, Seconds(1e4));
  later.observe_waiting(load, Seconds(1e5));
  check(never.ttft, {.level = 0.558811093,
                     .slope = 0.405754848,
                     .level_variance = 0.0725290414,
                     .slope_variance = 0.0113509993});
  check(later.ttft, never.ttft);
}

TEST_CASE("a stream moves the rate by what was expected at that load, and nothing else") {
  Speed speed = known();
  speed.observe_stream(load, 120, Seconds(4));
  check(speed.throughput, {.level = -0.401437964,
                           .slope = -0.127354058,
                           .level_variance = 0.0214351563,
                           .slope_variance = 0.00465});
  check(speed.ttft, known().ttft);
}

TEST_CASE("a whole reply moves wait and rate by how much of the expected time each makes up") {
  Speed speed = known();
  speed.observe_whole(load, 120, Seconds(9));
  check(speed.ttft, {.level = 0.394797234,
                     .slope = 0.357413921,
                     .level_variance = 0.0604460027,
                     .slope_variance = 0.010301348});
  check(speed.throughput, {.level = -0.406724039,
                           .slope = -0.128779516,
                           .level_variance = 0.0341305894,
                           .slope_variance = 0.00557318767});
  check(speed.prompt, known().prompt);
}

TEST_CASE("a time of nothing is taken for a millisecond") {
  Speed first = known(), first_ms = known(), stream = known(), stream_ms = known();
  first.observe_first_delta(load, Seconds(0));
  first_ms.observe_first_delta(load, Seconds(0.001));
  CHECK(first.ttft.level == first_ms.ttft.level);
  stream.observe_stream({}, 1, Seconds(0));
  stream_ms.observe_stream({}, 1, Seconds(0.001));
  CHECK(stream.throughput.level == stream_ms.throughput.level);
  CHECK(std::isfinite(stream.throughput.level));
  Speed whole = known(), whole_ms = known();
  whole.observe_whole(load, 120, Seconds(0));
  whole_ms.observe_whole(load, 120, Seconds(0.001));
  CHECK(whole.ttft.level == whole_ms.ttft.level);
  CHECK(std::isfinite(whole.ttft.level));
}

TEST_CASE("the first answer of a host is judged by how far hosts are apart, be it a stream or whole") {
  Speed stream, whole;
  stream.observe_first_delta({}, Seconds(1.2));
  stream.observe_stream({}, 100, Seconds(5));
  CHECK(stream.prompt.base == about(1.13481298));
  CHECK(stream.ttft.level == about(0.0234759882));
  CHECK(stream.throughput.level == about(-1.00790118));
  whole.observe_whole({}, 100, Seconds(5));
  CHECK(whole.ttft.level == about(0.656593807));
  CHECK(whole.throughput.level == about(-0.607957228));
}

TEST_CASE("in silence the host's waits revert to its peers' waits and its rate to its own usual one") {
  Speed speed = known();
  SpeedPrior peers;
  peers.ttft_level = 0.5;
  peers.throughput_level = 0.1;
  speed.pass(peers, Seconds(300));
  check(speed.ttft, {.level = 0.318040802,
                     .slope = 0.284008883,
                     .level_variance = 0.219066523,
                     .slope_variance = 0.0239744255});
  check(speed.throughput, {.level = -0.181822814,
                           .slope = -0.0960022207,
                           .level_variance = 0.0736821442,
                           .slope_variance = 0.0112196214});

  const Speed unseen =
      Speed::unseen({.base = 0.9, .per_kilotoken = 0.2, .ttft_level = 0.3, .throughput_level = -0.4});
  CHECK(unseen.prompt.base == 0.9);
  CHECK(unseen.prompt.per_kilotoken == 0.2);
  CHECK(unseen.ttft.level == 0.3);
  CHECK(unseen.throughput.level == -0.4);
}
