#include "routing/language/lateness.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "tests/support/close.hpp"

using namespace routing;

TEST_CASE("a percentile is the time after which so many come, however wide the prediction") {
  for (const auto& [percentile, share] :
       {std::pair{Percentile::p50, 0.5}, std::pair{Percentile::p75, 0.25}, std::pair{Percentile::p90, 0.1},
        std::pair{Percentile::p95, 0.05}, std::pair{Percentile::p99, 0.01}}) {
    for (const double log_sd : {0.05, 0.204, 0.35, 0.517, 1.0, 2.345, 4.0}) {
      CAPTURE(log_sd);
      const double time = time_of(percentile, 3, log_sd);
      CHECK(probability_later(3, log_sd, time) == support::close(share, 0.02));
      CHECK(time == support::close(3 * time_of(percentile, 1, log_sd)));
    }
  }
}

TEST_CASE("some come several times as late, wherever nearly all come soon") {
  CHECK(probability_later(1, 0.2, 2) > 0.04);
  CHECK(probability_later(1, 0.2, 2) < 0.06);
  CHECK(probability_later(1, 0.2, 100) < 1e-6);
  CHECK(time_of(Percentile::p90, 1, 0.2) < 1.4);
  CHECK(time_of(Percentile::p99, 1, 0.2) > 4);
}

TEST_CASE("later is less likely the later it is") {
  for (const double log_sd : {0.1, 0.5, 3.0}) {
    double before = 1;
    for (double limit = 0.01; limit < 1000; limit *= 1.3) {
      const double now = probability_later(1, log_sd, limit);
      CHECK(now <= before);
      CHECK(now >= 0);
      before = now;
    }
  }
}

TEST_CASE("what is certain comes at its median, and what is not known is not known") {
  CHECK(probability_later(2, 0, 1.9) == 1);
  CHECK(probability_later(2, 0, 2.1) == 0);
  CHECK(time_of(Percentile::p99, 2, 0) == 2);
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(time_of(Percentile::p90, 1, unknown)));
  CHECK(std::isnan(time_of(Percentile::p90, unknown, 0.5)));
  CHECK(std::isfinite(time_of(Percentile::p99, 1, 1e9)));
}
