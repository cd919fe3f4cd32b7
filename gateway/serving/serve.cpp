#include "gateway/serving/serve.hpp"

#include "gateway/request/decision_echo.hpp"
#include "gateway/request/decision_log.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/no_candidate.hpp"
#include "gateway/request/standpoint.hpp"
#include "gateway/request/waiting_comment.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "routing/decision/patience.hpp"

namespace gateway {
namespace {

using providers::Task;
using routing::Failure;
using routing::FailureKind;

// A sleep between attempts that an interruption ends.
struct Pause final : Interruptible {
  providers::Sleep sleep;
  void interrupt(routing::FailureKind) override { sleep.wake(); }
};

Task<void> wait_until(Services& services, config::TimePoint time, Interruption& interruption) {
  Pause pause;
  const Interruption::Aim aim(interruption, pause);
  if (!interruption.over()) co_await pause.sleep.until(services.timer, time);
}

Decided decided_for(const Services& services, const InferenceRequest& request, config::TimePoint now) {
  return {.decision = services.decision,
          .catalogue = *request.hosts->generation->catalogue,
          .policy = *request.policy,
          .demand = request.demand,
          .now = now,
          .why = request.why_policy};
}

void plan_once(Services& services, const InferenceRequest& request, Record& record,
               const routing::Snapshot& snapshot, routing::Moment moment) {
  const routing::InFlight& in_flight = request.hosts->generation->in_flight;
  // What `counted` has room for is the newest generation; a request that a reload overtook is not recorded.
  if (!services.counted || request.hosts != services.hosts) {
    return routing::plan(snapshot, *request.policy, request.demand, record.attempts, in_flight,
                         services.purse, moment, services.decision);
  }
  routing::LoggedDecision& log = record.decisions.emplace_back();
  log.now = moment.now;
  log.purse = services.purse.dollars();
  log.tried = static_cast<std::uint32_t>(record.attempts.size());
  log.withdrawn.assign(moment.withdrawn.begin(), moment.withdrawn.end());
  freeze(in_flight, *snapshot.catalogue, request.demand, *services.counted, log);
  routing::plan(snapshot, *request.policy, request.demand, record.attempts, *services.counted, services.purse,
                moment, services.decision);
  note(services.decision, request.demand, log);
}

// Where the choice falls on a host that is half open, its trial is claimed, over all loops. Who comes too
// late decides again, and sees the trial of another under way.
void plan_next(Services& services, const InferenceRequest& request, Record& record,
               const routing::Snapshot& snapshot, const routing::Moment& moment,
               routing::TrialPermit& trial) {
  constexpr int most_races = 4;
  for (int race = 0; race < most_races; ++race) {
    const std::size_t noted = record.decisions.size();
    plan_once(services, request, record, snapshot, moment);
    const routing::Decision& decision = services.decision;
    if (!decision.chosen || !decision.trials_allowed) return;
    auto& trials = request.hosts->generation->in_flight.trials(*decision.chosen);
    if (trial.begin(trials, *decision.trials_allowed)) return;
    if (race + 1 < most_races) record.decisions.resize(noted);
  }
}

// One decision on the newest snapshot of the request's generation, noted in the record.
const routing::Decision& decide(Services& services, const InferenceRequest& request, Record& record,
                                Reply& reply, routing::TrialPermit& trial, config::TimePoint now) {
  const Standpoint from = standpoint(services, request);
  plan_next(services, request, record, from.snapshot,
            {.now = now, .seed = services.dice.roll(), .withdrawn = from.withdrawn}, trial);
  record.deciding += services.timer.now() - now;
  if (request.asked.echo_decision || request.shows_openrouter_metadata) {
    Decided decided = decided_for(services, request, now);
    decided.snapshot = &from.snapshot;
    decided.passed_over = passed_over(request);
    reply.tell(echo_of(request, decided, record.attempts));
  }
  return services.decision;
}

// Whether there may be a further attempt: the first one at another host that is believed healthy is free, any
// other one must be paid for.
bool may_retry(Services& services, const InferenceRequest& request, Record& record) {
  if (record.attempts.empty()) return true;
  const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
  const auto price = routing::retry_price(services.decision, record.attempts, catalogue.generation());
  if (price == routing::RetryPrice::free) return true;
  const std::uint64_t failing = catalogue.endpoints()[record.attempts.back().endpoint].name_hash;
  record.retry_refused = !services.retries.take(*services.retry_budget, failing, catalogue.settings().retries,
                                                services.timer.now());
  if (!record.retry_refused) ++record.retries_paid;
  return !record.retry_refused;
}

// A client that is to come later is told when, whoever refused it.
void say_when(ErrorReply& error, std::optional<config::TimePoint> earliest, config::TimePoint now) {
  if (error.retry_after || (error.status != 429 && error.status != 503)) return;
  using namespace std::chrono_literals;
  const config::Duration wait = earliest ? *earliest - now : config::Duration(1s);
  error.retry_after = std::clamp<config::Duration>(wait, 1s, 60s);
}

// Where no other host may stand in for the one that failed, it is this gateway that has nobody now.
void say_that_only_one_may(ErrorReply& error, const InferenceRequest& request) {
  const auto is_unequal = [](const routing::Unfit& unfit) {
    return unfit.why == routing::Unfit::Why::not_declared_equal;
  };
  if (error.status < 500 || std::ranges::none_of(request.demand.unfit, is_unequal)) return;
  error.status = 503;
  error.message += "; other hosts of the model are not declared equal to it (`embeddings_equal`)";
}

// What a decision leaves behind, once the attempt it was made for begins: one taken back was never made.
void keep_decision(Services& services, const InferenceRequest& request, Record& record) {
  const routing::Decision& decision = services.decision;
  services.purse.settle(decision, request.policy->explore);
  record.reasons.push_back(decision.reason);
  record.propensities.push_back(decision.propensity);
  record.relaxed = std::max(record.relaxed, decision.relaxed);
}

// Whether there is nobody to tell. A client that stopped reading counts: its connection was cut.
bool left(const Record& record, const Interruption& interruption) {
  if (interruption.client_left()) return true;
  if (record.attempts.empty() || !record.attempts.back().failure) return false;
  return record.attempts.back().failure->kind == FailureKind::client_left;
}

}  // namespace

Task<RecordPtr> serve(Services& services, InferenceRequest& request, Reply& reply,
                      Interruption& interruption) {
  RecordPtr kept = services.outbox.blank();
  Record& record = *kept;
  begin_record(record, request);
  const config::Settings& settings = request.hosts->generation->catalogue->settings();
  services.retries.count_request(*services.retry_budget, settings.retries, request.demand.admitted);
  std::optional<ErrorReply> error;
  Tried tried;
  std::string in_short;  // of the last decision, as `served` shows it
  Served served;
  std::optional<config::TimePoint> earliest;  // when somebody is back; nobody may answer before
  const Generation& generation = *request.hosts->generation;
  Place place(services.line);
  const WaitingComment waiting(services.timer, request, reply);
  while (!error) {
    place.step_up();
    const config::TimePoint now = services.timer.now();
    routing::TrialPermit trial;
    const std::size_t decisions_before = record.decisions.size();
    const routing::Decision& decision = decide(services, request, record, reply, trial, now);
    earliest = decision.earliest;
    if (!decision.chosen) {
      if (co_await place.wait(generation, decision, request.demand.deadline, services.timer, interruption))
        continue;
      if (interruption.over()) break;
      if (decision.earliest && routing::worth_waiting(*decision.earliest, request.demand, now)) {
        co_await wait_until(services, *decision.earliest, interruption);
        if (interruption.over()) break;
        continue;
      }
      if (record.attempts.empty()) error = no_candidate(decision, request, now);
      break;
    }
    const routing::EndpointIndex target = *decision.chosen;
    in_short = decision_header(decided_for(services, request, now));
    const routing::Endpoint& endpoint = request.hosts->generation->catalogue->endpoints()[target];
    served = {.endpoint = endpoint.settings->name.text,
              .policy = request.policy->name.text,
              .model = endpoint.model->name.text,
              .decision = in_short,
              .attempts = record.attempts.size() + 1};
    {
      const Slot slot(services.line, generation, target);
      if (!slot.taken()) {  // another loop took the room that was decided for
        record.decisions.resize(decisions_before);
        continue;
      }
      if (!may_retry(services, request, record)) {
        record.decisions.resize(decisions_before);
        break;
      }
      keep_decision(services, request, record);
      place.leave();
      tried =
          co_await attempt(services, request, target, record.attempts, served, trial, reply, interruption);
    }
    trial.end();
    services.line.call();
    if (tried.attempt.failure) services.outbox.tell(Sighting::What::ends, tried.attempt, tried.asked);
    record.attempts.push_back(tried.attempt);
    if (!tried.attempt.failure || tried.attempt.failure->kind == FailureKind::client_left) break;

    const routing::NextStep next = routing::after_failure(record.attempts, request.demand, *request.policy,
                                                          services.timer.now(), services.dice.uniform());
    const auto* retry = std::get_if<routing::RetryAt>(&next);
    if (!retry) break;
    co_await wait_until(services, retry->time, interruption);
    if (interruption.over()) break;
  }
  const bool answered = !record.attempts.empty() && !record.attempts.back().failure;
  if (!error && !answered && interruption.stopping()) error = gateway_stopping();
  if (!error && !record.attempts.empty() && !answered) {
    error = of_failures(record.attempts, tried.said);
    say_that_only_one_may(*error, request);
  }
  if (error) say_when(*error, earliest, services.timer.now());
  if (error && !left(record, interruption)) {
    const StreamIdentity stream{.id = request.id,
                                .created = std::chrono::system_clock::to_time_t(record.wall),
                                .model = record.model};
    co_await reply.fail(*error, served, stream);
  }
  end_record(record, request, reply, error, services.timer.now());
  co_return kept;
}

}  // namespace gateway
