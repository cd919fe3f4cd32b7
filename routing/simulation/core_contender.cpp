#include "routing/simulation/core_contender.hpp"

#include <algorithm>

#include "routing/decision/pacing.hpp"
#include "routing/decision/patience.hpp"
#include "routing/market/predict.hpp"

namespace routing {
namespace {

// As the control loop publishes.
constexpr config::Duration between_snapshots = std::chrono::milliseconds(100);
constexpr config::Tokens any_prompt{1000};

}  // namespace

CoreContender::CoreContender(const Policy& policy, CoreParts without,
                             std::shared_ptr<const Catalogue> catalogue, config::TimePoint now)
    : policy_(policy),
      without_(without),
      market_(catalogue, now,
              lacks(CorePart::thresholds) ? Market::LoadModel::smooth : Market::LoadModel::with_thresholds),
      idle_(catalogue->endpoints().size()),
      snapshot_(market_.snapshot(now)),
      began_(now) {
  if (lacks(CorePart::exploration)) policy_.explore = 0;
  if (lacks(CorePart::hedge)) policy_.hedge_budget = 0;
}

const Snapshot& CoreContender::snapshot(config::TimePoint now) {
  const bool due = learned_ && now - snapshot_->taken >= between_snapshots;
  if (!due && !market_.flipped()) return *snapshot_;
  snapshot_ = market_.snapshot(now);
  learned_ = false;
  if (!lacks(CorePart::prompt_size)) return *snapshot_;
  // Every prompt counts as one of the same length, as where times are averaged without asking how long it
  // was.
  auto blind = std::make_shared<Snapshot>(*snapshot_);
  for (EndpointState& state : blind->endpoints) {
    PromptTime& line = state.speed.prompt;
    line.base = line.seconds(1);
    line.per_kilotoken = 0;
  }
  snapshot_ = std::move(blind);
  return *snapshot_;
}

double CoreContender::money(config::TimePoint now) {
  if (!policy_.budget) return 1;
  constexpr config::Duration day = std::chrono::hours(24);
  const std::int64_t today = (now - began_) / day;
  if (today != day_) spent_ = 0;
  day_ = today;
  const double share = config::Seconds((now - began_) % day) / config::Seconds(day);
  return money_counts(*policy_.budget, spent_, share);
}

void CoreContender::decide(const Situation& situation) {
  const Demand* demand = &situation.demand;
  if (lacks(CorePart::cache) && !demand->prefix_blocks.empty()) {
    demand_ = *demand;
    demand_.prefix_blocks.clear();
    demand_.prefix_tokens.clear();
    demand = &demand_;
  }
  plan(snapshot(situation.now), policy_, *demand, situation.tried,
       lacks(CorePart::own_load) ? idle_ : situation.in_flight, purse_,
       {.now = situation.now, .seed = situation.seed, .money = money(situation.now)}, decision_);
}

config::Duration CoreContender::silence_of_chosen(const Situation& situation) const {
  const Endpoint& endpoint = snapshot_->catalogue->endpoints()[*decision_.chosen];
  const EndpointState& state = snapshot_->endpoints[*decision_.chosen];
  const config::Duration silence =
      longest_silence(endpoint, situation.demand, &decision_, policy_, situation.tried, &state);
  // Simulated replies begin with their first token.
  const auto headless =
      longest_without_head(endpoint, situation.demand, decision_, policy_, situation.tried, state);
  return headless ? std::min(silence, *headless) : silence;
}

Turn CoreContender::choose(const Situation& situation) {
  if (situation.tried.empty()) hedges_.count_request(policy_.hedge_budget);
  decide(situation);
  if (!decision_.chosen) return Nobody{decision_.earliest};
  purse_.settle(decision_, policy_.explore);
  Ask ask{.endpoint = *decision_.chosen};
  if (decision_.trials_allowed) ask.attempted = Ask::Attempted::trial;
  ask.price = retry_price(decision_, situation.tried, snapshot_->catalogue->generation());
  ask.silence = silence_of_chosen(situation);
  ask.hedge_at = beside_at(decision_, policy_, situation.demand, *snapshot_->catalogue, situation.now);
  return ask;
}

std::optional<Ask> CoreContender::hedge(const Situation& situation) {
  decide(situation);
  const auto second = second_to(situation.tried.back().endpoint, decision_);
  if (!second || !hedges_.take()) return std::nullopt;
  return Ask{.endpoint = *second, .silence = silence_of_chosen(situation)};
}

Attempt CoreContender::shown(const Attempt& attempt) const {
  Attempt result = attempt;
  if (lacks(CorePart::own_load)) result.in_flight = 0;
  if (lacks(CorePart::prompt_size) && result.usage) {
    result.usage->prompt = any_prompt;
    result.usage->cached = {};
  }
  return result;
}

const Demand& CoreContender::shown(const Demand& demand) {
  if (!lacks(CorePart::prompt_size)) return demand;
  demand_ = demand;
  demand_.prompt = any_prompt;
  return demand_;
}

void CoreContender::first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) {
  learned_ = true;
  if (snapshot_->prefixes && !lacks(CorePart::cache)) {
    const std::uint64_t name = snapshot_->catalogue->endpoints()[attempt.endpoint].name_hash;
    attempt.cached_share =
        prompt_share(demand, snapshot_->prefixes->known_to(name, demand.prefix_blocks, attempt.dispatched));
  }
  market_.begins(shown(attempt),
                 {.prompt = shown(demand).prompt, .delivery = demand.delivery, .effort = demand.effort}, now);
  attempt.told = Told::beginning;
}

void CoreContender::ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) {
  learned_ = true;
  spent_ += attempt.cost.dollars();
  if (without_.none()) {
    market_.observe(attempt, demand, now);
  } else {
    market_.observe(shown(attempt), shown(demand), now);
  }
}

void CoreContender::adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) {
  market_.adopt(std::move(catalogue), now);
}

}  // namespace routing
