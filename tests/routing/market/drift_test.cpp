#include "routing/market/drift.hpp"

#include <doctest/doctest.h>

using namespace routing;

namespace {

void measure(Drift& drift, double load, double value, double noise = 0.1225) {
  drift.absorb(ttft_drift, load, 1, value - drift.mean(load), drift.variance(load) + noise);
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
  CHECK(drift.level == doctest::Approx(0.7).epsilon(0.1).scale(0));
}

TEST_CASE("silence brings the level back to the peers' and its variance back to the prior's") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  for (int i = 0; i < 50; ++i) measure(drift, 0, 1);
  drift.pass(ttft_drift, 0.2, config::Seconds(600));
  // One time constant: all but 1/e of the way.
  CHECK(drift.level == doctest::Approx(0.2 + 0.8 * 0.3679).epsilon(0.05));
  drift.pass(ttft_drift, 0.2, config::Seconds(6'000));
  CHECK(drift.level == doctest::Approx(0.2).epsilon(0.01));
  CHECK(drift.level_variance == doctest::Approx(0.30).epsilon(0.01));
}

TEST_CASE("samples at different loads teach the slope, which stays within its bounds") {
  Drift drift = Drift::unseen(ttft_drift, 0);
  for (int i = 0; i < 400; ++i) measure(drift, i % 2 == 0 ? 0 : 2, i % 2 == 0 ? 0 : 0.8);
  CHECK(drift.slope == doctest::Approx(0.4).epsilon(0.1).scale(0));
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
