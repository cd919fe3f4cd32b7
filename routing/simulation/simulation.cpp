#include "routing/simulation/simulation.hpp"

#include <algorithm>

#include "routing/decision/patience.hpp"
#include "routing/decision/retry.hpp"
#include "routing/decision/retry_budget.hpp"
#include "routing/simulation/judge.hpp"
#include "routing/simulation/simulated_attempts.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

// Far from the clock's epoch, so that "never" lies before.
constexpr config::TimePoint beginning = config::TimePoint{} + 24h;
constexpr config::TimePoint never = config::TimePoint::max();
constexpr config::Duration deadline = 600s;
constexpr config::Duration between_looks = 1s;
constexpr std::size_t between_watches = 2048;

class Simulation {
 public:
  Simulation(const Scenario& scenario, const MakeContender& make)
      : scenario_(scenario),
        market_(*scenario.fleet, scenario.family, scenario.seed, beginning, scenario.trace->start),
        contender_(make(market_, beginning)),
        attempts_(market_, *contender_, scenario.seed),
        judge_(scenario, market_) {
    adopt(market_.catalogue(beginning));
  }

  Scorecard run(const Watch& watch);

 private:
  Leg& other(Journey& journey, const Leg& leg) { return journey.legs[&leg == &journey.legs[0] ? 1 : 0]; }
  Holder holder_of(const Journey& journey, const Leg& leg) const {
    return {static_cast<std::uint32_t>(&journey - journeys_.data()), &leg == &journey.legs[0] ? 0u : 1u};
  }
  void adopt(const std::shared_ptr<const Catalogue>& catalogue) {
    catalogues_.push_back(catalogue);
    attempts_.adopt(catalogue);
  }
  void arrive(const config::TraceRequest& request);
  void decide(Journey& journey);
  void send(Journey& journey, Leg& leg, const Ask& ask);
  void take(const SimulatedAttempts::Happened& happened);
  void begin_stream(Journey& journey, Leg& leg);
  void cut(Journey& journey, Leg& leg, FailureKind kind, enum Progress progress);
  void after(Journey& journey, const Leg& leg);
  void fire(const Timer& timer);
  void hedge(Journey& journey);
  void look_for_stall(Journey& journey, Leg& leg);
  void set_timer(config::TimePoint time, Timer::What what, const Journey& journey, const Leg& leg);
  void fail(Journey& journey);
  void leave(Journey& journey);
  Situation situation(const Journey& journey, std::span<const Attempt> tried);

  const Scenario& scenario_;
  SimulatedMarket market_;
  std::vector<std::shared_ptr<const Catalogue>> catalogues_;  // all of them: demands point into them
  std::unique_ptr<Contender> contender_;
  SimulatedAttempts attempts_;
  Judge judge_;
  const config::RetrySettings retry_settings_{};
  RetryBudget retries_;
  config::TimePoint now_ = beginning;
  std::vector<Journey> journeys_;
  std::vector<std::uint32_t> free_;
  std::size_t under_way_ = 0;
  Timers timers_;
  std::uint64_t timers_set_ = 0;
  std::uint64_t arrived_ = 0;
  Attempts hedging_;  // scratch
};

Scorecard Simulation::run(const Watch& watch) {
  const std::vector<config::TraceRequest>& requests = scenario_.trace->requests;
  std::size_t next = 0;
  while (next < requests.size() || under_way_ > 0) {
    const SimulatedAttempts::Coming change = attempts_.coming();
    const config::TimePoint timer = timers_.empty() ? never : timers_.top().time;
    const config::TimePoint arrival = next < requests.size() ? beginning + requests[next].at : never;
    // What happens at hosts comes first: a timer that is due at the same time must see it.
    if (change.at <= timer && change.at <= arrival) {
      now_ = change.at;
      if (const auto happened = attempts_.take(change)) take(*happened);
    } else if (timer <= arrival) {
      now_ = timer;
      const Timer due = timers_.top();
      timers_.pop();
      fire(due);
    } else {
      now_ = arrival;
      arrive(requests[next]);
      ++next;
      if (watch && next % between_watches == 0 && watch(next) == GoOn::no) break;
    }
  }
  return judge_.result();
}

