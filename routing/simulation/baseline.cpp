#include "routing/simulation/baseline.hpp"

#include <algorithm>

#include "routing/simulation/compliance.hpp"

namespace routing {
namespace {

constexpr config::Duration longest_cooling = std::chrono::seconds(60);

}  // namespace

Baseline::Baseline(std::unique_ptr<Balancer> balancer, std::shared_ptr<const Catalogue> catalogue,
                   const Policy& rules)
    : balancer_(std::move(balancer)),
      catalogue_(std::move(catalogue)),
      cooling_until_(catalogue_->endpoints().size()) {
  rules_.always = rules.always;
  rules_.allow = rules.allow;
}

bool Baseline::fits(EndpointIndex endpoint, const Situation& situation) const {
  const config::EndpointSettings& settings = *catalogue_->endpoints()[endpoint].settings;
  const Demand& demand = situation.demand;
  const std::int64_t asked = demand.max_output ? demand.max_output->count : 1;
  if (demand.prompt.count + asked > settings.context.count) return false;
  if (settings.max_output && asked > settings.max_output->count) return false;
  if (!complies(rules_, catalogue_->endpoints()[endpoint], demand)) return false;
  return std::ranges::find(situation.tried, endpoint, &Attempt::endpoint) == situation.tried.end();
}

Turn Baseline::choose(const Situation& situation) {
  eligible_.clear();
  std::optional<config::TimePoint> earliest;
  for (EndpointIndex i = 0; i < catalogue_->endpoints().size(); ++i) {
    if (!fits(i, situation)) continue;
    if (situation.now >= cooling_until_[i]) {
      eligible_.push_back(i);
    } else if (!earliest || cooling_until_[i] < *earliest) {
      earliest = cooling_until_[i];
    }
  }
  if (!eligible_.empty()) {
    return Ask{.endpoint = balancer_->pick(eligible_, situation, *catalogue_, Dice(situation.seed))};
  }
  return Nobody{earliest};
}

void Baseline::dispatched(EndpointIndex endpoint, config::TimePoint now) {
  balancer_->dispatched(endpoint, now);
}

void Baseline::first_token(Attempt& attempt, const Demand&, config::TimePoint now) {
  balancer_->first_token(attempt.endpoint, *attempt.first_delta, now);
}

void Baseline::ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) {
  if (attempt.failure && attempt.failure->retry_after) {
    const config::TimePoint until = now + std::min(*attempt.failure->retry_after, longest_cooling);
    cooling_until_[attempt.endpoint] = std::max(cooling_until_[attempt.endpoint], until);
  }
  balancer_->ended(attempt, demand, now);
}

void Baseline::adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint) {
  catalogue_ = std::move(catalogue);
}

}  // namespace routing
