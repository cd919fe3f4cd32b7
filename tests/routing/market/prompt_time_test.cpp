#include "routing/market/prompt_time.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

using namespace routing;

namespace {

// The numbers expected here were computed apart from this code, by the equations of recursive least squares.
void check(const PromptTime& line, const PromptTime& expected) {
  const auto close = [](double value) { return support::close(value, 1e-7); };
  CHECK(line.base == close(expected.base));
  CHECK(line.per_kilotoken == close(expected.per_kilotoken));
  CHECK(line.base_variance == close(expected.base_variance));
  CHECK(line.covariance == close(expected.covariance));
  CHECK(line.per_kilotoken_variance == close(expected.per_kilotoken_variance));
}

PromptTime well_known() {
  return {.base_variance = 0.004, .covariance = 0.001, .per_kilotoken_variance = 0.0002};
}

}  // namespace

TEST_CASE(
    "the uncertainty of a line is that of both its parts at the length that is asked for, at most one") {
  const PromptTime line{.base_variance = 0.1, .covariance = 0.01, .per_kilotoken_variance = 0.002};
  CHECK(line.log_variance(3) == support::close((0.1 + 2 * 3 * 0.01 + 9 * 0.002) / (0.975 * 0.975)));
  CHECK(PromptTime{}.log_variance(0) == 1);
  const PromptTime contrary{.base_variance = 0.01, .covariance = -0.02, .per_kilotoken_variance = 0.01};
  CHECK(contrary.log_variance(1) == 0);
}

TEST_CASE("one measurement moves both parts of the line by what is known of each, and both become surer") {
  PromptTime line{.covariance = -0.02};
  line.absorb(4, 1.5);
  check(line, {.base = 0.713419574,
               .per_kilotoken = 0.181709787,
               .base_variance = 0.28201638,
               .covariance = -0.0599968349,
               .per_kilotoken_variance = 0.0202528388});
}

TEST_CASE(
    "a stuck request moves a known line as one would that took half as long again, in both directions") {
  PromptTime slow = well_known(), fast = well_known();
  slow.absorb(4, 9);
  fast.absorb(4, 0.01);
  PromptTime expected{.base = 0.627046319,
                      .per_kilotoken = 0.131085422,
                      .base_variance = 0.00362472261,
                      .covariance = 0.000916065099,
                      .per_kilotoken_variance = 0.000180989019};
  check(slow, expected);
  expected.base = 0.572953681;
  expected.per_kilotoken = 0.118914578;
  check(fast, expected);
}

TEST_CASE("a line that is not known is moved further: by two and a half of its deviations") {
  PromptTime line{.covariance = 0.01};
  line.absorb(40, 99);
  check(line, {.base = 0.754242259,
               .per_kilotoken = 0.451750049,
               .base_variance = 0.353393818,
               .covariance = -0.00777674355,
               .per_kilotoken_variance = 0.00243592393});
}

TEST_CASE("what grows beyond the prior's uncertainty is held there, all parts in proportion") {
  PromptTime line{.covariance = 0.001};
  line.absorb(0, 0.6);
  check(line, {.base_variance = 0.0391146316, .covariance = 0.000108651755, .per_kilotoken_variance = 0.04});
}

TEST_CASE("no host answers an empty prompt in less than 30 ms, and none answers a longer one sooner") {
  PromptTime line{.base = 0.05, .per_kilotoken = 0.01};
  line.absorb(0, 0.01);
  CHECK(line.base == 0.03);
  line = {.per_kilotoken = 0.005};
  line.absorb(40, 0.1);
  CHECK(line.per_kilotoken == 0);
}
