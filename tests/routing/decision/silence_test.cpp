#include "routing/decision/silence.hpp"

#include <doctest/doctest.h>

#include "routing/decision/hedge.hpp"
#include "routing/decision/plan.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace routing;

namespace {

// Two endpoints of one provider, and a third somewhat dearer one of another.
struct BesideSilent {
  std::shared_ptr<const Catalogue> catalogue;
  Snapshot snapshot;
  Policy policy;
  Demand demand;
  InFlight in_flight{3};
  Attempt first{.endpoint = 0, .generation = 1};
  config::TimePoint now = config::TimePoint{} + std::chrono::hours(1);

  BesideSilent() {
    config::Settings settings = support::settings_of(
        {{.name = "a"}, {.name = "a/other", .output_price = 2.1}, {.name = "b", .output_price = 2.4}});
    settings.models.front().endpoints[1].provider_index = 0;
    catalogue = std::make_shared<const Catalogue>(std::move(settings), 1);
    snapshot.catalogue = catalogue;
    snapshot.endpoints.resize(3);
    demand.model = catalogue->find("m");
    demand.prompt = {1000};
    demand.delivery = Delivery::streamed;
    demand.deadline = now + std::chrono::minutes(10);
    first.dispatched = now;
    policy.value_of_ttft = policy.value_of_generation = 18.0 / 3600;
  }
  Decision after(double waited) {
    Decision decision;
    plan(snapshot, policy, demand, std::span(&first, 1), in_flight, Purse{},
         {.now = now + support::seconds(waited), .seed = 1}, decision);
    return decision;
  }
};

}  // namespace

TEST_CASE("beside a host that is long silent one of another provider is asked, though it is dearer") {
  BesideSilent asked;
  CHECK(second_to(0, asked.after(0.01)) == 1u);
  CHECK(second_to(0, asked.after(2)) == 2u);
  SUBCASE("what was waited is the price of asking the same provider again") {
    const Decision decision = asked.after(2);
    const double same = decision.verdicts[1].cost.failure, other = decision.verdicts[2].cost.failure;
    CHECK(same - other == support::close(2 * 18.0 / 3600, 0.05));
  }
  SUBCASE("where nobody else is left it is asked all the same") {
    asked.demand.unfit = {{.endpoint = 2}};
    CHECK(second_to(0, asked.after(2)) == 1u);
  }
  SUBCASE("where waiting is worth nothing it is no price") {
    asked.policy.value_of_ttft = asked.policy.value_of_generation = 0;
    CHECK(second_to(0, asked.after(2)) == 1u);
  }
}

TEST_CASE("an attempt that has begun to answer, or is over, is no silence") {
  BesideSilent asked;
  SUBCASE("something came before then") {
    asked.first.first_delta = support::seconds(1);
    const Decision decision = asked.after(2);
    CHECK(decision.verdicts[1].cost.failure == support::close(decision.verdicts[2].cost.failure, 0.01));
    // A record says, too, what came later.
    asked.first.first_delta = support::seconds(3);
    CHECK(second_to(0, asked.after(2)) == 2u);
  }
  SUBCASE("it has failed") {
    asked.first.failure = Failure{.kind = FailureKind::server_error, .progress = Progress::request_sent};
    CHECK(*asked.after(2).chosen == 1);
  }
  SUBCASE("its endpoint belongs to another generation of the configuration") {
    asked.first.generation = 7;
    CHECK(*asked.after(2).chosen != 2);
  }
}
