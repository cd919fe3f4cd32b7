#include "routing/simulation.hpp"

#include <algorithm>

#include "routing/bill.hpp"
#include "routing/failure_of_status.hpp"
#include "routing/retry.hpp"
#include "routing/retry_budget.hpp"
#include "routing/simulated_traffic.hpp"
#include "routing/stall.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

// Far from the clock's epoch, so that "never" lies before.
constexpr config::TimePoint beginning = config::TimePoint{} + 24h;
constexpr config::TimePoint never = config::TimePoint::max();
constexpr config::Duration deadline = 600s;
constexpr config::Duration between_looks = 1s;
constexpr std::int64_t block_tokens = 256;
constexpr std::size_t between_watches = 2048;

double seconds(config::Duration duration) {
  return config::Seconds(duration).count();
}

class Simulation {
 public:
  Simulation(const Scenario& scenario, const MakeContender& make)
      : scenario_(scenario),
        market_(*scenario.fleet, scenario.family, scenario.seed, beginning, scenario.trace->start),
        catalogues_{market_.catalogue(beginning)},
        contender_(make(market_, beginning)),
        in_flight_(market_.size()),
        next_change_(market_.size(), never),
        holders_(market_.size()) {
    score_.hosts.resize(market_.size());
    score_.shares.assign(Scorecard::slices, std::vector<std::uint32_t>(market_.size()));
    const config::Duration length = scenario.trace->requests.back().at;
    slice_ = std::max<config::Duration>(1ns, length / static_cast<int>(Scorecard::slices) + 1ns);
  }

  Scorecard run(const Watch& watch);

 private:
  Leg& other(Journey& journey, const Leg& leg) { return journey.legs[&leg == &journey.legs[0] ? 1 : 0]; }
  std::uint32_t place_of(const Journey& journey) const {
    return static_cast<std::uint32_t>(&journey - journeys_.data());
  }
  void arrive(const config::TraceRequest& request);
  void prepare(Journey& journey, const config::TraceRequest& request);
  void decide(Journey& journey);
  void send(Journey& journey, Leg& leg, EndpointIndex endpoint);
  void refuse(Journey& journey, Leg& leg, const Refused& refused);
  void take(EndpointIndex host, const Change& change);
  void begin_stream(Journey& journey, Leg& leg);
  void complete(Journey& journey, Leg& leg);
  void cut(Journey& journey, Leg& leg, FailureKind kind, enum Progress progress);
  void close(Journey& journey, Leg& leg);
  void count_usage(const Journey& journey, Leg& leg, std::int64_t output, std::int64_t billed);
  void after(Journey& journey, const Leg& leg);
  void fire(const Timer& timer);
  void hedge(Journey& journey);
  void look_for_stall(Journey& journey, Leg& leg);
  void set_timer(config::TimePoint time, Timer::What what, const Journey& journey, const Leg& leg);
  void answered(Journey& journey, const Attempt& attempt);
  void failed(Journey& journey);
  void leave(Journey& journey);
  Situation situation(const Journey& journey, std::span<const Attempt> tried);
  void refresh(EndpointIndex host) {
    next_change_[host] = market_.model(host).next_change_at().value_or(never);
  }
  const Endpoint& endpoint(EndpointIndex index) const { return catalogues_.back()->endpoints()[index]; }

  const Scenario& scenario_;
  SimulatedMarket market_;
  std::vector<std::shared_ptr<const Catalogue>> catalogues_;  // all of them: demands point into them
  std::unique_ptr<Contender> contender_;
  InFlight in_flight_;
  RetryBudget retries_;
  config::TimePoint now_ = beginning;
  std::vector<config::TimePoint> next_change_;  // by host
  std::vector<std::vector<Holder>> holders_;    // by host and the ticket's place
  std::vector<Journey> journeys_;
  std::vector<std::uint32_t> free_;
  std::size_t under_way_ = 0;
  Timers timers_;
  std::uint64_t timers_set_ = 0;
  std::uint64_t arrived_ = 0;
  Attempts hedging_;  // scratch
  config::Duration slice_{};
  Scorecard score_;
};

Scorecard Simulation::run(const Watch& watch) {
  const std::vector<config::TraceRequest>& requests = scenario_.trace->requests;
  std::size_t next = 0;
  while (next < requests.size() || under_way_ > 0) {
    const auto host =
        static_cast<EndpointIndex>(std::ranges::min_element(next_change_) - next_change_.begin());
    const config::TimePoint change = next_change_[host];
    const config::TimePoint timer = timers_.empty() ? never : timers_.top().time;
    const config::TimePoint arrival = next < requests.size() ? beginning + requests[next].at : never;
    // What happens at hosts comes first: a timer that is due at the same time must see it.
    if (change <= timer && change <= arrival) {
      now_ = change;
      const auto found = market_.model(host).next_change(now_);
      if (found) take(host, *found);
      refresh(host);
    } else if (timer <= arrival) {
      now_ = timer;
      const Timer due = timers_.top();
      timers_.pop();
      fire(due);
    } else {
      now_ = arrival;
      arrive(requests[next]);
      ++next;
      if (watch && next % between_watches == 0 && watch(next) == GoOn::no) return std::move(score_);
    }
  }
  return std::move(score_);
}

