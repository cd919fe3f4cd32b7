#include "gateway/serve.hpp"

#include "gateway/decision_log.hpp"
#include "gateway/no_candidate.hpp"
#include "gateway/record_keeping.hpp"

namespace gateway {
namespace {

using providers::Task;
using routing::Failure;
using routing::FailureKind;

// A sleep between attempts that a client's leaving ends.
struct Pause final : Interruptible {
  providers::Sleep sleep;
  void interrupt() override { sleep.wake(); }
};

Task<void> wait_until(Services& services, config::TimePoint time, Interruption& interruption) {
  Pause pause;
  const Interruption::Aim aim(interruption, pause);
  if (!interruption.client_left()) co_await pause.sleep.until(services.timer, time);
}

void plan_next(Services& services, const InferenceRequest& request, Record& record, routing::Moment moment) {
  const routing::InFlight& in_flight = request.hosts->generation->in_flight;
  if (!services.counted) {
    return routing::plan(*services.snapshot, *request.policy, request.demand, record.attempts, in_flight,
                         services.purse, moment, services.decision);
  }
  routing::LoggedDecision& log = record.decisions.emplace_back();
  log.now = moment.now;
  log.purse = services.purse.dollars();
  log.tried = static_cast<std::uint32_t>(record.attempts.size());
  log.withdrawn.assign(moment.withdrawn.begin(), moment.withdrawn.end());
  freeze(in_flight, *services.snapshot->catalogue, request.demand, *services.counted, log);
  routing::plan(*services.snapshot, *request.policy, request.demand, record.attempts, *services.counted,
                services.purse, moment, services.decision);
  note(services.decision, request.demand, log);
}

// One decision on the newest snapshot of the request's generation, noted in the record.
const routing::Decision& decide(Services& services, const InferenceRequest& request, Record& record) {
  const config::TimePoint before = services.timer.now();
  plan_next(services, request, record, {.now = before, .seed = services.dice.roll()});
  record.deciding += services.timer.now() - before;
  if (services.decision.chosen) {
    services.purse.settle(services.decision, request.policy->explore);
    record.reasons.push_back(services.decision.reason);
    record.propensities.push_back(services.decision.propensity);
  }
  return services.decision;
}

// Whether to hold the request until the first endpoint comes back, instead of refusing it.
bool worth_waiting(const routing::Decision& decision, const InferenceRequest& request,
                   config::TimePoint now) {
  constexpr config::Duration patience = std::chrono::seconds(5);
  return decision.earliest && *decision.earliest > now && *decision.earliest <= now + patience &&
         *decision.earliest < request.demand.deadline;
}

}  // namespace

Task<RecordPtr> serve(Services& services, InferenceRequest& request, Reply& reply,
                      Interruption& interruption) {
  RecordPtr kept = services.outbox.blank();
  Record& record = *kept;
  begin_record(record, request);
  services.retries.count_request(services.timer.now());
  std::optional<ErrorReply> error;
  Tried tried;
  while (!error) {
    const routing::Decision& decision = decide(services, request, record);
    if (!decision.chosen) {
      if (worth_waiting(decision, request, services.timer.now())) {
        co_await wait_until(services, *decision.earliest, interruption);
        if (interruption.client_left()) break;
        continue;
      }
      if (record.attempts.empty()) error = no_candidate(decision, request, services.timer.now());
      break;
    }
    const routing::EndpointIndex target = *decision.chosen;
    const Served served{
        .endpoint = request.hosts->generation->catalogue->endpoints()[target].settings->name.text,
        .policy = request.policy->name.text,
        .decision = to_text(decision.reason),
        .attempts = record.attempts.size() + 1};
    tried = co_await attempt(services, request, target, served, reply, interruption);
    record.attempts.push_back(tried.attempt);
    if (!tried.attempt.failure || tried.attempt.failure->kind == FailureKind::client_left) break;

    const routing::NextStep next = routing::after_failure(record.attempts, request.demand, *request.policy,
                                                          services.timer.now(), services.dice.uniform());
    const auto* retry = std::get_if<routing::RetryAt>(&next);
    if (!retry || !services.retries.take(services.timer.now())) break;
    co_await wait_until(services, retry->time, interruption);
    if (interruption.client_left()) break;
  }
  if (!error && !record.attempts.empty() && record.attempts.back().failure) {
    error = of_failure(*record.attempts.back().failure, tried.said);
  }
  if (error && !interruption.client_left())
    co_await reply.fail(*error, {.id = request.id, .model = record.model});
  end_record(record, request, reply, interruption, error, services.timer.now());
  co_return kept;
}

}  // namespace gateway
