#include "gateway/serving/serve.hpp"

#include "gateway/request/decision_echo.hpp"
#include "gateway/request/decision_log.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/no_candidate.hpp"
#include "gateway/request/standpoint.hpp"
#include "gateway/request/waiting_comment.hpp"
#include "gateway/serving/contest.hpp"
#include "gateway/serving/race.hpp"
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
  if (record.attempts.empty()) return false;
  const auto& failure = routing::deciding_one(record.attempts).failure;
  return failure && failure->kind == FailureKind::client_left;
}

bool has_answered(const Record& record) {
  return !record.attempts.empty() && !routing::deciding_one(record.attempts).failure;
}

// One choice of an endpoint, and what it holds while it is asked.
struct Leg {
  routing::EndpointIndex target = 0;
  std::optional<Slot> slot{};
  routing::TrialPermit trial{};
  std::string in_short;  // of the decision, as `served` shows it
  Served served;
};

// A request on its way from the first decision to its record.
class Life {
 public:
  Life(Services& services, InferenceRequest& request, Reply& reply, Interruption& interruption,
       Record& record)
      : services_(services),
        request_(request),
        reply_(reply),
        interruption_(interruption),
        record_(record),
        generation_(*request.hosts->generation),
        place_(services.line) {}

  Task<void> run();
  // Of a request that something in the gateway itself broke off: with what is known of it.
  Task<void> give_up();

 private:
  Task<void> tell_end();
  enum class Next { decide, end };

  Task<Next> step();
  Task<Next> wait_for_somebody(config::TimePoint now);
  void choose(Leg& leg, config::TimePoint now) const;
  std::optional<config::TimePoint> hedge_at(config::TimePoint now) const;
  Task<void> ask(Leg& leg);
  Task<void> ask_two(Leg& leg, config::TimePoint beside_at);
  bool choose_beside(const Leg& first, Leg& second);
  Task<Tried> run(Leg& leg, Contest& contest, std::size_t number, std::size_t earlier);
  void end(Leg& leg, Tried& tried);
  Task<Next> after_attempt();

  Services& services_;
  InferenceRequest& request_;
  Reply& reply_;
  Interruption& interruption_;
  Record& record_;
  const Generation& generation_;
  Place place_;
  std::optional<ErrorReply> error_;
  std::unique_ptr<HostWords> said_;  // by the host of the last attempt, of its failure
  std::string in_short_;
  Served served_;                              // names the last attempt
  std::optional<config::TimePoint> earliest_;  // when somebody is back; nobody may answer before
};

Task<void> Life::run() {
  const WaitingComment waiting(services_.timer, request_, reply_);
  for (Next next = Next::decide; next == Next::decide;) next = co_await step();
  co_await tell_end();
}

Task<void> Life::give_up() {
  error_ = plain_error(500, "server_error", "internal_error", "The gateway failed.");
  co_await tell_end();
}

Task<void> Life::tell_end() {
  const bool answered = has_answered(record_);
  if (!error_ && !answered && interruption_.stopping()) error_ = gateway_stopping();
  if (!error_ && !record_.attempts.empty() && !answered) {
    error_ = of_failures(record_.attempts, said_ ? *said_ : HostWords());
    say_that_only_one_may(*error_, request_);
  }
  if (error_) say_when(*error_, earliest_, services_.timer.now());
  if (error_ && !left(record_, interruption_)) {
    const StreamIdentity stream{.id = request_.id,
                                .created = std::chrono::system_clock::to_time_t(record_.wall),
                                .model = record_.model};
    co_await reply_.fail(*error_, served_, stream);
  }
  end_record(record_, request_, reply_, error_, services_.timer.now());
}

// One decision, and the attempts that follow it.
Task<Life::Next> Life::step() {
  place_.step_up();
  const config::TimePoint now = services_.timer.now();
  const std::size_t decisions_before = record_.decisions.size();
  Leg leg;
  const routing::Decision& decision = decide(services_, request_, record_, reply_, leg.trial, now);
  earliest_ = decision.earliest;
  if (!decision.chosen) co_return co_await wait_for_somebody(now);

  choose(leg, now);
  leg.slot.emplace(services_.line, generation_, leg.target);
  if (!leg.slot->taken()) {  // another loop took the room that was decided for
    record_.decisions.resize(decisions_before);
    co_return Next::decide;
  }
  if (!may_retry(services_, request_, record_)) {
    record_.decisions.resize(decisions_before);
    co_return Next::end;
  }
  keep_decision(services_, request_, record_);
  place_.leave();
  if (const auto beside_at = hedge_at(now)) {
    co_await ask_two(leg, *beside_at);
  } else {
    co_await ask(leg);
  }
  in_short_ = std::move(leg.in_short);
  served_ = leg.served;
  served_.decision = in_short_;
  co_return co_await after_attempt();
}

Task<Life::Next> Life::wait_for_somebody(config::TimePoint now) {
  const routing::Decision& decision = services_.decision;
  const bool has_waited =
      co_await place_.wait(generation_, decision, request_.demand.deadline, services_.timer, interruption_);
  if (has_waited) co_return Next::decide;
  if (interruption_.over()) co_return Next::end;
  if (earliest_ && routing::worth_waiting(*earliest_, request_.demand, now)) {
    co_await wait_until(services_, *earliest_, interruption_);
    co_return interruption_.over() ? Next::end : Next::decide;
  }
  if (record_.attempts.empty()) error_ = no_candidate(decision, request_, now);
  co_return Next::end;
}

// What the client is told of it.
void Life::choose(Leg& leg, config::TimePoint now) const {
  leg.target = *services_.decision.chosen;
  leg.in_short = decision_header(decided_for(services_, request_, now));
  const routing::Endpoint& endpoint = generation_.catalogue->endpoints()[leg.target];
  leg.served = {.endpoint = endpoint.settings->name.text,
                .policy = request_.policy->name.text,
                .model = endpoint.model->name.text,
                .decision = leg.in_short,
                .attempts = record_.attempts.size() + 1};
}

