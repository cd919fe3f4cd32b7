#include <doctest/doctest.h>

#include <cmath>

#include "routing/decision/hedge.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using namespace routing;

namespace {

// A decision for the first of two hosts, made by hand: the first token usually comes after a second.
struct Decided {
  config::Settings settings =
      support::settings_of({{.name = "first", .output_price = 2}, {.name = "second"}});
  Policy policy;
  Demand demand{.delivery = Delivery::streamed};
  Decision decision;

  Decided() {
    policy.value_of_ttft = 0.01;
    policy.hedge_budget = 0.05;
    decision.verdicts.resize(2);
    decision.verdicts[1].endpoint = 1;
    decision.order = {0, 1};
    decision.chosen = 0;
    first() = {
        .expected_output = 100, .first_delta = 1, .first_delta_log_sd = 0.2, .ttft = 4, .price = 0.001};
    second() = {.first_delta = 0.5};
  }
  Prediction& first() { return decision.verdicts[0].prediction; }
  Prediction& second() { return decision.verdicts[1].prediction; }
  void add(Removal removal, int times = 1) {
    for (int i = 0; i < times; ++i) decision.verdicts.push_back({.endpoint = 0, .removal = removal});
  }
  // Seconds; less than nothing: no hedge.
  double wait() const {
    const auto after = hedge_after(decision, policy, demand, Catalogue(settings, 1));
    return after ? config::Seconds(*after).count() : -1;
  }
};

}  // namespace

TEST_CASE("a second request is worth it once the first is later than nineteen in twenty, and a tenth more") {
  Decided decided;
  CHECK(decided.wait() == support::close(1.1 * std::exp(1.645 * 0.2), 1e-6));
  decided.first().first_delta = 3;
  CHECK(decided.wait() == support::close(3.3 * std::exp(1.645 * 0.2), 1e-6));
}

TEST_CASE("a second request waits until what it may save is worth what it costs") {
  Decided decided;
  decided.first().price = 0.02;
  CHECK(decided.wait() == support::close(0.02 / 0.01 + 0.5));
  decided.second().first_delta = 1;
  CHECK(decided.wait() == support::close(0.02 / 0.01 + 1));
  // Where leaving ends the bill the output is not paid twice.
  decided.settings.providers[0].cancel_stops_billing = true;
  CHECK(decided.wait() == support::close((0.02 - 100 * 2e-6) / 0.01 + 1));
}

TEST_CASE("the value of waiting is the policy's own where it has words of its own") {
  Decided decided;
  config::PolicySettings own = support::policy_named("own");
  own.minimize = support::text("price + 72 $/h * ttft");
  own.hedge_budget = 0.05;
  decided.policy = support::compiled(own);
  decided.first().price = 0.2;
  decided.decision.verdicts[0].cost.ttft = 0.08;  // for 4 s
  CHECK(decided.wait() == support::close(0.2 / 0.02 + 0.5));
  decided.decision.verdicts[0].cost.ttft = 0;
  CHECK(decided.wait() < 0);
  decided.decision.verdicts[0].cost.ttft = 0.08;
  decided.first().ttft = 0;
  CHECK(decided.wait() < 0);
}

TEST_CASE("no second request comes within three tenths of a second") {
  Decided decided;
  decided.first() = {.first_delta = 0.05, .ttft = 0.05};
  decided.second().first_delta = 0.05;
  CHECK(decided.wait() == support::close(0.3));
}

TEST_CASE("with more than two fifths of the hosts shut nobody is asked twice, whatever shuts them") {
  for (const Removal removal : {Removal::open, Removal::recovering, Removal::cooling, Removal::full}) {
    CAPTURE(static_cast<int>(removal));
    Decided decided;
    decided.add(Removal::features);
    decided.add(removal, 2);
    CHECK(decided.wait() > 0);
    decided.add(removal);
    CHECK(decided.wait() < 0);
  }
}

TEST_CASE("the second request is reckoned with the best of the others") {
  Decided decided;
  decided.decision.verdicts.push_back({.endpoint = 1});
  decided.decision.verdicts[2].prediction.first_delta = 60;
  decided.decision.order = {0, 1, 2};
  decided.first().price = 0.02;
  CHECK(decided.wait() == support::close(2.5));
  decided.decision.order = {1, 0, 2};
  CHECK(decided.wait() == support::close(2.5));
}

TEST_CASE("a whole reply has no first token to wait for, so that no second request is made beside it") {
  Decided decided;
  CHECK(decided.wait() > 0);
  decided.demand.delivery = Delivery::whole;
  CHECK(decided.wait() < 0);
}
