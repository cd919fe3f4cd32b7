#include "routing/simulation/simulated_attempts.hpp"

#include <algorithm>

#include "routing/decision/continuation.hpp"
#include "routing/terms/bill.hpp"
#include "routing/terms/failure_of_status.hpp"

namespace routing {
SimulatedAttempts::SimulatedAttempts(SimulatedMarket& market, Contender& contender, std::uint64_t seed)
    : market_(market),
      contender_(contender),
      seed_(seed),
      in_flight_(market.size()),
      next_change_(market.size(), never),
      holders_(market.size()) {}

SimulatedAttempts::Coming SimulatedAttempts::coming() const {
  const auto first = std::ranges::min_element(next_change_);
  return {static_cast<EndpointIndex>(first - next_change_.begin()), *first};
}

std::optional<SimulatedAttempts::Happened> SimulatedAttempts::take(const Coming& coming) {
  const std::optional<Change> change = market_.model(coming.host).next_change(coming.at);
  refresh(coming.host);
  if (!change) return std::nullopt;
  return Happened{change->what, holders_[coming.host][change->ticket.place]};
}

void SimulatedAttempts::refresh(EndpointIndex host) {
  next_change_[host] = market_.model(host).next_change_at().value_or(never);
}

SimulatedAttempts::Sent SimulatedAttempts::send(SimulatedRequest& request, Leg& leg, Holder holder,
                                                const Ask& ask, config::TimePoint now) {
  const EndpointIndex host = ask.endpoint;
  HostModel& model = market_.model(host);
  const std::uint64_t session =
      request.demand.prefix_blocks.empty() ? 0 : request.demand.prefix_blocks.front();
  // Who goes on reads what was said, too, and has that much less to say.
  const bool is_going_on = goes_on(request.attempts);
  const std::int64_t said = is_going_on ? request.said : 0;
  const config::Tokens prompt{request.request->prompt.count + said};
  const std::int64_t rest = std::max<std::int64_t>(1, request.request->output.count - said);
  const config::Tokens answer = is_going_on ? config::Tokens{rest} : request.request->output;
  auto most = request.request->max_output;
  if (most) most->count = std::max<std::int64_t>(1, most->count - said);
  const HostRequest asked{.key = mixed(mixed(seed_, request.number), request.sent),
                          .prompt = prompt,
                          .max_output = most,
                          .answer = answer,
                          .prefix_blocks = market_.blocks(host, session, request.request->prompt)};
  leg = {};
  leg.sent = ++request.sent;
  leg.attempt.endpoint = host;
  leg.attempt.generation = catalogue_->generation();
  leg.attempt.dispatched = now;
  if (is_going_on) leg.attempt.reason = Reason::continues;
  leg.attempt.in_flight = in_flight_.at(host);
  in_flight_.counter(host).fetch_add(1, std::memory_order_relaxed);
  leg.is_trial = ask.attempted == Ask::Attempted::trial;
  if (leg.is_trial) in_flight_.trials(host).fetch_add(1, std::memory_order_relaxed);
  contender_.dispatched(host, now);
  const auto admitted = model.admit(asked, now);
  for (const auto& standing : {model.requests_left(now), model.tokens_left(now)}) {
    if (!standing || standing->limit <= 0) continue;
    leg.attempt.headroom = std::min(leg.attempt.headroom.value_or(1), standing->remaining / standing->limit);
  }
  refresh(host);
  if (const auto* refused = std::get_if<Refused>(&admitted)) {
    leg.attempt.finished = config::Duration{0};
    leg.attempt.failure = Failure{
        .kind = refused->status == 0 ? FailureKind::reset_before_reply : failure_of_status(refused->status),
        .progress = Progress::request_sent,
        .status = refused->status,
        .retry_after = refused->retry_after};
    // Simulated hosts do not say what a refusal is about.
    if (refused->status == 403 || refused->status == 404) {
      leg.attempt.failure->doubt = Doubt{.request = request.number};
    }
    close(request, leg, now);
    return Sent::refused;
  }
  leg.ticket = std::get<Ticket>(admitted);
  std::vector<Holder>& holders = holders_[host];
  if (leg.ticket.place >= holders.size()) holders.resize(leg.ticket.place + 1);
  holders[leg.ticket.place] = holder;
  return Sent::under_way;
}

void SimulatedAttempts::begin_stream(const SimulatedRequest& request, Leg& leg, config::TimePoint now) {
  // A simulated host sends its reply's head with its first token.
  leg.attempt.first_delta = leg.attempt.head = now - leg.attempt.dispatched;
  end_trial(leg);
  contender_.first_token(leg.attempt, request.demand, now);
}

void SimulatedAttempts::count_usage(const SimulatedRequest& request, Leg& leg, std::int64_t output,
                                    std::int64_t billed, config::TimePoint now) {
  const Answer& answer = model(leg).answer(leg.ticket);
  const std::int64_t said = leg.attempt.reason == Reason::continues ? request.said : 0;
  Usage usage{.prompt = {request.request->prompt.count + said},
              .cached = answer.cached,
              .output = {billed},
              .reasoning = {std::min(answer.reasoning.count, output)}};
  leg.attempt.cost = bill(endpoint(leg), usage);
  usage.output = {output};
  leg.attempt.usage = usage;
  leg.attempt.deltas = static_cast<std::uint32_t>(output);
  if (!leg.attempt.first_delta || output < 1) return;
  const config::Duration streamed = now - leg.attempt.dispatched - *leg.attempt.first_delta;
  leg.attempt.worst_gap = leg.stalled_since ? now - *leg.stalled_since : 3 * streamed / output;
  leg.attempt.first_visible =
      *leg.attempt.first_delta + streamed * std::min(answer.reasoning.count, output) / output;
}

void SimulatedAttempts::complete(SimulatedRequest& request, Leg& leg, config::TimePoint now) {
  leg.attempt.finished = now - leg.attempt.dispatched;
  const std::int64_t output = model(leg).answer(leg.ticket).output.count;
  count_usage(request, leg, output, output, now);
  if (request.demand.needs.test(static_cast<std::size_t>(config::Feature::tools))) {
    const bool lapses = model(leg).answer(leg.ticket).lapses;
    checked(leg.attempt.conduct, Check::tool_arguments) = lapses ? Checked::failed : Checked::passed;
  }
  release(leg, now);
  close(request, leg, now);
}

void SimulatedAttempts::cut(SimulatedRequest& request, Leg& leg, FailureKind kind, Progress progress,
                            config::TimePoint now) {
  const std::int64_t output = model(leg).progress(leg.ticket, now).output.count;
  const bool host_ended_it = kind == FailureKind::broken_stream;
  const bool stops_billing = host_ended_it || endpoint(leg).provider->cancel_stops_billing.value_or(false);
  leg.attempt.finished = now - leg.attempt.dispatched;
  count_usage(request, leg, output, stops_billing ? output : model(leg).answer(leg.ticket).output.count, now);
  // Who leaves never sees the bill's counts.
  if (output == 0) leg.attempt.usage.reset();
  leg.attempt.usage_is_estimated = true;
  leg.attempt.failure = Failure{.kind = kind, .progress = progress};
  if (progress == Progress::client_has_bytes) {
    request.said += output;
    leg.attempt.can_go_on = model(leg).answer(leg.ticket).reasoning.count == 0 && request.demand.needs.none();
  }
  release(leg, now);
  close(request, leg, now);
}

void SimulatedAttempts::release(Leg& leg, config::TimePoint now) {
  model(leg).release(leg.ticket, now);
  refresh(leg.attempt.endpoint);
}

void SimulatedAttempts::end_trial(Leg& leg) {
  if (leg.is_trial) in_flight_.trials(leg.attempt.endpoint).fetch_sub(1, std::memory_order_relaxed);
  leg.is_trial = false;
}

void SimulatedAttempts::close(SimulatedRequest& request, Leg& leg, config::TimePoint now) {
  end_trial(leg);
  in_flight_.counter(leg.attempt.endpoint).fetch_sub(1, std::memory_order_relaxed);
  request.dollars += leg.attempt.cost.dollars();
  contender_.ended(leg.attempt, request.demand, now);
}

SimulatedAttempts::Output SimulatedAttempts::output(const Leg& leg, config::TimePoint now) {
  const std::int64_t tokens = model(leg).progress(leg.ticket, now).output.count;
  const bool thinks = tokens < model(leg).answer(leg.ticket).reasoning.count;
  return {tokens, thinks ? StreamPart::hidden : StreamPart::text};
}

}  // namespace routing