Situation Simulation::situation(const Journey& journey, std::span<const Attempt> tried) {
  const std::uint64_t seed = mixed(mixed(scenario_.seed, journey.number), 1000 + journey.sent);
  return {.demand = journey.demand,
          .tried = tried,
          .in_flight = attempts_.in_flight(),
          .now = now_,
          .seed = seed};
}

void Simulation::arrive(const config::TraceRequest& request) {
  if (const auto& current = market_.catalogue(now_); current != catalogues_.back()) {
    adopt(current);
    contender_->adopt(current, now_);
  }
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(journeys_.size()));
    journeys_.emplace_back();
  }
  Journey& journey = journeys_[free_.back()];
  free_.pop_back();
  ++under_way_;
  judge_.arrived();
  retries_.count(1, retry_settings_, now_);
  begin(journey, ++arrived_, request, scenario_.seed);
  Demand& demand = journey.demand;
  demand.model = &catalogues_.back()->models().front();
  demand.admitted = now_;
  demand.deadline = now_ + std::min(deadline, contender_->terms().deadline.value_or(deadline));
  demand.wall =
      scenario_.trace->start + std::chrono::duration_cast<config::WallTime::duration>(now_ - beginning);
  decide(journey);
}

void Simulation::decide(Journey& journey) {
  const Turn turn = contender_->choose(situation(journey, journey.attempts));
  if (const auto* ask = std::get_if<Ask>(&turn)) {
    Leg& leg = journey.legs[0];
    if (!journey.attempts.empty() && ask->price == RetryPrice::paid &&
        !retries_.take(journey.attempts.back().endpoint, retry_settings_, now_)) {
      return fail(journey);
    }
    if (journey.sent == 0) judge_.chosen(journey, ask->endpoint);
    const std::uint64_t turn_before = journey.turn;
    send(journey, leg, *ask);
    const bool waits = journey.turn == turn_before && leg.state == Leg::State::under_way;
    if (waits && ask->hedge_at) set_timer(*ask->hedge_at, Timer::What::hedge, journey, leg);
    return;
  }
  const auto* wait = std::get_if<WaitUntil>(&turn);
  if (wait && wait->time > now_ && wait->time < journey.demand.deadline) {
    set_timer(wait->time, Timer::What::decide, journey, journey.legs[0]);
    return;
  }
  fail(journey);
}

void Simulation::send(Journey& journey, Leg& leg, const Ask& ask) {
  judge_.sent(ask.endpoint);
  const auto sent = attempts_.send(journey, leg, holder_of(journey, leg), ask, now_);
  if (sent == SimulatedAttempts::Sent::refused) return after(journey, leg);
  const config::Duration patience =
      longest_silence(catalogues_.back()->endpoints()[ask.endpoint], journey.demand, nullptr,
                      contender_->terms(), journey.attempts);
  set_timer(std::min(now_ + patience, journey.demand.deadline), Timer::What::first_token_late, journey, leg);
}

void Simulation::take(const SimulatedAttempts::Happened& happened) {
  Journey& journey = journeys_[happened.holder.journey];
  Leg& leg = journey.legs[happened.holder.leg];
  switch (happened.what) {
    case Change::What::first_token:
      return begin_stream(journey, leg);
    case Change::What::complete:
      attempts_.complete(journey, leg, now_);
      judge_.answered(journey, leg.attempt);
      return leave(journey);
    case Change::What::broken:
      return cut(journey, leg, FailureKind::broken_stream, Progress::client_has_bytes);
  }
}

