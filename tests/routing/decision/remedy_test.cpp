#include "routing/decision/remedy.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/trial.hpp"

using namespace routing;
using support::text;
using support::Trial;

namespace {

config::PolicySettings policy() {
  return support::policy_named("own");
}

}  // namespace

TEST_CASE("with nobody left the smallest relaxation names the rules that the nearest endpoint misses") {
  config::PolicySettings settings = policy();
  settings.allow = text("jurisdiction in [US, EU]");
  settings.require = {text("price.output <= 2.5 $/Mtok"), text("quantization in [bf16, fp4]")};
  Trial trial(settings);
  CHECK(trial.chosen() == "nobody");
  const auto snapshot = trial.market.snapshot(trial.now);
  const auto remedy = smallest_remedy(*snapshot, trial.policy, trial.demand(), trial.decision);
  REQUIRE(remedy.has_value());
  // The maker would miss nothing but compliance, which is never offered.
  CHECK(trial.hosts[remedy->endpoint].name == "alpine");
  REQUIRE(remedy->limits.size() == 1);
  CHECK(remedy->limits[0].rule->text == "price.output <= 2.5 $/Mtok");
  CHECK(remedy->limits[0].margin->found == support::close(3e-6));

  SUBCASE("nothing is offered where compliance alone stands in the way") {
    config::PolicySettings closed = policy();
    closed.allow = text("jurisdiction == JP");
    trial.policy = support::compiled(closed);
    CHECK(trial.chosen() == "nobody");
    CHECK(!smallest_remedy(*snapshot, trial.policy, trial.demand(), trial.decision));
  }
  SUBCASE("every preference of the request's own in the way counts as one") {
    trial.policy = support::compiled(policy());
    trial.wish({.only = {"cloud"}, .quantizations = {"fp4"}, .max_price = {.completion = 1}});
    CHECK(trial.chosen() == "nobody");
    // The cloud has the wrong precision and price, the maker and the shade the wrong name and precision.
    const auto own = smallest_remedy(*snapshot, trial.policy, trial.demand(), trial.decision);
    REQUIRE(own.has_value());
    CHECK(trial.hosts[own->endpoint].name == "maker");
    REQUIRE(own->objections.size() == 2);
    CHECK(own->objections[0].filter == Filter::only);
    CHECK(own->objections[1].filter == Filter::quantization);
    CHECK(own->objections[1].found == "is fp8");
  }
  SUBCASE("a price above the request's own ceiling is offered where it is nearest, with both") {
    config::PolicySettings western = policy();
    western.allow = text("jurisdiction in [US, EU]");
    trial.policy = support::compiled(western);
    trial.wish({.max_price = {.completion = 2.5}});
    CHECK(trial.chosen() == "nobody");
    CHECK(trial.of("cloud").filter == Filter::max_price);
    REQUIRE(trial.of("cloud").margin.has_value());
    CHECK(trial.of("cloud").missed_by == support::close(3.5e-6));
    const auto own = smallest_remedy(*snapshot, trial.policy, trial.demand(), trial.decision);
    REQUIRE(own.has_value());
    CHECK(trial.hosts[own->endpoint].name == "alpine");
    REQUIRE(own->objections.size() == 1);
    CHECK(own->objections[0].field == "max_price.completion");
    CHECK(own->objections[0].margin->found == support::close(3e-6));
    CHECK(own->objections[0].margin->limit == support::close(2.5e-6));
  }
  SUBCASE("rules and preferences add up") {
    trial.wish({.max_price = {.prompt = 0.4}});
    CHECK(trial.chosen() == "nobody");
    const auto own = smallest_remedy(*snapshot, trial.policy, trial.demand(), trial.decision);
    REQUIRE(own.has_value());
    CHECK(trial.hosts[own->endpoint].name == "alpine");
    CHECK(own->limits.size() == 1);
    CHECK(own->objections.size() == 1);
  }
}
