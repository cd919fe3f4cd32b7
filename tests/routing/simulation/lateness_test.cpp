// Whether first tokens come later than their predicted percentiles as often as they should, in drawn worlds.
#include "routing/language/lateness.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>

#include "routing/simulation/drawn_world.hpp"
#include "routing/simulation/entrants.hpp"

namespace {

using namespace routing;

struct LateOnes {
  double requests = 0;
  std::array<double, 5> later{};
};

// The core, and beside it what it expected of each request.
class LatenessWatch final : public Contender {
 public:
  LatenessWatch(const Policy& policy, std::shared_ptr<const Catalogue> catalogue, config::TimePoint now,
                LateOnes& counted)
      : core_(policy, {}, std::move(catalogue), now), counted_(counted) {}

  const Policy& terms() const override { return core_.terms(); }
  Turn choose(const Situation& situation) override {
    const Turn turn = core_.choose(situation);
    expected_.erase(&situation.demand);
    const Decision& decision = core_.last_decision();
    for (const Verdict& verdict : decision.verdicts) {
      if (verdict.endpoint == decision.chosen) expected_[&situation.demand] = verdict.prediction;
    }
    return turn;
  }
  std::optional<Ask> hedge(const Situation& situation) override { return core_.hedge(situation); }
  void dispatched(EndpointIndex endpoint, config::TimePoint now) override { core_.dispatched(endpoint, now); }
  void first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) override {
    compare(demand, config::Seconds(*attempt.first_delta).count());
    core_.first_token(attempt, demand, now);
  }
  void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) override {
    const bool was_silent = attempt.failure && attempt.failure->kind == FailureKind::first_token_timeout;
    if (was_silent) compare(demand, config::Seconds(now - attempt.dispatched).count());
    core_.ended(attempt, demand, now);
  }
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) override {
    core_.adopt(std::move(catalogue), now);
  }

 private:
  void compare(const Demand& demand, double seconds) {
    const auto expected = expected_.find(&demand);
    if (expected == expected_.end()) return;
    const Prediction& p = expected->second;
    counted_.requests += 1;
    for (std::size_t i = 0; i < counted_.later.size(); ++i) {
      const double limit = time_of(static_cast<Percentile>(i), p.first_delta, p.first_delta_log_sd);
      counted_.later[i] += seconds > limit ? 1 : 0;
    }
    expected_.erase(expected);
  }

  CoreContender core_;
  LateOnes& counted_;
  std::map<const Demand*, Prediction> expected_;
};

}  // namespace

TEST_CASE("as many first tokens come after a predicted percentile as it says") {
  Policy policy;
  policy.hedge_budget = 0;
  LateOnes counted;
  for (std::uint64_t number = 71; number <= 112; ++number) {
    DrawnWorld world = drawn_world(number, 1500);
    world.fleet.seed = 1;
    const config::Trace trace = generated_trace(world.traffic, 1);
    simulate({.fleet = &world.fleet, .trace = &trace, .family = world.family, .seed = 1, .values = policy},
             [&](SimulatedMarket& market, config::TimePoint now) {
               return std::make_unique<LatenessWatch>(policy, market.catalogue(now), now, counted);
             });
  }
  const auto share = [&](Percentile percentile) {
    return counted.later[static_cast<std::size_t>(percentile)] / counted.requests;
  };
  MESSAGE("later than p50 ", share(Percentile::p50), ", p75 ", share(Percentile::p75), ", p90 ",
          share(Percentile::p90), ", p95 ", share(Percentile::p95), ", p99 ", share(Percentile::p99));
  CHECK(share(Percentile::p50) > 0.42);
  CHECK(share(Percentile::p50) < 0.55);
  CHECK(share(Percentile::p75) > 0.20);
  CHECK(share(Percentile::p75) < 0.30);
  CHECK(share(Percentile::p90) > 0.08);
  CHECK(share(Percentile::p90) < 0.14);
  CHECK(share(Percentile::p95) > 0.04);
  CHECK(share(Percentile::p95) < 0.07);
  CHECK(share(Percentile::p99) > 0.006);
  CHECK(share(Percentile::p99) < 0.016);
}