void Simulation::begin_stream(Journey& journey, Leg& leg) {
  attempts_.begin_stream(journey, leg, now_);
  // The first one wins; the other is left alone at once.
  Leg& loser = other(journey, leg);
  if (loser.state == Leg::State::under_way) {
    attempts_.cut(journey, loser, FailureKind::outrun, Progress::request_sent, now_);
  }
  if (attempts_.will_stall(leg)) {
    set_timer(now_ + between_looks, Timer::What::look_for_stall, journey, leg);
  }
}

void Simulation::cut(Journey& journey, Leg& leg, FailureKind kind, enum Progress progress) {
  attempts_.cut(journey, leg, kind, progress, now_);
  after(journey, leg);
}

// What follows a failed attempt.
void Simulation::after(Journey& journey, const Leg& leg) {
  journey.attempts.push_back(leg.attempt);
  if (other(journey, leg).state == Leg::State::under_way) return;  // the hedge may still save it
  const double draw = drawn(mixed(scenario_.seed, journey.number), Purpose::weigh, 1000 + journey.sent);
  const NextStep next = after_failure(journey.attempts, journey.demand, contender_->terms(), now_, draw);
  const auto* retry = std::get_if<RetryAt>(&next);
  if (!retry) return fail(journey);
  set_timer(retry->time, Timer::What::decide, journey, journey.legs[0]);
}

void Simulation::set_timer(config::TimePoint time, Timer::What what, const Journey& journey, const Leg& leg) {
  timers_.push({.time = time,
                .order = ++timers_set_,
                .what = what,
                .holder = holder_of(journey, leg),
                .turn = journey.turn,
                .sent = leg.sent});
}

void Simulation::fire(const Timer& timer) {
  Journey& journey = journeys_[timer.holder.journey];
  Leg& leg = journey.legs[timer.holder.leg];
  if (journey.turn != timer.turn || leg.sent != timer.sent) return;
  if (timer.what == Timer::What::decide) return decide(journey);
  if (leg.state != Leg::State::under_way) return;
  switch (timer.what) {
    case Timer::What::hedge:
      if (!leg.attempt.first_delta) hedge(journey);
      return;
    case Timer::What::first_token_late:
      if (leg.attempt.first_delta) return;
      return cut(journey, leg,
                 now_ >= journey.demand.deadline ? FailureKind::deadline : FailureKind::first_token_timeout,
                 Progress::request_sent);
    case Timer::What::look_for_stall:
      return look_for_stall(journey, leg);
    case Timer::What::decide:
      return;
  }
}

void Simulation::hedge(Journey& journey) {
  hedging_ = journey.attempts;
  hedging_.push_back(journey.legs[0].attempt);
  const auto second = contender_->hedge(situation(journey, hedging_));
  if (!second) return;
  judge_.hedged();
  send(journey, journey.legs[1], {.endpoint = *second});
}

void Simulation::look_for_stall(Journey& journey, Leg& leg) {
  const SimulatedAttempts::Output output = attempts_.output(leg, now_);
  if (output.tokens > leg.output_seen) {
    leg.output_seen = output.tokens;
    leg.stalled_since.reset();
  } else {
    if (!leg.stalled_since) leg.stalled_since = now_ - between_looks;
    const StreamPart part =
        scenario_.stalls == Scenario::Stalls::waited_for ? StreamPart::thinking : output.part;
    if (now_ - *leg.stalled_since >= stall_patience(part, Measured{})) {
      return cut(journey, leg, FailureKind::stalled_stream, Progress::client_has_bytes);
    }
  }
  set_timer(now_ + between_looks, Timer::What::look_for_stall, journey, leg);
}

void Simulation::fail(Journey& journey) {
  judge_.failed(journey, now_);
  leave(journey);
}

void Simulation::leave(Journey& journey) {
  ++journey.turn;
  --under_way_;
  free_.push_back(holder_of(journey, journey.legs[0]).journey);
}

}  // namespace

Scorecard simulate(const Scenario& scenario, const MakeContender& make, const Watch& watch) {
  if (scenario.trace->requests.empty()) return {};
  return Simulation(scenario, make).run(watch);
}

}  // namespace routing
