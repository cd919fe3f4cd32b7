#include "routing/market/drift.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace routing;

namespace {

void measure(Drift& drift, double load, double value, double noise = 0.1225) {
  drift.absorb(ttft_drift, load, 1, value - drift.mean(load), drift.variance(load) + noise);
}

// The numbers expected of single steps were computed apart from this code, by the equations of the filter.
void check(const Drift& drift, const Drift& expected) {
  const auto close = [](double value) { return support::close(value, 1e-7); };
  CHECK(drift.level == close(expected.level));
  CHECK(drift.slope == close(expected.slope));
  CHECK(drift.level_variance == close(expected.level_variance));
  CHECK(drift.covariance == close(expected.covariance));
  CHECK(drift.slope_variance == close(expected.slope_variance));
}

Drift known() {
  return {.level = 0.7, .slope = 0.3, .level_variance = 0.2, .covariance = -0.01, .slope_variance = 0.015};
}

}  // namespace

TEST_CASE("a level is learned from a few samples and its variance shrinks with each") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  double before = drift.level_variance;
  for (int i = 0; i < 8; ++i) {
    measure(drift, 0, 0.7);
    CHECK(drift.level_variance < before);
    before = drift.level_variance;
  }
  CHECK(drift.level == support::close(0.7, 0.1));
}

TEST_CASE("silence brings the level back to the peers' and its variance back to the prior's") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  for (int i = 0; i < 50; ++i) measure(drift, 0, 1);
  drift.pass(ttft_drift, 0.2, config::Seconds(600));
  // One time constant: all but 1/e of the way.
  CHECK(drift.level == support::close(0.2 + 0.8 * 0.3679, 0.05));
  drift.pass(ttft_drift, 0.2, config::Seconds(6'000));
  CHECK(drift.level == support::close(0.2, 0.01));
  CHECK(drift.level_variance == support::close(0.30, 0.01));
}

TEST_CASE("samples at different loads teach the slope, which stays within its bounds") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  for (int i = 0; i < 400; ++i) measure(drift, i % 2 == 0 ? 0 : 2, i % 2 == 0 ? 0 : 0.8);
  CHECK(drift.slope == support::close(0.4, 0.1));
  for (int i = 0; i < 400; ++i) measure(drift, i % 2 == 0 ? 0 : 2, i % 2 == 0 ? 0 : 9);
  CHECK(drift.slope <= ttft_drift.slope_most);
  for (int i = 0; i < 400; ++i) measure(drift, i % 2 == 0 ? 0 : 2, i % 2 == 0 ? 0 : -9);
  CHECK(drift.slope >= ttft_drift.slope_least);
}

TEST_CASE("one absurd sample moves the level by no more than two and a half sigma") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  measure(drift, 0, 1'000);
  CHECK(drift.level < 2.5 * 0.65);
  CHECK(drift.level > 0);
}

TEST_CASE("variances stay positive over a hundred thousand samples") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  for (int i = 0; i < 100'000; ++i) measure(drift, (i % 7) * 0.3, (i % 5) * 0.1, 0.001);
  CHECK(drift.level_variance > 0);
  CHECK(drift.slope_variance > 0);
  for (const double load : {0.0, 0.5, 3.0}) CHECK(drift.variance(load) >= 0);
}

TEST_CASE("level and slope revert each at its own pace, and what is known of them fades at twice that") {
  Drift drift = known();
  drift.pass(ttft_drift, 0.2, config::Seconds(300));
  check(drift, {.level = 0.50326533,
                .slope = 0.284008883,
                .level_variance = 0.263212056,
                .covariance = -0.00558035146,
                .slope_variance = 0.0265138706});
  const Drift before = drift;
  drift.pass(ttft_drift, 0.9, config::Seconds(-5));
  check(drift, before);
}

TEST_CASE("a measurement that shows only part of the drift moves level and slope by that part") {
  Drift drift = known();
  CHECK(drift.absorb(ttft_drift, 2, 0.5, 0.4, 0.6) == 0.4);
  check(drift, {.level = 0.76,
                .slope = 0.306666667,
                .level_variance = 0.1865,
                .covariance = -0.0115,
                .slope_variance = 0.0148333333});
  Drift throughput{
      .level = 0.7, .slope = -0.3, .level_variance = 0.05, .covariance = 0.004, .slope_variance = 0.008};
  throughput.absorb(throughput_drift, 1.5, -0.5, 0.4, 0.3);
  check(throughput, {.level = 0.662666667,
                     .slope = -0.310666667,
                     .level_variance = 0.0473866667,
                     .covariance = 0.00325333333,
                     .slope_variance = 0.00778666667});
}

