#include "routing/simulation/simulation.hpp"

#include <algorithm>
#include <span>

#include "routing/decision/patience.hpp"
#include "routing/decision/retry_budget.hpp"
#include "routing/simulation/judge.hpp"
#include "routing/simulation/simulated_attempts.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

// Far from the clock's epoch, so that "never" lies before.
constexpr config::TimePoint beginning = config::TimePoint{} + 24h;
constexpr config::Duration deadline = 600s;
constexpr config::Duration between_looks = 1s;
constexpr config::Duration without_end = 24h;
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
  void adopt(const std::shared_ptr<const Catalogue>& catalogue) {
    catalogues_.push_back(catalogue);
    attempts_.adopt(catalogue);
  }
  void arrive(const config::TraceRequest& arriving);
  // Goes on until there is something to wait for.
  void walk(SimulatedRequest& request);
  void choose(SimulatedRequest& request);
  void choose_beside(SimulatedRequest& request);
  // An attempt begins.
  SimulatedAttempts::Sent send(SimulatedRequest& request, std::uint32_t leg, const Ask& ask);
  void watch(SimulatedRequest& request, std::uint32_t leg, const Ask& ask);
  void take(const SimulatedAttempts::Happened& happened);
  void look(SimulatedRequest& request, std::uint32_t leg);
  void cut(SimulatedRequest& request, std::uint32_t leg, FailureKind kind);
  // What an attempt came to: the request goes on.
  void end(SimulatedRequest& request, std::uint32_t leg);
  void leave(SimulatedRequest& request);
  void set_timer(config::TimePoint time, Timer::What what, const SimulatedRequest& request,
                 std::uint32_t leg = 0);
  void fire(const Timer& timer);
  Situation situation(const SimulatedRequest& request) const;

  const Scenario& scenario_;
  SimulatedMarket market_;
  std::vector<std::shared_ptr<const Catalogue>> catalogues_;  // all of them: demands point into them
  std::unique_ptr<Contender> contender_;
  SimulatedAttempts attempts_;
  Judge judge_;
  const config::RetrySettings retry_settings_{};
  RetryBudget retries_;
  config::TimePoint now_ = beginning;
  Places places_;
  std::size_t under_way_ = 0;
  Timers timers_;
  std::uint64_t timers_set_ = 0;
  std::uint64_t arrived_ = 0;
};