Situation Simulation::situation(const Journey& journey, std::span<const Attempt> tried) {
  const std::uint64_t seed = mixed(mixed(scenario_.seed, journey.number), 1000 + journey.sent);
  return {.demand = journey.demand, .tried = tried, .in_flight = in_flight_, .now = now_, .seed = seed};
}

void Simulation::arrive(const config::TraceRequest& request) {
  if (const auto& current = market_.catalogue(now_); current != catalogues_.back()) {
    catalogues_.push_back(current);
    contender_->adopt(current, now_);
  }
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(journeys_.size()));
    journeys_.emplace_back();
  }
  Journey& journey = journeys_[free_.back()];
  free_.pop_back();
  ++under_way_;
  ++score_.requests;
  journey.number = ++arrived_;
  retries_.count_request(now_);
  prepare(journey, request);
  decide(journey);
}

void Simulation::prepare(Journey& journey, const config::TraceRequest& request) {
  journey.request = &request;
  journey.attempts.clear();
  journey.sent = 0;
  journey.dollars = 0;
  Demand& demand = journey.demand;
  demand.model = &catalogues_.back()->models().front();
  demand.prompt = request.prompt;
  demand.max_output = request.max_output;
  demand.delivery = Delivery::streamed;
  demand.admitted = now_;
  demand.deadline = now_ + std::min(deadline, contender_->terms().deadline.value_or(deadline));
  demand.wall =
      scenario_.trace->start + std::chrono::duration_cast<config::WallTime::duration>(now_ - beginning);
  demand.prefix_blocks.clear();
  demand.prefix_tokens.clear();
  if (request.session == 0) return;
  const std::uint64_t session = mixed(scenario_.seed, request.session);
  const std::int64_t count = std::max<std::int64_t>(1, request.prompt.count / block_tokens);
  for (std::int64_t i = 0; i < count; ++i) {
    demand.prefix_blocks.push_back(i == 0 ? session : mixed(session, static_cast<std::uint64_t>(i)));
    demand.prefix_tokens.push_back(
        static_cast<std::uint32_t>(std::min((i + 1) * block_tokens, request.prompt.count)));
  }
}

void Simulation::decide(Journey& journey) {
  const Turn turn = contender_->choose(situation(journey, journey.attempts));
  if (const auto* ask = std::get_if<Ask>(&turn)) {
    Leg& leg = journey.legs[0];
    if (journey.sent == 0) {
      const auto slice = static_cast<std::size_t>(journey.request->at / slice_);
      ++score_.shares[std::min(slice, Scorecard::slices - 1)][ask->endpoint];
    }
    const std::uint64_t turn_before = journey.turn;
    send(journey, leg, ask->endpoint);
    const bool waits = journey.turn == turn_before && leg.state == Leg::State::under_way;
    if (waits && ask->hedge_at) set_timer(*ask->hedge_at, Timer::What::hedge, journey, leg);
    return;
  }
  const auto* wait = std::get_if<WaitUntil>(&turn);
  if (wait && wait->time > now_ && wait->time < journey.demand.deadline) {
    set_timer(wait->time, Timer::What::decide, journey, journey.legs[0]);
    return;
  }
  failed(journey);
}

void Simulation::send(Journey& journey, Leg& leg, EndpointIndex host) {
  HostModel& model = market_.model(host);
  const std::uint64_t session =
      journey.demand.prefix_blocks.empty() ? 0 : journey.demand.prefix_blocks.front();
  const HostRequest request{.key = mixed(mixed(scenario_.seed, journey.number), journey.sent),
                            .prompt = journey.request->prompt,
                            .max_output = journey.request->max_output,
                            .answer = journey.request->output,
                            .prefix_blocks = market_.blocks(host, session, journey.request->prompt)};
  leg = {};
  leg.sent = ++journey.sent;
  leg.state = Leg::State::under_way;
  leg.attempt.endpoint = host;
  leg.attempt.generation = catalogues_.back()->generation();
  leg.attempt.dispatched = now_;
  leg.attempt.in_flight = in_flight_.at(host);
  in_flight_.counter(host).fetch_add(1, std::memory_order_relaxed);
  ++score_.attempts;
  ++score_.hosts[host].attempts;
  contender_->dispatched(host, now_);
  const auto admitted = model.admit(request, now_);
  for (const auto& standing : {model.requests_left(now_), model.tokens_left(now_)}) {
    if (!standing || standing->limit <= 0) continue;
    leg.attempt.headroom = std::min(leg.attempt.headroom.value_or(1), standing->remaining / standing->limit);
  }
  refresh(host);
  if (const auto* refused = std::get_if<Refused>(&admitted)) return refuse(journey, leg, *refused);
  leg.ticket = std::get<Ticket>(admitted);
  std::vector<Holder>& holders = holders_[host];
  if (leg.ticket.place >= holders.size()) holders.resize(leg.ticket.place + 1);
  holders[leg.ticket.place] = {place_of(journey), &leg == &journey.legs[0] ? 0u : 1u};
  const auto patience = endpoint(host).provider->limits.first_token_timeout;
  set_timer(std::min(now_ + patience, journey.demand.deadline), Timer::What::first_token_late, journey, leg);
}