TEST_CASE("what is beyond two and a half sigma counts as that, in both directions, and is told") {
  Drift low = known(), high = known();
  CHECK(low.absorb(ttft_drift, 2, 0.5, -40, 0.6) == support::close(-1.93649167));
  CHECK(low.level == support::close(0.409526249));
  CHECK(low.slope == support::close(0.267725139));
  CHECK(high.absorb(ttft_drift, 2, 0.5, 40, 0.6) == support::close(1.93649167));
}

TEST_CASE("what is beyond two and a half sigma makes level and slope no surer than its noise would") {
  // Of 40 where 2.5 sigma are 1.936: judged as if the variance were so many times as large.
  Drift drift = known();
  drift.absorb(ttft_drift, 2, 0.5, 40, 0.6);
  CHECK(drift.level_variance == support::close(0.199346405));
  CHECK(drift.covariance == support::close(-0.0100726217));
  CHECK(drift.slope_variance == support::close(0.0149919313));
  Drift rate = Drift::unseen(throughput_drift, 0);
  rate.absorb(throughput_drift, 0, 1, 40, 0.14);
  CHECK(rate.usual_variance == support::close(0.29864699));
  CHECK(rate.shared == support::close(0.08864699));
}

TEST_CASE(
    "a host far slower than its peers is not taken for one that suffers under load, where that grows "
    "meanwhile") {
  Drift drift = Drift::unseen(throughput_drift, 0);
  const double true_value = std::log(2.0 / 60);
  for (int i = 0; i < 19; ++i) {
    const double tens = i / 10.0;
    drift.expect_anything_at_first(throughput_drift);
    drift.absorb(throughput_drift, tens, 1, true_value - drift.mean(tens), drift.variance(tens) + 0.0525);
  }
  for (const double tens : {0.0, 1.0, 3.1}) CHECK(drift.mean(tens) == support::within(0.2, true_value));
}

TEST_CASE("certainty has a floor, and level and slope are never tied closer than they are known") {
  Drift drift{.level_variance = 0.01, .covariance = 0.0099, .slope_variance = 0.01};
  drift.absorb(ttft_drift, 1, 1, 0, 0.0199 * 0.0199 / 0.0101);
  CHECK(drift.level_variance == 1e-6);
  CHECK(drift.slope_variance == 1e-6);
  CHECK(drift.covariance == support::close(-1e-6));
}

TEST_CASE("only the first measurement of a host is judged by how far hosts are apart") {
  Drift drift = Drift::unseen(ttft_drift, 0.4);
  CHECK(drift.level == 0.4);
  CHECK(drift.level_variance == 0.30);
  CHECK(drift.covariance == 0);
  drift.expect_anything_at_first(ttft_drift);
  CHECK(drift.level_variance == 1.5);
  drift.level_variance = 0.2;
  drift.expect_anything_at_first(ttft_drift);
  CHECK(drift.level_variance == 0.2);
}

TEST_CASE("in silence a host comes back to what is usual for it, and only in days to what is for its peers") {
  Drift drift = Drift::unseen(throughput_drift, 0);
  drift.expect_anything_at_first(throughput_drift);
  const auto measure_rate = [&](double value) {
    drift.absorb(throughput_drift, 0, 1, value - drift.mean(0), drift.variance(0) + 0.05);
  };
  for (int i = 0; i < 40; ++i) {
    measure_rate(-0.7);
    drift.pass(throughput_drift, 0, config::Seconds(60));
  }
  CHECK(drift.usual == support::close(-0.7, 0.15));
  // Slower than it usually is for a moment: the level follows, what is usual hardly does.
  for (int i = 0; i < 4; ++i) measure_rate(-1.5);
  CHECK(drift.level < -1.2);
  CHECK(drift.usual > -1.0);
  Drift hours = drift, week = drift;
  hours.pass(throughput_drift, 0, config::Seconds(7'200));
  CHECK(hours.level == support::close(drift.usual, 0.1));
  week.pass(throughput_drift, 0, config::Seconds(7 * 86'400.0));
  CHECK(week.level == support::within(0.01, 0));
  CHECK(hours.level_variance < week.level_variance);
  CHECK(week.level_variance ==
        support::close(throughput_drift.usual_variance + throughput_drift.level_variance, 0.01));
}

TEST_CASE("silence in many steps and in one come to the same") {
  Drift one = Drift::unseen(throughput_drift, 0.3);
  one.expect_anything_at_first(throughput_drift);
  one.absorb(throughput_drift, 0.5, 1, -0.6, 0.9);
  Drift many = one;
  one.pass(throughput_drift, 0.3, config::Seconds(3'000));
  for (int i = 0; i < 300; ++i) many.pass(throughput_drift, 0.3, config::Seconds(10));
  CHECK(many.usual == support::close(one.usual));
  CHECK(many.usual_variance == support::close(one.usual_variance));
  CHECK(many.level == support::close(one.level, 0.02));
  CHECK(many.level_variance == support::close(one.level_variance, 0.02));
}
