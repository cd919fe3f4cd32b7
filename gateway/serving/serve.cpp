#include "gateway/serving/serve.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "gateway/answer/last_words.hpp"
#include "gateway/continuation/continuation.hpp"
#include "gateway/request/key_room.hpp"
#include "gateway/request/no_candidate.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/request/waiting_comment.hpp"
#include "gateway/serving/deciding.hpp"
#include "gateway/serving/race.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "gateway/serving/standby.hpp"
#include "gateway/tab/tab.hpp"
#include "gateway/trace/trace_parent.hpp"

namespace gateway {
namespace {

using providers::Task;
using routing::Journey;
using Leg = Journey::Leg;

// A sleep between attempts that an interruption ends.
struct Pause final : Interruptible {
  providers::Sleep sleep;
  void interrupt(routing::FailureKind) override { sleep.wake(); }
};

// Who takes turns with others: its key.
std::uint64_t owner_of(const InferenceRequest& request) {
  const config::KeySettings* key = request.demand.key;
  return key ? std::hash<std::string_view>()(key->name.text) : 0;
}

// Where other loops were faster so many times in a row, this long is waited.
constexpr unsigned most_races_lost = 4;
constexpr auto after_lost_races = std::chrono::milliseconds(10);

// One choice of an endpoint, and what it holds while it is asked.
struct Chosen {
  routing::TrialPermit trial{};
  std::optional<Slot> slot{};
  providers::KeyPermit permit{};
  std::string in_short;  // of the decision, as `served` shows it
  Served served;
};

// Walks a request's journey: what it says is next is done here, and what came of it is told it.
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
        deciding_(services, request, record, reply),
        tab_(services, services.till, request, record),
        place_(services.line, owner_of(request), request.demand.priority),
        journey_(request.demand, *request.policy, record.attempts),
        race_(services.timer, journey_) {
    request.tab = &tab_;
    if (Continuation::is_for(request)) continuation_ = std::make_unique<Continuation>();
  }

  Task<void> run();
  // Of a request that something in the gateway itself broke off: with what is known of it.
  Task<void> give_up(const ErrorReply& why);

 private:
  // Only where something is to be waited for a task is: most requests go through without.
  enum class Chose { done, nobody, too_late };
  Chose choose();
  Task<void> wait_for_others();
  Task<void> wait_for_somebody(config::TimePoint now);
  void choose_beside();
  void begin(Leg leg, config::TimePoint now);
  Task<void> wait(config::TimePoint until);
  void note_for_operators(const Tried& tried);
  void take_ended();
  void end(Leg leg, Tried& tried);
  void remember_deciding_one();
  Task<void> tell_end();
  void note_end(config::TimePoint now);
  void close_tab();
  bool may_pay_for(routing::EndpointIndex endpoint);
  providers::KeyNeeds needs_while_waiting(const routing::Decision& decision) const;

