// Random markets, requests and histories: whatever happens, nobody is asked who may not be.
#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

// Numbered draws.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  double share() { return drawn(seed_, Purpose::weigh, ++place_); }
  std::int64_t up_to(std::int64_t most) {
    return static_cast<std::int64_t>(share() * static_cast<double>(most));
  }
  bool happens(double probability) { return share() < probability; }

 private:
  std::uint64_t seed_;
  std::uint64_t place_ = 0;
};

std::shared_ptr<const Catalogue> random_catalogue(Dice& dice, std::uint64_t generation) {
  std::vector<support::Host> hosts;
  const std::int64_t count = 1 + dice.up_to(8);
  for (std::int64_t i = 0; i < count; ++i) {
    hosts.push_back({.name = "host" + std::to_string(dice.up_to(12)) + "/" + std::to_string(i),
                     .input_price = dice.share() * 3,
                     .output_price = dice.share() * 8,
                     .context = 1'000 + dice.up_to(200'000)});
  }
  config::Settings settings = support::settings_of(hosts);
  for (config::EndpointSettings& endpoint : settings.models[0].endpoints) {
    endpoint.features = config::Features(static_cast<unsigned long long>(dice.up_to(512) | dice.up_to(512)));
    if (dice.happens(0.5)) endpoint.max_output = config::Tokens{100 + dice.up_to(16'000)};
  }
  for (config::ProviderSettings& provider : settings.providers) {
    if (dice.happens(0.3)) provider.limits.max_in_flight = static_cast<int>(dice.up_to(4));
  }
  return std::make_shared<const Catalogue>(std::move(settings), generation);
}

Demand random_demand(Dice& dice, const Catalogue& catalogue) {
  Demand demand;
  demand.model = catalogue.find("m");
  demand.prompt = {dice.up_to(dice.happens(0.5) ? 2'000 : 150'000)};
  if (dice.happens(0.6)) demand.max_output = config::Tokens{1 + dice.up_to(20'000)};
  if (dice.happens(0.4)) demand.needs = config::Features(1ull << dice.up_to(config::feature_count));
  for (std::int64_t i = dice.up_to(6); i > 0; --i)
    demand.prefix_blocks.push_back(mixed(static_cast<std::uint64_t>(i)));
  return demand;
}

Attempt random_attempt(Dice& dice, EndpointIndex endpoint, std::uint64_t generation, config::TimePoint now) {
  Attempt attempt{.endpoint = endpoint, .generation = generation, .dispatched = now - 1s * dice.up_to(60)};
  if (dice.happens(0.5)) {
    attempt.first_delta = attempt.first_visible = support::seconds(dice.share() * 40);
    attempt.finished = *attempt.first_delta + support::seconds(dice.share() * 40);
    attempt.deltas = static_cast<std::uint32_t>(dice.up_to(900));
    attempt.worst_gap = support::seconds(dice.share());
    attempt.usage = Usage{.prompt = {dice.up_to(9'000)},
                          .cached = {dice.up_to(12'000)},
                          .output = {dice.up_to(3'000)},
                          .reasoning = {dice.up_to(2'000)}};
  }
  if (dice.happens(0.2)) attempt.headroom = dice.share() * 1.2;
  if (dice.happens(0.6)) {
    attempt.failure = Failure{.kind = FailureKind{static_cast<int>(dice.up_to(19))},
                              .progress = Progress{static_cast<int>(dice.up_to(3))},
                              .status = static_cast<int>(dice.up_to(600))};
    if (dice.happens(0.3)) attempt.failure->retry_after = 1s * dice.up_to(100);
  }
  return attempt;
}

// Why this endpoint must not get this request, in words of its own; empty when it may.
std::string objection(const Snapshot& snapshot, const Demand& demand, std::span<const Attempt> tried,
                      const InFlight& in_flight, const Decision& decision, config::TimePoint now) {
  const Endpoint& endpoint = snapshot.catalogue->endpoints()[*decision.chosen];
  const config::EndpointSettings& settings = *endpoint.settings;
  if ((demand.needs & settings.features) != demand.needs) return "lacks a feature";
  const double prompt =
      static_cast<double>(demand.prompt.count) * snapshot.endpoints[endpoint.index].prompt_scale;
  const double output = static_cast<double>(demand.max_output.value_or(config::Tokens{0}).count);
  if (prompt + output > 1.1 * static_cast<double>(settings.context.count) + 1)
    return "does not fit the context";
  if (settings.max_output && demand.max_output && *demand.max_output > *settings.max_output) {
    return "cannot return so much";
  }
  if (const auto most = endpoint.provider->limits.max_in_flight;
      most && in_flight.at(endpoint.index) >= *most) {
    return "is full";
  }
  const Health& health = snapshot.endpoints[endpoint.index].health;
  if (now < health.cooling_until) return "is cooling";
  const Breaker::Phase phase = health.breaker.phase(now);
  if (phase == Breaker::Phase::open && health.breaker.is_configuration_fault()) return "has a bad credential";
  const bool is_last_resort = decision.reason == Reason::panic || !tried.empty();
  if (phase == Breaker::Phase::open && !is_last_resort) return "is open";
  for (const Attempt& attempt : tried) {
    if (attempt.failure && attempt.failure->kind == FailureKind::rejected) return "its model was rejected";
    if (attempt.failure && attempt.failure->kind == FailureKind::too_long &&
        settings.context.count <= snapshot.catalogue->endpoints()[attempt.endpoint].settings->context.count) {
      return "has no larger context than one that was too small";
    }
    const bool may_again = attempt.failure && (attempt.failure->progress == Progress::nothing_sent ||
                                               attempt.failure->retry_after);
    if (attempt.endpoint == endpoint.index && attempt.generation == snapshot.catalogue->generation() &&
        !may_again) {
      return "was tried";
    }
  }
  return {};
}

void check_numbers(const Decision& decision) {
  double propensities = 0;
  for (const Verdict& verdict : decision.verdicts) {
    propensities += verdict.propensity;
    CHECK(std::isfinite(verdict.cost.total()));
    CHECK(verdict.prediction.ttft > 0);
    CHECK(verdict.prediction.throughput > 0);
    CHECK(std::isfinite(verdict.prediction.ttft_log_sd));
    CHECK(verdict.prediction.failure >= 0);
    CHECK(verdict.prediction.failure <= 1);
    CHECK(verdict.prediction.price >= 0);
    CHECK(verdict.missed_by >= 0);
    CHECK((verdict.rank > 0) == (verdict.removal == Removal::none));
    if (verdict.removal != Removal::none) CHECK(verdict.propensity == 0);
  }
  CHECK(propensities == support::close(1));
}

}  // namespace

TEST_CASE("no decision asks an endpoint that a filter, a limit, a pause or a breaker forbids") {
  int decisions = 0, chosen = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Dice dice(seed);
    config::TimePoint now = config::TimePoint{} + 1h;
    std::uint64_t generation = 1;
    auto catalogue = random_catalogue(dice, generation);
    Market market(catalogue, now);
    InFlight in_flight(16);
    Policy policy;
    policy.value_of_ttft = dice.share() * 0.02;
    Purse purse;
    Decision decision;
    for (int round = 0; round < 50; ++round) {
      if (dice.happens(0.02)) {
        catalogue = random_catalogue(dice, ++generation);
        market.adopt(catalogue, now);
      }
      const Demand demand = random_demand(dice, *catalogue);
      const auto endpoints = static_cast<std::int64_t>(catalogue->endpoints().size());
      std::vector<Attempt> tried;
      for (std::int64_t i = dice.up_to(3); i > 0; --i) {
        tried.push_back(
            random_attempt(dice, static_cast<EndpointIndex>(dice.up_to(endpoints)), generation, now));
        market.observe(tried.back(), demand, now);
      }
      in_flight.counter(static_cast<EndpointIndex>(dice.up_to(16))) = static_cast<int>(dice.up_to(5));
      const auto snapshot = market.snapshot(now);
      plan(*snapshot, policy, demand, tried, in_flight, purse, {now, seed * 1'000 + generation}, decision);
      purse.settle(decision, policy.explore);
      ++decisions;
      if (decision.chosen) {
        ++chosen;
        CHECK(objection(*snapshot, demand, tried, in_flight, decision, now) == "");
        check_numbers(decision);
      }
      now += 1ms * dice.up_to(20'000);
    }
  }
  CHECK(decisions == 20'000);
  CHECK(chosen > 4'000);
}
