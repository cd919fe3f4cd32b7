// A restart in the middle of a simulated run, with and without what the market knew.
#include <doctest/doctest.h>
#include <utility>

#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "routing/simulation/entrants.hpp"

namespace {

using namespace std::chrono_literals;
using namespace routing;

// The core, whose process ends when so many requests have come and begins again at once.
class Restarting final : public Contender {
 public:
  enum class Keeps { everything, nothing };
  Restarting(std::size_t after, Keeps keeps, SimulatedMarket& market, config::TimePoint now)
      : after_(after), keeps_(keeps), market_(market), core_(make(now)) {}

  const Policy& terms() const override { return core_->terms(); }
  Turn choose(const Situation& situation) override {
    if (situation.tried.empty()) restart_if_due(situation.now);
    return core_->choose(situation);
  }
  std::optional<Ask> hedge(const Situation& situation) override { return core_->hedge(situation); }
  void dispatched(EndpointIndex endpoint, config::TimePoint now) override {
    core_->dispatched(endpoint, now);
  }
  void first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) override {
    core_->first_token(attempt, demand, now);
  }
  void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) override {
    core_->ended(attempt, demand, now);
  }
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) override {
    core_->adopt(std::move(catalogue), now);
  }

 private:
  std::unique_ptr<CoreContender> make(config::TimePoint now) {
    return std::make_unique<CoreContender>(policy_, CoreParts{}, market_.catalogue(now), now);
  }
  // As it is written every ten seconds: what was learned since is lost when the process is killed.
  void restart_if_due(config::TimePoint now) {
    if (now - kept_at_ >= 10s) {
      kept_ = core_->memory(now);
      kept_at_ = now;
    }
    if (++seen_ != after_) return;
    gone_ = std::exchange(core_, make(now));
    if (keeps_ == Keeps::everything && kept_) core_->recall(*kept_, now - kept_at_, now);
  }

  const std::size_t after_;
  const Keeps keeps_;
  SimulatedMarket& market_;
  const Policy policy_{};
  std::unique_ptr<CoreContender> core_;
  std::unique_ptr<CoreContender> gone_;  // whose terms requests under way began with
  std::optional<MarketMemory> kept_;
  config::TimePoint kept_at_{};
  std::size_t seen_ = 0;
};

constexpr std::size_t before = 1500, looked_at = 100;

struct Run {
  config::Fleet fleet;
  config::Trace trace;
  std::uint64_t seed = 0;

  double cost(const MakeContender& make) const {
    return simulate({.fleet = &fleet, .trace = &trace, .seed = seed, .values = {}}, make).cost() *
           static_cast<double>(trace.requests.size());
  }
  double cost_with(std::size_t restart_after, Restarting::Keeps keeps) const {
    return cost([&](SimulatedMarket& market, config::TimePoint now) {
      return std::make_unique<Restarting>(restart_after, keeps, market, now);
    });
  }
};

}  // namespace

TEST_CASE("the first hundred requests after a restart cost what they would have without one") {
  constexpr std::size_t never = 0;
  double ordinary = 0, kept = 0, forgotten = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Run run{.fleet = generated_fleet(8, seed), .trace = {}, .seed = seed};
    run.trace = generated_trace({.per_second = 2, .requests = before + looked_at}, seed);
    const double all = run.cost_with(never, Restarting::Keeps::everything);
    kept += run.cost_with(before, Restarting::Keeps::everything) - all;
    forgotten += run.cost_with(before, Restarting::Keeps::nothing) - all;
    run.trace.requests.resize(before);
    ordinary += all - run.cost_with(never, Restarting::Keeps::everything);
  }
  MESSAGE("kept ", 1 + kept / ordinary, ", forgotten ", 1 + forgotten / ordinary);
  CHECK(kept <= 0.03 * ordinary);
  CHECK(forgotten > 0.05 * ordinary);
}
