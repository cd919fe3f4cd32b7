#include "gateway/serving/life.hpp"

#include <algorithm>
#include <functional>

#include "gateway/request/no_candidate.hpp"
#include "gateway/serving/record_keeping.hpp"
#include "gateway/serving/standby.hpp"
#include "gateway/trace/trace_parent.hpp"

namespace gateway {
namespace {

using providers::Task;

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

}  // namespace

Life::Life(Services& services, InferenceRequest& request, Reply& reply, Interruption& interruption,
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

// Where it is the first attempt, the client is told why there is none.
bool Life::may_pay_for(routing::EndpointIndex endpoint) {
  std::optional<ErrorReply> why;
  if (tab_.may_ask(generation_.catalogue->endpoints()[endpoint], why)) return true;
  if (record_.attempts.empty()) error_ = std::move(why);
  return false;
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
  // One that came to nothing before.
  const auto hedge = std::ranges::find(record_.attempts, routing::Reason::hedge, &routing::Attempt::reason);
  chosen.served = {.endpoint = endpoint.settings->name.text,
                   .policy = request_.policy->name.text,
                   .model = endpoint.model->name.text,
                   .decision = chosen.in_short,
                   .host_model = endpoint.settings->host_model,
                   .provider = shown_provider(endpoint),
                   .attempts = record_.attempts.size() + 1,
                   .hedge = hedge == record_.attempts.end() ? "" : "lost"};
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

}  // namespace gateway
