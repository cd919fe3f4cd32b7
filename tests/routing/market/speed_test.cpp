#include "routing/market/speed.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "routing/terms/draws.hpp"

using namespace routing;
using config::Seconds;

TEST_CASE("the time per prompt token is learned apart from the time that every request takes") {
  PromptTime line;
  for (int i = 0; i < 400; ++i) {
    const double kilotokens = (i % 5) * 10;
    line.absorb(kilotokens, 1.5 + 0.04 * kilotokens);
  }
  CHECK(line.base == doctest::Approx(1.5).epsilon(0.05));
  CHECK(line.per_kilotoken == doctest::Approx(0.04).epsilon(0.1).scale(0));
}

TEST_CASE("a line learned from prompts of one size keeps its uncertainty bounded") {
  PromptTime line;
  for (int i = 0; i < 20'000; ++i) line.absorb(1, 1.0);
  CHECK(line.base_variance <= PromptTime::unseen_base_variance);
  CHECK(line.per_kilotoken_variance <= PromptTime::unseen_per_kilotoken_variance);
  CHECK(line.seconds(1) == doctest::Approx(1.0).epsilon(0.02));
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
    CHECK(speed.first_delta({}) == doctest::Approx(truth).epsilon(0.3));
    for (int i = 0; i < 60; ++i) speed.observe_first_delta({}, Seconds(truth));
    CHECK(speed.first_delta({}) == doctest::Approx(truth).epsilon(0.05));
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
  CHECK(by_long.rate({}) == doctest::Approx(20).epsilon(0.05));
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

TEST_CASE("our own load is taken for what it is and not for the host's slowness") {
  Speed speed;
  for (int i = 0; i < 600; ++i) {
    const double in_flight = (i % 3) * 10.0;
    speed.observe_first_delta({.uncached_kilotokens = 0, .in_flight = in_flight},
                              Seconds(std::exp(0.4 * in_flight / 10)));
  }
  CHECK(speed.first_delta({}) == doctest::Approx(1).epsilon(0.15));
  CHECK(speed.first_delta({.in_flight = 20}) == doctest::Approx(std::exp(0.8)).epsilon(0.15));
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