void Simulation::refuse(Journey& journey, Leg& leg, const Refused& refused) {
  leg.attempt.finished = config::Duration{0};
  leg.attempt.failure = Failure{
      .kind = refused.status == 0 ? FailureKind::reset_before_reply : failure_of_status(refused.status),
      .progress = Progress::request_sent,
      .status = refused.status,
      .retry_after = refused.retry_after};
  close(journey, leg);
  after(journey, leg);
}

void Simulation::take(EndpointIndex host, const Change& change) {
  const Holder holder = holders_[host][change.ticket.place];
  Journey& journey = journeys_[holder.journey];
  Leg& leg = journey.legs[holder.leg];
  switch (change.what) {
    case Change::What::first_token:
      return begin_stream(journey, leg);
    case Change::What::complete:
      return complete(journey, leg);
    case Change::What::broken:
      return cut(journey, leg, FailureKind::broken_stream, Progress::client_has_bytes);
  }
}

void Simulation::begin_stream(Journey& journey, Leg& leg) {
  leg.attempt.first_delta = now_ - leg.attempt.dispatched;
  contender_->first_token(leg.attempt.endpoint, *leg.attempt.first_delta, now_);
  // The first one wins; the other is left alone at once.
  Leg& loser = other(journey, leg);
  if (loser.state == Leg::State::under_way) {
    cut(journey, loser, FailureKind::client_left, Progress::request_sent);
  }
  if (market_.model(leg.attempt.endpoint).will_stall(leg.ticket)) {
    set_timer(now_ + between_looks, Timer::What::look_for_stall, journey, leg);
  }
}

// Tokens the host counted, and dollars for those it bills.
void Simulation::count_usage(const Journey& journey, Leg& leg, std::int64_t output, std::int64_t billed) {
  const Answer& answer = market_.model(leg.attempt.endpoint).answer(leg.ticket);
  Usage usage{.prompt = journey.request->prompt,
              .cached = answer.cached,
              .output = {billed},
              .reasoning = {std::min(answer.reasoning.count, output)}};
  leg.attempt.cost = bill(endpoint(leg.attempt.endpoint), usage);
  usage.output = {output};
  leg.attempt.usage = usage;
  leg.attempt.deltas = static_cast<std::uint32_t>(output);
  if (!leg.attempt.first_delta || output < 1) return;
  const config::Duration streamed = now_ - leg.attempt.dispatched - *leg.attempt.first_delta;
  leg.attempt.worst_gap = leg.stalled_since ? now_ - *leg.stalled_since : 3 * streamed / output;
  leg.attempt.first_visible =
      *leg.attempt.first_delta + streamed * std::min(answer.reasoning.count, output) / output;
}

void Simulation::complete(Journey& journey, Leg& leg) {
  leg.attempt.finished = now_ - leg.attempt.dispatched;
  const std::int64_t output = market_.model(leg.attempt.endpoint).answer(leg.ticket).output.count;
  count_usage(journey, leg, output, output);
  market_.model(leg.attempt.endpoint).release(leg.ticket, now_);
  refresh(leg.attempt.endpoint);
  close(journey, leg);
  answered(journey, leg.attempt);
}

void Simulation::cut(Journey& journey, Leg& leg, FailureKind kind, enum Progress progress) {
  HostModel& model = market_.model(leg.attempt.endpoint);
  const std::int64_t output = model.progress(leg.ticket, now_).output.count;
  const bool host_ended_it = kind == FailureKind::broken_stream;
  const bool stops_billing = host_ended_it || endpoint(leg.attempt.endpoint).provider->cancel_stops_billing;
  leg.attempt.finished = now_ - leg.attempt.dispatched;
  count_usage(journey, leg, output, stops_billing ? output : model.answer(leg.ticket).output.count);
  // Who leaves never sees the bill's counts.
  if (output == 0) leg.attempt.usage.reset();
  leg.attempt.usage_is_estimated = true;
  leg.attempt.failure = Failure{.kind = kind, .progress = progress};
  model.release(leg.ticket, now_);
  refresh(leg.attempt.endpoint);
  close(journey, leg);
  if (kind != FailureKind::client_left) after(journey, leg);
}

