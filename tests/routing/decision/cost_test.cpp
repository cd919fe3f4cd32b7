#include "routing/decision/cost.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

// A request that costs a cent, waits 2 s for its first token and 10 s for the rest, at a host that never
// fails.
struct Asked {
  support::SmallMarket market;
  Policy policy;

  Asked() {
    policy.value_of_ttft = 0.01;
    policy.value_of_generation = 0.002;
    market.predicted = {.ttft = 2, .generation = 10, .price = 0.01};
  }
  Cost cost(double quality_penalty = 0) const {
    return routing::cost(policy, market.view("maker"), quality_penalty);
  }
};

}  // namespace

TEST_CASE("a request costs its price and its waits, the first token's at its mean and not its median") {
  const Cost cost = Asked().cost(0.003);
  CHECK(cost.price == 0.01);
  CHECK(cost.ttft == support::close(0.01 * 2 * 1.15));
  CHECK(cost.generation == support::close(0.002 * 10));
  CHECK(cost.other == 0);
  CHECK(cost.quota == 0);
  CHECK(cost.quality == 0.003);
  CHECK(cost.failure == 0);
  CHECK(cost.total() == support::close(0.01 + 0.023 + 0.02 + 0.003));
}

TEST_CASE("failing costs another try and the time until it shows") {
  Asked asked;
  const double g = asked.cost().total();
  const auto failing = [&](double probability) {
    asked.market.predicted.failure = probability;
    return asked.cost().failure;
  };
  // A failure loses 1.5 s at the value of the first token, and 0.6 of the whole again.
  CHECK(failing(0.1) == support::close(0.06 * g + 0.1 * 0.01 * 1.5));
  CHECK(failing(0.2) == support::close(0.12 * g + 0.2 * 0.01 * 1.5));
  CHECK(failing(0.3) == support::close(0.18 * g + 0.3 * 0.01 * 1.5));
  CHECK(weight_of_success(0) == 1);
  CHECK(weight_of_success(0.2) == support::close(1.12));
  CHECK(weight_of_success(0.5) == support::close(1.3));
}

TEST_CASE("a penalty for quality is risked with the rest") {
  Asked asked;
  asked.market.predicted.failure = 0.1;
  CHECK(asked.cost(1).failure == support::close(asked.cost(0).failure + 0.06));
}

TEST_CASE(
    "the last tenth of a rate limit costs up to the whole request again, and what is not known nothing") {
  Asked asked;
  const double g = asked.cost().total();
  const auto left = [&](double headroom) {
    asked.market.predicted.headroom = headroom;
    return asked.cost().quota;
  };
  CHECK(left(1) == 0);
  CHECK(left(0.1) == support::within(1e-9, 0));
  CHECK(left(0.05) == support::close(g / 4));
  CHECK(left(0) == support::close(g));
  CHECK(left(unknown) == 0);
}

TEST_CASE(
    "with words of its own a policy's cost is told as price, waits and the rest, and the rest can be less "
    "than nothing") {
  Asked asked;
  config::PolicySettings settings = support::policy_named("own");
  settings.minimize = support::text("2 * price + 36 $/h * ttft + 18 $/h * generation");
  asked.policy = support::compiled(settings);
  asked.market.predicted.failure = 0.1;
  const Cost cost = asked.cost();
  CHECK(cost.price == 0.01);
  CHECK(cost.ttft == support::close(0.01 * 2));
  CHECK(cost.generation == support::close(0.005 * 10));
  CHECK(cost.other == support::close(0.01));
  const double g = 0.02 + 0.02 + 0.05;
  CHECK(cost.failure == support::close(0.06 * g + 0.1 * 0.01 * 1.5));
  CHECK(cost.total() == support::close(g + cost.failure));

  settings.minimize = support::text("0.5 * price");
  asked.policy = support::compiled(settings);
  CHECK(asked.cost().other == support::close(-0.005));
}

TEST_CASE("failing never makes an endpoint cheaper, also where a policy's own words come out below nothing") {
  Asked asked;
  config::PolicySettings settings = support::policy_named("reward");
  settings.minimize = support::text("price - $1");
  asked.policy = support::compiled(settings);
  const double sound = asked.cost().total();
  CHECK(sound == support::close(0.01 - 1));
  asked.market.predicted.failure = 0.3;
  CHECK(asked.cost().failure == support::close(0.18 * 0.99));
  CHECK(asked.cost().total() > sound);
}

TEST_CASE("money that counts more counts so in what a policy's own words make of the price") {
  Asked asked;
  const auto under = [&](const char* minimize, double money) {
    config::PolicySettings settings = support::policy_named("own");
    settings.minimize = support::text(minimize);
    asked.policy = support::compiled(settings);
    return cost(asked.policy, asked.market.view("maker"), 0, money);
  };
  const Cost contract = under("0.3 * price + 36 $/h * ttft", 10);
  CHECK(contract.price == support::close(0.1));
  CHECK(contract.ttft == support::close(0.01 * 2));
  CHECK(contract.total() == support::close(10 * 0.3 * 0.01 + 0.02));
  CHECK(under("2 * price", 10).total() == support::close(0.2));
  CHECK(under("price + 36 $/h * ttft", 10).total() == support::close(0.1 + 0.02));
  // Words that leave the price out would leave the budget nothing to do.
  CHECK(under("36 $/h * ttft", 10).total() == support::close(0.1 + 0.02 - 0.01));
}