Scorecard Simulation::run(const Watch& watch) {
  const std::vector<config::TraceRequest>& requests = scenario_.trace->requests;
  std::size_t next = 0;
  while (next < requests.size() || under_way_ > 0) {
    const SimulatedAttempts::Coming change = attempts_.coming();
    const config::TimePoint timer = timers_.empty() ? SimulatedAttempts::never : timers_.top().time;
    const config::TimePoint arrival =
        next < requests.size() ? beginning + requests[next].at : SimulatedAttempts::never;
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

Situation Simulation::situation(const SimulatedRequest& request) const {
  const std::uint64_t seed = mixed(mixed(scenario_.seed, request.number), 1000 + request.sent);
  return {.demand = request.demand,
          .tried = request.attempts,
          .in_flight = attempts_.in_flight(),
          .now = now_,
          .seed = seed};
}

void Simulation::arrive(const config::TraceRequest& arriving) {
  if (const auto& current = market_.catalogue(now_); current != catalogues_.back()) {
    adopt(current);
    contender_->adopt(current, now_);
  }
  ++under_way_;
  judge_.arrived();
  retries_.count(1, retry_settings_, now_);
  SimulatedRequest& request = places_.take(contender_->terms());
  begin(request, ++arrived_, arriving, scenario_.seed);
  Demand& demand = request.demand;
  demand.model = &catalogues_.back()->models().front();
  demand.admitted = now_;
  demand.needs.set(static_cast<std::size_t>(config::Feature::tools), market_.checks_answers());
  demand.deadline = now_ + std::min(deadline, contender_->terms().deadline.value_or(deadline));
  demand.wall =
      scenario_.trace->start + std::chrono::duration_cast<config::WallTime::duration>(now_ - beginning);
  walk(request);
}

void Simulation::walk(SimulatedRequest& request) {
  for (;;) {
    const Journey::Step step = request.journey.next(now_);
    if (std::holds_alternative<Journey::Choose>(step)) {
      choose(request);
    } else if (std::holds_alternative<Journey::ChooseBeside>(step)) {
      choose_beside(request);
    } else if (const auto* lost = std::get_if<Journey::GiveUp>(&step)) {
      return cut(request, static_cast<std::uint32_t>(lost->leg), FailureKind::outrun);
    } else if (const auto* wait = std::get_if<Journey::Wait>(&step)) {
      if (wait->until) set_timer(*wait->until, Timer::What::journey, request);
      return;
    } else {
      return leave(request);
    }
  }
}

void Simulation::choose(SimulatedRequest& request) {
  const Turn turn = contender_->choose(situation(request));
  const auto* ask = std::get_if<Ask>(&turn);
  if (!ask) return request.journey.nobody(std::get<Nobody>(turn).back_at, now_);
  if (!request.attempts.empty() && ask->price == RetryPrice::paid &&
      !retries_.take(request.attempts.back().endpoint, retry_settings_, now_)) {
    return request.journey.stops();
  }
  if (request.sent == 0) judge_.chosen(request, ask->endpoint);
  const auto sent = send(request, 0, *ask);
  request.journey.asks(request.legs[0].attempt, ask->hedge_at);
  if (sent == SimulatedAttempts::Sent::refused) return end(request, 0);
  watch(request, 0, *ask);
}

void Simulation::choose_beside(SimulatedRequest& request) {
  const auto second = contender_->hedge(situation(request));
  if (!second) return;
  judge_.hedged();
  const auto sent = send(request, 1, *second);
  request.journey.asks_beside(request.legs[1].attempt);
  if (sent == SimulatedAttempts::Sent::refused) return end(request, 1);
  watch(request, 1, *second);
}

SimulatedAttempts::Sent Simulation::send(SimulatedRequest& request, std::uint32_t leg, const Ask& ask) {
  judge_.sent(ask.endpoint);
  return attempts_.send(request, request.legs[leg], {request.place, leg}, ask, now_);
}

// Simulated hosts stream evenly, and send no comments while they stall: their gaps are known to be short, and
// bytes without content say nothing.
void Simulation::watch(SimulatedRequest& request, std::uint32_t leg, const Ask& ask) {
  Measured measured;
  measured.gap.p99 = 0;
  const Endpoint& endpoint = catalogues_.back()->endpoints()[request.legs[leg].attempt.endpoint];
  const config::ProviderLimits& limits = endpoint.provider->limits;
  const config::Duration patience = ask.silence.value_or(
      longest_silence(endpoint, request.demand, nullptr, contender_->terms(),
                      std::span(request.attempts).first(request.journey.number_of(leg))));
  request.legs[leg].vigil.emplace(Vigil::Limits{.first = now_ + patience,
                                                .deadline = request.demand.deadline,
                                                .liveness = without_end,
                                                .progress = limits.progress_timeout,
                                                .text = text_patience(measured, limits, request.demand)});
  set_timer(request.legs[leg].vigil->end().at, Timer::What::leg, request, leg);
}

void Simulation::take(const SimulatedAttempts::Happened& happened) {
  SimulatedRequest& request = places_[happened.holder.place];
  Leg& leg = request.legs[happened.holder.leg];
  switch (happened.what) {
    case Change::What::first_token:
      attempts_.begin_stream(request, leg, now_);
      request.journey.shows(happened.holder.leg);
      leg.vigil->saw_content(StreamPart::hidden, now_);
      if (attempts_.will_stall(leg)) {
        set_timer(now_ + between_looks, Timer::What::leg, request, happened.holder.leg);
      }
      break;
    case Change::What::complete:
      attempts_.complete(request, leg, now_);
      end(request, happened.holder.leg);
      break;
    case Change::What::broken:
      return cut(request, happened.holder.leg, FailureKind::broken_stream);
  }
  walk(request);
}

void Simulation::cut(SimulatedRequest& request, std::uint32_t leg, FailureKind kind) {
  const Progress progress = request.legs[leg].attempt.first_delta && !request.journey.has_lost(leg)
                                ? Progress::client_has_bytes
                                : Progress::request_sent;
  attempts_.cut(request, request.legs[leg], kind, progress, now_);
  end(request, leg);
  walk(request);
}

void Simulation::end(SimulatedRequest& request, std::uint32_t leg) {
  const double draw = drawn(mixed(scenario_.seed, request.number), Purpose::weigh, 1000 + request.sent);
  request.journey.ends(leg, request.legs[leg].attempt, now_, draw);
}

void Simulation::set_timer(config::TimePoint time, Timer::What what, const SimulatedRequest& request,
                           std::uint32_t leg) {
  timers_.push({.time = time,
                .order = ++timers_set_,
                .what = what,
                .holder = {request.place, leg},
                .turn = request.turn,
                .sent = request.legs[leg].sent});
}

void Simulation::fire(const Timer& timer) {
  SimulatedRequest& request = places_[timer.holder.place];
  if (request.turn != timer.turn) return;
  if (timer.what == Timer::What::journey) return walk(request);
  const bool is_stale = request.legs[timer.holder.leg].sent != timer.sent;
  if (!is_stale && request.journey.is_under_way(timer.holder.leg)) look(request, timer.holder.leg);
}

// Whether an attempt shows too little.
void Simulation::look(SimulatedRequest& request, std::uint32_t number) {
  Leg& leg = request.legs[number];
  if (leg.attempt.first_delta) {
    if (!attempts_.will_stall(leg)) return;
    const SimulatedAttempts::Output output = attempts_.output(leg, now_);
    if (output.tokens > leg.output_seen) {
      leg.output_seen = output.tokens;
      leg.stalled_since.reset();
      const bool is_waited_for = scenario_.stalls == Scenario::Stalls::waited_for;
      leg.vigil->saw_content(is_waited_for ? StreamPart::hidden : output.part, now_);
    } else if (!leg.stalled_since) {
      leg.stalled_since = now_ - between_looks;
    }
  }
  const Vigil::End end = leg.vigil->end();
  if (now_ >= end.at) return cut(request, number, end.why);
  set_timer(now_ + between_looks, Timer::What::leg, request, number);
}

void Simulation::leave(SimulatedRequest& request) {
  if (request.journey.has_answered()) {
    judge_.answered(request, deciding_one(request.attempts));
  } else {
    judge_.failed(request, now_);
  }
  ++request.turn;
  --under_way_;
  places_.give_back(request);
}

}  // namespace

Scorecard simulate(const Scenario& scenario, const MakeContender& make, const Watch& watch) {
  if (scenario.trace->requests.empty()) return {};
  return Simulation(scenario, make).run(watch);
}

}  // namespace routing