  Services& services_;
  InferenceRequest& request_;
  Reply& reply_;
  Interruption& interruption_;
  Record& record_;
  const Generation& generation_;
  Decider deciding_;
  Tab tab_;
  Place place_;
  std::optional<ErrorReply> error_;
  config::Duration for_quotas_{};  // that it waited
  std::array<std::optional<Chosen>, Journey::most_legs> chosen_;
  std::unique_ptr<HostWords> said_;  // by the host of the last attempt, of its failure
  std::string in_short_;
  Served served_;                                 // names the last attempt
  std::optional<config::TimePoint> somebody_at_;  // when somebody is back; nobody may answer before
  std::exception_ptr fault_;                      // of an attempt
  // When what comes next began: read where something was waited for, and not for each thing that is done.
  config::TimePoint now_{};
  std::unique_ptr<Continuation> continuation_;  // null: nobody goes on with what breaks
  Journey journey_;
  Race race_;
  providers::Sleep pause_;
  unsigned races_lost_ = 0;
};

Task<void> Life::run() {
  const WaitingComment waiting(services_.timer, request_, reply_);
  if (tab_.open(reply_, error_) == Let::wait) {
    const config::TimePoint since = services_.timer.now();
    co_await tab_.wait(reply_, interruption_, error_);
    for_quotas_ = services_.timer.now() - since;
  }
  if (error_ || interruption_.over()) journey_.stops();
  now_ = services_.timer.now();
  for (;;) {
    const Journey::Step step = journey_.next(now_);
    if (std::holds_alternative<Journey::Choose>(step)) {
      const Chose chose = choose();
      if (chose == Chose::nobody) co_await wait_for_somebody(now_);
      if (chose == Chose::too_late) co_await wait_for_others();
    } else if (std::holds_alternative<Journey::ChooseBeside>(step)) {
      choose_beside();
    } else if (const auto* loser = std::get_if<Journey::GiveUp>(&step)) {
      race_.give_up(loser->leg);
    } else if (const auto* pause = std::get_if<Journey::Wait>(&step)) {
      if (race_.is_empty()) {
        co_await wait(*pause->until);
      } else {
        co_await race_.next(pause->until);
        now_ = services_.timer.now();
        take_ended();
      }
    } else {
      break;
    }
  }
  if (fault_) std::rethrow_exception(fault_);
  if (!error_ && journey_.has_answered()) {
    note_end(now_);
  } else {
    co_await tell_end();
  }
}

Task<void> Life::give_up(const ErrorReply& why) {
  journey_.stops();
  for (Leg leg = 0; leg < Journey::most_legs; ++leg) race_.give_up(leg);
  // What fails behind the client's last byte is no failure of the answer.
  if (!reply_.is_over()) error_ = why;
  co_await tell_end();
}

void Life::note_end(config::TimePoint now) {
  record_.waited = std::chrono::duration_cast<decltype(record_.waited)>(for_quotas_ + place_.waited());
  end_record(record_, request_, reply_, error_, now);
}

Task<void> Life::tell_end() {
  const bool answered = journey_.has_answered();
  if (!error_ && !answered && !reply_.is_over() && interruption_.stopping()) error_ = gateway_stopping();
  if (!error_ && !answered && !reply_.is_over() && !record_.attempts.empty()) {
    error_ = nobody_answered(request_, record_, said_ ? *said_ : HostWords());
  }
  if (error_ || !answered) close_tab();
  if (error_) say_when(*error_, somebody_at_, services_.timer.now());
  if (error_ && !is_gone(record_, interruption_)) {
    error_->models = asked_models(request_.asked);
    const StreamIdentity stream{.id = request_.id,
                                .created = std::chrono::system_clock::to_time_t(record_.wall),
                                .model = record_.model,
                                .provider = served_.provider};
    co_await reply_.fail(*error_, served_, stream);
  }
  note_end(services_.timer.now());
}

void Life::close_tab() {
  const bool is_gone_now = is_gone(record_, interruption_);
  const EntryEnd end = is_gone_now      ? EntryEnd::client_left
                       : reply_.begun() ? EntryEnd::broken
                                        : EntryEnd::refused;
  tab_.close(nullptr, end, is_gone_now ? 499 : reply_.begun() ? 200 : error_ ? error_->status : 500);
}

Life::Chose Life::choose() {
  place_.step_up();
  const config::TimePoint now = now_;
  Chosen& chosen = chosen_[0].emplace();
  const routing::Decision& decision = deciding_.decide(chosen.trial, now);
  somebody_at_ = decision.earliest;
  if (!decision.chosen) return Chose::nobody;

  chosen.slot.emplace(services_.line, generation_, *decision.chosen);
  if (!chosen.slot->taken() || !deciding_.take_key(chosen.permit, *decision.chosen, now)) {
    deciding_.take_back();  // another loop took the room that was decided for
    chosen_[0].reset();
    return Chose::too_late;
  }
  if (!deciding_.may_retry() || !may_pay_for(*decision.chosen)) {
    chosen.permit.ends(providers::KeyPermit::Sent::no, 0, now);
    deciding_.take_back();
    chosen_[0].reset();
    services_.line.call();
    journey_.stops();
    return Chose::done;
  }
  deciding_.keep();
  place_.leave();
  begin(0, now);
  keep_ready(services_, *request_.hosts, now);
  return Chose::done;
}

// Who loses again and again lets others act first.
Task<void> Life::wait_for_others() {
  if (++races_lost_ % most_races_lost == 0) co_await pause_.until(services_.timer, now_ + after_lost_races);
  now_ = services_.timer.now();
}

Task<void> Life::wait_for_somebody(config::TimePoint now) {
  const routing::Decision& decision = services_.decision;
  const bool has_waited = co_await place_.wait(generation_, decision, needs_while_waiting(decision),
                                               request_.demand.deadline, services_.timer, interruption_);
  now_ = services_.timer.now();
  if (has_waited) co_return;
  if (interruption_.over()) co_return journey_.stops();
  journey_.nobody(somebody_at_, now);
  if (!journey_.is_over() || !record_.attempts.empty()) co_return;
  record_.shed = place_.shed();
  error_ = no_candidate(decision, request_, now, record_.shed);
  if (record_.shed != Shed::none && place_.comes_again_in()) error_->retry_after = place_.comes_again_in();
}

// Of the limits of a key, at the first host where they are in the way.
providers::KeyNeeds Life::needs_while_waiting(const routing::Decision& decision) const {
  const auto limited =
      std::ranges::find(decision.verdicts, routing::Removal::credential_limit, &routing::Verdict::removal);
  return limited == decision.verdicts.end() ? providers::KeyNeeds() : deciding_.needs_at(limited->endpoint);
}

bool Life::may_pay_for(routing::EndpointIndex endpoint) {
  return record_.attempts.empty() || tab_.may_ask_again(generation_.catalogue->endpoints()[endpoint]);
}

// A second host, now that the first is slow.
void Life::choose_beside() {
  const config::TimePoint now = now_;
  const auto second = deciding_.decide_beside(record_.attempts.back().endpoint, now);
  if (!second) return;
  Chosen& chosen = chosen_[1].emplace();
  chosen.slot.emplace(services_.line, generation_, *second);
  const bool has_room = chosen.slot->taken() && deciding_.take_key(chosen.permit, *second, now);
  if (!has_room || !may_pay_for(*second)) {
    chosen.permit.ends(providers::KeyPermit::Sent::no, 0, now);
    chosen_[1].reset();
    services_.line.call();
    return deciding_.take_back_beside();
  }
  begin(1, now);
  chosen_[0]->served.attempts = chosen.served.attempts;
  chosen_[0]->served.hedge = "lost";
  chosen.served.hedge = "won";
}

// The attempt that was just decided.
void Life::begin(Leg leg, config::TimePoint now) {
  Chosen& chosen = *chosen_[leg];
  Asking asking = deciding_.asking(now);
  asking.permit = &chosen.permit;
  routing::Attempt& begun = asking.begun->attempt;
  if (continuation_) {
    asking.continuation = continuation_.get();
    if (begun.reason == routing::Reason::continues) {
      continuation_->go_on(request_, record_.attempts);
    } else {
      continuation_->begin();
    }
  }
  const routing::Endpoint& endpoint = generation_.catalogue->endpoints()[begun.endpoint];
  chosen.in_short = deciding_.in_short(now);
  chosen.served = {.endpoint = endpoint.settings->name.text,
                   .policy = request_.policy->name.text,
                   .model = endpoint.model->name.text,
                   .decision = chosen.in_short,
                   .host_model = endpoint.settings->host_model,
                   .provider = shown_provider(endpoint),
                   .attempts = record_.attempts.size() + 1};
  if (leg == 0) {
    journey_.asks(begun, deciding_.beside_at(now));
  } else {
    begun.reason = routing::Reason::hedge;
    journey_.asks_beside(begun);
  }
  const std::size_t number = record_.attempts.size() - 1;
  if (endpoint.provider->traceparent)
    asking.traceparent = traceparent_for_host(request_.id, request_.traceparent, number, services_.traces);
  tab_.sends(number, endpoint, asking.begun->asked.output);
  race_.begin(leg, attempt(services_, request_, std::move(asking), chosen.served, chosen.trial, reply_,
                           interruption_, race_, leg));
}

Task<void> Life::wait(config::TimePoint until) {
  Pause pause;
  const Interruption::Aim aim(interruption_, pause);
  if (!interruption_.over()) co_await pause.sleep.until(services_.timer, until);
  now_ = services_.timer.now();
  if (interruption_.over()) journey_.stops();
}

// Of what is between a host and us, which is no client's business, and of answers that we cut.
void Life::note_for_operators(const Tried& tried) {
  using routing::FailureKind;
  constexpr std::size_t most_bytes = 500;
  if (!tried.said || !tried.attempt.failure) return;
  const FailureKind kind = tried.attempt.failure->kind;
  const bool is_ours = kind == FailureKind::credential || kind == FailureKind::connect ||
                       kind == FailureKind::resolve || tried.said->ran_on;
  if (!is_ours) return;
  record_.said = tried.said->message.substr(0, most_bytes);
}

void Life::take_ended() {
  for (Leg leg = 0; leg < Journey::most_legs; ++leg) {
    if (!race_.has_ended(leg)) continue;
    try {
      const std::unique_ptr<Tried> tried = race_.take(leg);
      note_for_operators(*tried);
      const std::size_t number = journey_.number_of(leg);
      if (tried->said && tried->said->ran_on && number < 32) record_.ran_on |= 1u << number;
      record_.repeats += tried->repeats;
      if (tried->said) said_ = std::move(tried->said);
      end(leg, *tried);
    } catch (...) {
      fault_ = std::current_exception();
      journey_.stops();
      Tried lost;
      lost.attempt = record_.attempts[journey_.number_of(leg)];
      lost.attempt.failure =
          routing::Failure{.kind = routing::FailureKind::local, .progress = routing::Progress::request_sent};
      end(leg, lost);
      race_.give_up(1 - leg);
    }
  }
  if (race_.is_empty()) remember_deciding_one();
}

// What it showed is learned as it ends, also where another one goes on.
void Life::end(Leg leg, Tried& tried) {
  gateway::end(chosen_[leg]->permit, tried.attempt, now_);
  chosen_[leg]->slot.reset();
  chosen_[leg]->trial.end();
  services_.line.call();
  if (tried.attempt.failure) services_.outbox.tell(Sighting::What::ends, tried.attempt, tried.asked);
  if (interruption_.over()) journey_.stops();
  const double draw = tried.attempt.failure ? services_.dice.uniform() : 0;
  journey_.ends(leg, tried.attempt, now_, draw);
}

void Life::remember_deciding_one() {
  const auto number =
      static_cast<std::size_t>(&routing::deciding_one(record_.attempts) - record_.attempts.data());
  Chosen& deciding = *chosen_[number - journey_.number_of(0)];
  in_short_ = std::move(deciding.in_short);
  served_ = deciding.served;
  served_.decision = in_short_;
}

enum class Escaped { nothing, memory, fault };

// A coroutine of its own: what it holds would be held by every stream.
Task<void> give_up_after(Escaped what, Life& life) {
  const ErrorReply error = what == Escaped::memory
                               ? out_of_memory()
                               : plain_error(500, "server_error", "internal_error", "The gateway failed.");
  co_await life.give_up(error);
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
  Escaped escaped = Escaped::nothing;
  try {
    co_await life.run();
  } catch (const std::bad_alloc&) {
    escaped = Escaped::memory;
    if (!reply.is_over()) record->shed = Shed::memory;
  } catch (const std::exception&) {
    escaped = Escaped::fault;
  }
  if (escaped != Escaped::nothing) co_await give_up_after(escaped, life);
  co_return record;
}

}  // namespace gateway