// When another host is asked beside the one that was just chosen.
std::optional<config::TimePoint> Life::hedge_at(config::TimePoint now) const {
  const auto wait =
      routing::hedge_after(services_.decision, *request_.policy, request_.demand, *generation_.catalogue);
  if (!wait || now + *wait >= request_.demand.deadline) return std::nullopt;
  return now + *wait;
}

Task<void> Life::ask(Leg& leg) {
  Tried tried = co_await attempt(services_, request_, leg.target, record_.attempts, leg.served, leg.trial,
                                 reply_, interruption_);
  end(leg, tried);
  record_.attempts.push_back(tried.attempt);
  said_ = std::move(tried.said);
}

// The attempts of both are in the record from their begin, as far as they are known, for the decision about
// the second one.
Task<void> Life::ask_two(Leg& leg, config::TimePoint beside_at) {
  const std::size_t earlier = record_.attempts.size();
  record_.attempts.reserve(earlier + 2);
  Contest contest(services_.timer);
  Leg beside;
  Race race(services_.timer);
  record_.attempts.push_back({.endpoint = leg.target,
                              .generation = generation_.catalogue->generation(),
                              .dispatched = services_.timer.now()});
  race.begin(0, run(leg, contest, 0, earlier));
  co_await race.next(beside_at);
  if (race.is_under_way(0) && !contest.is_decided() && !interruption_.over() && choose_beside(leg, beside)) {
    leg.served.attempts = beside.served.attempts;
    leg.served.hedge = "lost";
    beside.served.hedge = "won";
    record_.attempts.push_back({.endpoint = beside.target,
                                .generation = generation_.catalogue->generation(),
                                .dispatched = services_.timer.now()});
    race.begin(1, run(beside, contest, 1, earlier));
  }
  while (race.is_under_way(0) || race.is_under_way(1)) {
    co_await race.next();
    contest.give_up_loser();
  }
  try {
    for (std::size_t number = earlier; number < record_.attempts.size(); ++number) {
      Tried tried = race.take(number - earlier);
      record_.attempts[number] = tried.attempt;
      if (tried.said) said_ = std::move(tried.said);
    }
  } catch (...) {
    record_.attempts.resize(earlier);  // what is not known of them is nothing to count by
    throw;
  }
  const bool is_second = record_.attempts.size() == earlier + 2 &&
                         &routing::deciding_one(record_.attempts) == &record_.attempts.back();
  if (!is_second) co_return;
  leg.in_short = std::move(beside.in_short);
  leg.served = beside.served;
}

// A second host, now that the first is slow. Nothing where nobody is left, or nothing pays for it.
bool Life::choose_beside(const Leg& first, Leg& second) {
  const config::TimePoint now = services_.timer.now();
  const std::size_t decisions_before = record_.decisions.size();
  const Standpoint from = standpoint(services_, request_);
  plan_once(services_, request_, record_, from.snapshot,
            {.now = now, .seed = services_.dice.roll(), .withdrawn = from.withdrawn});
  const routing::Decision& decision = services_.decision;
  const bool is_other = decision.chosen && *decision.chosen != first.target && !decision.trials_allowed;
  if (is_other && services_.hedges.take()) {
    choose(second, now);
    second.slot.emplace(services_.line, generation_, second.target);
    if (second.slot->taken()) {
      record_.reasons.push_back(routing::Reason::hedge);
      record_.propensities.push_back(decision.propensity);
      return true;
    }
    second.slot.reset();
  }
  record_.decisions.resize(decisions_before);
  return false;
}

Task<Tried> Life::run(Leg& leg, Contest& contest, std::size_t number, std::size_t earlier) {
  Tried tried = co_await attempt(services_, request_, leg.target,
                                 std::span<const routing::Attempt>(record_.attempts).first(earlier),
                                 leg.served, leg.trial, reply_, interruption_, &contest, number);
  end(leg, tried);
  co_return tried;
}

// What it showed is learned as it ends, also where another one goes on.
void Life::end(Leg& leg, Tried& tried) {
  leg.slot.reset();
  leg.trial.end();
  services_.line.call();
  if (tried.attempt.failure) services_.outbox.tell(Sighting::What::ends, tried.attempt, tried.asked);
}

Task<Life::Next> Life::after_attempt() {
  const auto& failure = routing::deciding_one(record_.attempts).failure;
  if (!failure || failure->kind == FailureKind::client_left) co_return Next::end;
  const routing::NextStep next = routing::after_failure(record_.attempts, request_.demand, *request_.policy,
                                                        services_.timer.now(), services_.dice.uniform());
  const auto* retry = std::get_if<routing::RetryAt>(&next);
  if (!retry) co_return Next::end;
  co_await wait_until(services_, retry->time, interruption_);
  co_return interruption_.over() ? Next::end : Next::decide;
}

}  // namespace

Task<RecordPtr> serve(Services& services, InferenceRequest& request, Reply& reply,
                      Interruption& interruption) {
  RecordPtr record = services.outbox.blank();
  begin_record(*record, request);
  const config::Settings& settings = request.hosts->generation->catalogue->settings();
  services.retries.count_request(*services.retry_budget, settings.retries, request.demand.admitted);
  services.hedges.count_request(request.policy->hedge_budget);
  Life life(services, request, reply, interruption, *record);
  bool escaped = false;
  try {
    co_await life.run();
  } catch (const std::exception&) {
    escaped = true;
  }
  if (escaped) co_await life.give_up();
  co_return record;
}

}  // namespace gateway
