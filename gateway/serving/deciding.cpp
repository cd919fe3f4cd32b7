#include "gateway/serving/deciding.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/explain/decision_order.hpp"
#include "gateway/request/decision_echo.hpp"
#include "gateway/request/decision_log.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/key_room.hpp"
#include "gateway/request/standpoint.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "routing/decision/patience.hpp"
#include "routing/decision/vigil.hpp"
#include "routing/market/predict.hpp"

namespace gateway {
namespace {

Decided decided_for(const Services& services, const InferenceRequest& request, config::TimePoint now) {
  return {.decision = services.decision,
          .catalogue = *request.hosts->generation->catalogue,
          .policy = *request.policy,
          .demand = request.demand,
          .now = now,
          .why = request.why_policy};
}

// What an engine of one's own has under way for others.
int others_at(const routing::Snapshot& snapshot, routing::EndpointIndex target) {
  return static_cast<int>(std::lround(std::min(1e6, snapshot.endpoints[target].engine.others)));
}

}  // namespace

providers::KeyNeeds Decider::needs_at(routing::EndpointIndex endpoint) const {
  return key_needs(request_, generation().catalogue->endpoints()[endpoint], services_.decision.length.output);
}

bool Decider::take_key(providers::KeyPermit& permit, routing::EndpointIndex endpoint, config::TimePoint now) {
  return begin(permit, request_, generation().catalogue->endpoints()[endpoint],
               services_.decision.length.output, now);
}

void Decider::plan_once(const routing::Snapshot& snapshot, const routing::Moment& moment) {
  const routing::InFlight& in_flight = generation().in_flight;
  // What `counted` has room for is the newest generation; a request that a reload overtook is not recorded.
  if (!services_.counted || request_.hosts != services_.hosts) {
    return routing::plan(snapshot, *request_.policy, request_.demand, record_.attempts, in_flight,
                         services_.purse, moment, services_.decision);
  }
  routing::LoggedDecision& log = record_.decisions.emplace_back();
  log.now = moment.now;
  log.purse = services_.purse.dollars();
  log.tried = static_cast<std::uint32_t>(record_.attempts.size());
  log.withdrawn.assign(moment.withdrawn.begin(), moment.withdrawn.end());
  log.allowances.assign(moment.allowances.begin(), moment.allowances.end());
  log.money = moment.money;
  freeze(in_flight, *snapshot.catalogue, request_.demand, *services_.counted, log);
  routing::plan(snapshot, *request_.policy, request_.demand, record_.attempts, *services_.counted,
                services_.purse, moment, services_.decision);
  note(services_.decision, request_.demand, log);
}

// A trial is claimed over all loops. Who comes too late decides again, and sees the trial of another under
// way.
void Decider::plan_next(const routing::Snapshot& snapshot, const routing::Moment& moment,
                        routing::TrialPermit& trial) {
  constexpr int most_races = 4;
  for (int race = 0; race < most_races; ++race) {
    plan_once(snapshot, moment);
    const routing::Decision& decision = services_.decision;
    if (!decision.chosen || !decision.trials_allowed) return;
    auto& trials = generation().in_flight.trials(*decision.chosen);
    if (trial.begin(trials, *decision.trials_allowed)) return;
    if (race + 1 < most_races) take_back();
  }
}

const routing::Decision& Decider::decide(routing::TrialPermit& trial, config::TimePoint now) {
  decisions_before_ = record_.decisions.size();
  const Standpoint from = standpoint(services_, request_);
  decided_on_ = &from.snapshot;
  plan_next(from.snapshot, moment_of(services_, request_, from.snapshot, from.withdrawn, now), trial);
  record_.deciding += services_.timer.now() - now;
  if (record_.attempts.empty()) record_.left_out = left_out(services_.decision);
  if (request_.asked.echo_decision || request_.shows_openrouter_metadata) {
    Decided decided = decided_for(services_, request_, now);
    decided.snapshot = &from.snapshot;
    decided.passed_over = passed_over(request_);
    reply_.tell(echo_of(request_, decided, record_.attempts));
  }
  return services_.decision;
}

std::optional<routing::EndpointIndex> Decider::decide_beside(routing::EndpointIndex first,
                                                             config::TimePoint now) {
  decisions_before_ = record_.decisions.size();
  const Standpoint from = standpoint(services_, request_);
  decided_on_ = &from.snapshot;
  plan_once(from.snapshot, moment_of(services_, request_, from.snapshot, from.withdrawn, now));
  const auto second = routing::second_to(first, services_.decision);
  if (second && services_.hedges.take()) return second;
  take_back();
  return std::nullopt;
}

void Decider::take_back_beside() {
  services_.hedges.give_back();
  take_back();
}

void Decider::take_back() {
  record_.decisions.resize(decisions_before_);
}

bool Decider::may_retry() {
  if (record_.attempts.empty()) return true;
  const routing::Catalogue& catalogue = *generation().catalogue;
  const auto price = routing::retry_price(services_.decision, record_.attempts, catalogue.generation());
  if (price == routing::RetryPrice::free) return true;
  const std::uint64_t failing = catalogue.endpoints()[record_.attempts.back().endpoint].name_hash;
  record_.retry_refused = !services_.retries.take(*services_.retry_budget, failing,
                                                  catalogue.settings().retries, services_.timer.now());
  if (!record_.retry_refused) ++record_.retries_paid;
  return !record_.retry_refused;
}

void Decider::keep() {
  services_.purse.settle(services_.decision, request_.policy->explore);
  record_.relaxed = std::max(record_.relaxed, services_.decision.relaxed);
}

Asking Decider::asking(config::TimePoint now) const {
  const routing::Decision& decision = services_.decision;
  record_.foreseen.push_back(foreseen(decision));
  const routing::Demand& demand = request_.demand;
  const routing::EndpointIndex target = *decision.chosen;
  const routing::Catalogue& catalogue = *generation().catalogue;
  const routing::Endpoint& endpoint = catalogue.endpoints()[target];
  Asking asking{
      .begun = std::make_unique<Tried>(Tried{
          .attempt = {.endpoint = target,
                      .generation = catalogue.generation(),
                      .reason = decision.reason,
                      .propensity = decision.propensity,
                      .dispatched = now,
                      .in_flight = generation().in_flight.at(target) - 1 + others_at(*decided_on_, target)},
          .asked = {.prompt = demand.prompt,
                    .delivery = demand.delivery,
                    .output = decision.length.output,
                    .answers = demand.answers,
                    .effort = demand.effort}}),
      .silence = routing::longest_silence(endpoint, demand, &decision, *request_.policy, record_.attempts,
                                          &decided_on_->endpoints[target]),
      .headless = routing::longest_without_head(endpoint, demand, decision, *request_.policy,
                                                record_.attempts, decided_on_->endpoints[target]),
      .text_pause =
          routing::text_patience(decided_on_->endpoints[target].measured, endpoint.provider->limits, demand)};
  if (const routing::Verdict* chosen = chosen_one(decision)) {
    asking.begun->attempt.cached_share = routing::prompt_share(demand, chosen->cached_blocks);
  }
  return asking;
}

std::optional<config::TimePoint> Decider::beside_at(config::TimePoint now) const {
  const auto beside =
      routing::beside_at(services_.decision, *request_.policy, request_.demand, *generation().catalogue, now);
  if (record_.decisions.size() > decisions_before_) record_.decisions.back().beside = beside;
  return beside;
}

std::string Decider::in_short(config::TimePoint now) const {
  return decision_header(decided_for(services_, request_, now));
}

}  // namespace gateway