void Simulation::close(Journey& journey, Leg& leg) {
  leg.state = Leg::State::idle;
  in_flight_.counter(leg.attempt.endpoint).fetch_sub(1, std::memory_order_relaxed);
  journey.dollars += leg.attempt.cost.dollars();
  contender_->ended(leg.attempt, journey.demand, now_);
}

// What follows a failed attempt.
void Simulation::after(Journey& journey, const Leg& leg) {
  journey.attempts.push_back(leg.attempt);
  if (other(journey, leg).state == Leg::State::under_way) return;  // the hedge may still save it
  const double draw = drawn(mixed(scenario_.seed, journey.number), Purpose::weigh, 1000 + journey.sent);
  const NextStep next = after_failure(journey.attempts, journey.demand, contender_->terms(), now_, draw);
  const auto* retry = std::get_if<RetryAt>(&next);
  if (!retry || !retries_.take(now_)) return failed(journey);
  set_timer(retry->time, Timer::What::decide, journey, journey.legs[0]);
}

void Simulation::set_timer(config::TimePoint time, Timer::What what, const Journey& journey, const Leg& leg) {
  timers_.push({.time = time,
                .order = ++timers_set_,
                .what = what,
                .journey = place_of(journey),
                .turn = journey.turn,
                .leg = &leg == &journey.legs[0] ? 0u : 1u,
                .sent = leg.sent});
}

void Simulation::fire(const Timer& timer) {
  Journey& journey = journeys_[timer.journey];
  Leg& leg = journey.legs[timer.leg];
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
  ++score_.hedges;
  send(journey, journey.legs[1], *second);
}

void Simulation::look_for_stall(Journey& journey, Leg& leg) {
  HostModel& model = market_.model(leg.attempt.endpoint);
  const std::int64_t output = model.progress(leg.ticket, now_).output.count;
  if (output > leg.output_seen) {
    leg.output_seen = output;
    leg.stalled_since.reset();
  } else {
    if (!leg.stalled_since) leg.stalled_since = now_ - between_looks;
    const bool thinks = output < model.answer(leg.ticket).reasoning.count;
    const StreamPart part = thinks || scenario_.stalls == Scenario::Stalls::waited_for
                                ? StreamPart::thinking
                                : StreamPart::visible_text;
    if (now_ - *leg.stalled_since >= stall_patience(part, Measured{})) {
      return cut(journey, leg, FailureKind::stalled_stream, Progress::client_has_bytes);
    }
  }
  set_timer(now_ + between_looks, Timer::What::look_for_stall, journey, leg);
}

void Simulation::answered(Journey& journey, const Attempt& attempt) {
  const double before = seconds(attempt.dispatched - journey.demand.admitted);
  const double ttft = before + seconds(*attempt.first_visible);
  const double total = before + seconds(*attempt.finished);
  score_.dollars += journey.dollars;
  score_.waiting_dollars +=
      scenario_.values.value_of_ttft * ttft + scenario_.values.value_of_generation * (total - ttft);
  score_.ttft.add(ttft);
  score_.total.add(total);
  if (ttft <= scenario_.slo.count()) ++score_.within_slo;
  HostShare& host = score_.hosts[attempt.endpoint];
  ++host.answers;
  host.dollars += attempt.cost.dollars();
  host.ttft += seconds(*attempt.first_visible);
  host.generation += seconds(*attempt.finished - *attempt.first_visible);
  leave(journey);
}

// Nobody answered: the request has to be made again, and once more the trouble. So it counts twice what it
// would cost at an ordinary host on an ordinary day, beside what was waited and billed.
void Simulation::failed(Journey& journey) {
  std::vector<double> usual;
  for (EndpointIndex i = 0; i < market_.size(); ++i) {
    usual.push_back(market_.usual_cost(i, journey.demand, static_cast<double>(journey.request->output.count),
                                       scenario_.values));
  }
  const auto middle = usual.begin() + static_cast<std::ptrdiff_t>(usual.size() / 2);
  std::ranges::nth_element(usual, middle);
  ++score_.failures;
  score_.dollars += journey.dollars;
  score_.waiting_dollars +=
      scenario_.values.value_of_ttft * seconds(now_ - journey.demand.admitted) + 2 * *middle;
  leave(journey);
}

void Simulation::leave(Journey& journey) {
  ++journey.turn;
  --under_way_;
  free_.push_back(place_of(journey));
}

}  // namespace

Scorecard simulate(const Scenario& scenario, const MakeContender& make, const Watch& watch) {
  if (scenario.trace->requests.empty()) return {};
  return Simulation(scenario, make).run(watch);
}

}  // namespace routing
