#include <doctest/doctest.h>

#include "tests/support/trial.hpp"

using namespace routing;
using support::text;
using support::Trial;

TEST_CASE("whose cost cannot be told comes after whoever's can, in the order of the configuration") {
  config::PolicySettings settings = support::policy_named("own");
  settings.minimize = text("1 $/s * ttft.p50");
  Trial trial(settings);
  CHECK(trial.ranking() == "maker cloud alpine shade");
  const Demand asked = trial.demand();
  for (int i = 0; i < 20; ++i) {
    trial.market.observe(trial.answer(trial.index("alpine"), asked), asked, trial.now += support::seconds(1));
  }
  CHECK(trial.ranking() == "alpine maker cloud shade");
}

TEST_CASE("who was let in by giving up a limit is not shown with the limit that kept it out before") {
  config::PolicySettings settings = support::policy_named("own");
  settings.require = {text("price.output <= 0.1 $/Mtok")};
  settings.relax = {text("price.output")};
  Trial trial(settings);
  CHECK(trial.chosen() == "shade");
  for (const Verdict& verdict : trial.decision.verdicts) {
    CHECK(verdict.removal == Removal::none);
    CHECK(verdict.rule == -1);
    CHECK(verdict.missed_by == 0);
    CHECK(!verdict.margin);
  }
}
