#include "gateway/http2/allowance.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using gateway::Allowance;

namespace {

int taken_at(Allowance& allowance, config::TimePoint now) {
  int taken = 0;
  while (allowance.take(now)) ++taken;
  return taken;
}

}  // namespace

TEST_CASE("so much may happen at once, so much more a second later, and never more than at once") {
  Allowance allowance(10, 3);
  const config::TimePoint start{1h};
  CHECK(taken_at(allowance, start) == 10);
  CHECK(taken_at(allowance, start) == 0);
  CHECK(taken_at(allowance, start + 2s) == 6);
  CHECK(taken_at(allowance, start + 1h) == 10);
}

TEST_CASE("what was done in return may be asked for in addition") {
  Allowance allowance(10, 0);
  const config::TimePoint now{1h};
  CHECK(taken_at(allowance, now) == 10);
  allowance.earn(4);
  CHECK(taken_at(allowance, now) == 4);
  allowance.earn(100);
  CHECK(taken_at(allowance, now) == 10);
}
