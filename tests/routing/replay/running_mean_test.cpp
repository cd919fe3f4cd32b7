#include "routing/replay/running_mean.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using routing::Interval;
using routing::RunningMean;

namespace {

// Blocks of ten around `mean`, every one of a mood of its own.
struct Numbers {
  explicit Numbers(std::uint64_t seed) : random(seed) {}

  void add_block(RunningMean& to, double mean) {
    std::normal_distribution<double> noise;
    const double mood = 0.5 * noise(random);
    for (int i = 0; i < 10; ++i) to.add(mean + mood + noise(random));
    to.end_block();
  }
  std::mt19937_64 random;
};

// In how many of the runs the interval ever said, at one of many looks, that the mean is not what it is.
int wrong_runs(int runs, double mean) {
  int wrong = 0;
  for (int run = 0; run < runs; ++run) {
    Numbers numbers(static_cast<std::uint64_t>(run) + 1);
    RunningMean all;
    bool is_wrong = false;
    for (int block = 0; block < 1'000; ++block) {
      numbers.add_block(all, mean);
      const Interval interval = all.interval();
      is_wrong = is_wrong || interval.low > mean || interval.high < mean;
    }
    wrong += is_wrong ? 1 : 0;
  }
  return wrong;
}

}  // namespace

TEST_CASE("looked at a thousand times, an interval is wrong at any of them in one run of twenty at most") {
  CHECK(wrong_runs(400, 0) <= 20);
  CHECK(wrong_runs(400, -0.3) <= 20);
}

TEST_CASE("with more blocks a small difference is told from none") {
  Numbers numbers(7);
  RunningMean all;
  int blocks = 0;
  // A comparison with what is no number is false.
  while (!(all.interval().high < 0) && ++blocks < 10'000) numbers.add_block(all, -0.3);
  CHECK(blocks >= 20);
  CHECK(blocks < 200);
}

TEST_CASE("below twenty blocks nothing is said of how wrong the mean may be") {
  RunningMean all;
  CHECK(std::isnan(all.interval().mean));
  for (int i = 0; i < 19; ++i) {
    all.add(1);
    all.end_block();
  }
  CHECK(all.interval().mean == 1);
  CHECK(std::isinf(all.interval().high));
  all.end_block();  // of nothing
  CHECK(all.blocks() == 19);
  all.add(1);
  all.end_block();
  CHECK(all.interval().low == 1);
}

TEST_CASE("blocks count by what is in them") {
  RunningMean all;
  for (int block = 0; block < 40; ++block) {
    for (int i = 0; i < 9; ++i) all.add(0);
    all.add(1);
    all.end_block();
    all.add(1);
    all.end_block();
  }
  CHECK(all.interval().mean == support::close(2.0 / 11));
  CHECK(all.interval().high > 2.0 / 11);
}
