#include "routing/host_model/host_model.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// However crowded, some of the speed is left: a pace of zero would never end.
constexpr double least_pace = 0.02;
// Of a token. Times are rounded up to nanoseconds, work is not: this is far beyond that and far below a
// token.
constexpr double rounding = 1e-6;

config::Duration at_least_a_second(config::Duration wait) {
  return std::max<config::Duration>(wait, std::chrono::seconds{1});
}

}  // namespace

HostModel::HostModel(const config::SimulatedHost& host, const config::AnswerLengths& lengths,
                     std::uint64_t fleet_seed, HostWorld& world, config::TimePoint start)
    : host_(host),
      lengths_(lengths),
      fleet_seed_(fleet_seed),
      luck_(mixed(fleet_seed, hash_of(host.name.text))),
      world_(world),
      start_(start),
      limits_(host.rate_limits, start),
      clock_(start) {
  if (host.prompt_cache) cache_.emplace(*host.prompt_cache);
}

std::variant<Ticket, Refused> HostModel::admit(const HostRequest& request, config::TimePoint now) {
  take_changes(now);
  Fate fate;
  if (room_for_output(host_, request) > 0) fate = fate_of(host_, lengths_, fleet_seed_, luck_, request);
  if (const auto refused = refusal(request, fate, world_.at(now), now)) return *refused;
  const Ticket ticket = enter(request, fate, now);
  waiting_.push_back(ticket);
  start_waiting(now);
  return ticket;
}

// In the order in which real hosts notice: being down, the request itself, the account, then trouble inside.
std::optional<Refused> HostModel::refusal(const HostRequest& request, const Fate& fate,
                                          const Conditions& conditions, config::TimePoint now) {
  using Because = Refused::Because;
  if (conditions.outage) return Refused{Because::outage, *conditions.outage, {}};
  const std::int64_t asked = request.max_output ? request.max_output->count : 1;
  if (request.prompt.count + asked > host_.context.count) return Refused{Because::context, 400, {}};
  if (host_.max_output && asked > host_.max_output->count) return Refused{Because::max_output, 400, {}};
  if (auto refused = limits_.admit(request.prompt, now)) return refused;
  if (fate.error) return Refused{Because::error, *fate.error, {}};
  if (running_ >= host_.batch.slots && waiting() >= host_.batch.queue) {
    const auto next = next_change_at();
    return Refused{Because::queue_full, host_.batch.full_status,
                   at_least_a_second(next ? *next - now : config::Duration{0})};
  }
  return std::nullopt;
}

Ticket HostModel::enter(const HostRequest& request, const Fate& fate, config::TimePoint now) {
  if (free_places_.empty()) {
    free_places_.push_back(static_cast<std::uint32_t>(runs_.size()));
    runs_.emplace_back();
  }
  const std::uint32_t place = free_places_.back();
  free_places_.pop_back();
  Run& entered = runs_[place];
  const std::uint32_t turn = entered.turn;
  entered = {.turn = turn, .fate = fate};
  entered.last = fate.breaks_after.value_or(fate.output);
  entered.answer = {.prompt = counted_prompt(host_, request.prompt, now - start_),
                    .output = {fate.output},
                    .reasoning = {fate.reasoning},
                    .finish = fate.cut_short ? Answer::Finish::length : Answer::Finish::stop,
                    .lapses = lapses(host_, luck_, request.key, now - start_)};
  if (cache_) {
    // Even a prompt seen before is read to its last token, which is where the answer begins.
    const std::int64_t known = fate.reaches_cache ? cache_->known(request.prefix_blocks, now).count : 0;
    entered.answer.cached.count =
        std::clamp<std::int64_t>(known, 0, std::max<std::int64_t>(request.prompt.count - 1, 0));
    cache_->remember(request.prefix_blocks, now);
  }
  return {place, turn};
}

void HostModel::release(Ticket ticket, config::TimePoint now) {
  take_changes(now);
  Run& left = run(ticket);
  switch (left.phase) {
    case Phase::waiting:
      waiting_.erase(std::find(waiting_.begin(), waiting_.end(), ticket));
      break;
    case Phase::prefill:
    case Phase::streaming:
      limits_.charge({tokens_out(left, now)}, now);
      ++left.turn;  // before the slot is taken again, so that its own changes are known to be stale
      leave_slot(now);
      free_places_.push_back(ticket.place);
      return;
    case Phase::complete:
    case Phase::broken:
      break;
  }
  ++left.turn;
  free_places_.push_back(ticket.place);
}

std::optional<RateStanding> HostModel::requests_left(config::TimePoint now) {
  take_changes(now);
  return limits_.requests(now);
}

std::optional<RateStanding> HostModel::tokens_left(config::TimePoint now) {
  take_changes(now);
  return limits_.tokens(now);
}

void HostModel::take_changes(config::TimePoint now) {
  while (next_change(now)) {
  }
}

template <class Key>
void HostModel::drop_stale(Earliest<Key>& queue) {
  while (!queue.empty() && run(queue.top().ticket).turn != queue.top().ticket.turn) queue.pop();
}

std::optional<config::TimePoint> HostModel::next_change_at() {
  drop_stale(first_tokens_);
  drop_stale(ends_);
  std::optional<config::TimePoint> next;
  if (!first_tokens_.empty()) next = first_tokens_.top().key;
  if (!ends_.empty()) {
    const config::TimePoint end = clock_.when(ends_.top().key);
    next = next ? std::min(*next, end) : end;
  }
  return next;
}

std::optional<Change> HostModel::next_change(config::TimePoint now) {
  const auto time = next_change_at();
  if (!time || *time > now) return std::nullopt;
  if (!first_tokens_.empty() && first_tokens_.top().key == *time) {
    const Ticket ticket = first_tokens_.top().ticket;
    first_tokens_.pop();
    begin_stream(ticket, *time);
    return Change{Change::What::first_token, ticket, *time};
  }
  const Ticket ticket = ends_.top().ticket;
  ends_.pop();
  end(ticket, *time);
  const auto what = run(ticket).phase == Phase::complete ? Change::What::complete : Change::What::broken;
  return Change{what, ticket, *time};
}

void HostModel::start_waiting(config::TimePoint now) {
  while (running_ < host_.batch.slots && !waiting_.empty()) {
    const Ticket ticket = waiting_.front();
    waiting_.pop_front();
    start(ticket, now);
  }
}

void HostModel::start(Ticket ticket, config::TimePoint now) {
  ++running_;
  set_pace(now);
  Run& started = run(ticket);
  const Conditions conditions = world_.at(now);
  const auto uncached = static_cast<double>(started.answer.prompt.count - started.answer.cached.count);
  const config::Seconds idle = host_.ttft.base + host_.ttft.per_1000_prompt * (uncached / 1000);
  const config::Seconds ttft =
      idle * (std::exp(host_.ttft.load * occupancy()) * started.fate.ttft * conditions.ttft);
  started.phase = Phase::prefill;
  started.first_token = later_by(now, ttft.count());
  started.rate = std::max(host_.speed.tokens_per_second * started.fate.speed * conditions.speed, 1e-3);
  first_tokens_.push({started.first_token, ticket});
}

void HostModel::begin_stream(Ticket ticket, config::TimePoint now) {
  Run& begun = run(ticket);
  begun.phase = Phase::streaming;
  begun.begin = clock_.at(now);
  if (const auto last = due(begun, begun.last)) ends_.push({*last, ticket});
}

void HostModel::end(Ticket ticket, config::TimePoint now) {
  Run& ended = run(ticket);
  ended.phase = ended.fate.breaks_after ? Phase::broken : Phase::complete;
  limits_.charge({ended.last}, now);
  leave_slot(now);
}

void HostModel::leave_slot(config::TimePoint now) {
  --running_;
  set_pace(now);
  start_waiting(now);
}

// 0 for a request alone, 1 when all slots are taken.
double HostModel::occupancy() const {
  return host_.batch.slots < 2 ? 0 : std::max(running_ - 1, 0) / static_cast<double>(host_.batch.slots - 1);
}

void HostModel::set_pace(config::TimePoint now) {
  clock_.set_pace(std::max(1 - host_.speed.load * occupancy(), least_pace), now);
}

std::optional<double> HostModel::due(const Run& run, std::int64_t number) const {
  const double work = run.begin + static_cast<double>(number - 1) / run.rate;
  if (!run.fate.stalls_after || number <= *run.fate.stalls_after) return work;
  if (!host_.mishaps.stall_length) return std::nullopt;
  return work + host_.mishaps.stall_length->count();
}

std::int64_t HostModel::tokens_out(const Run& run, config::TimePoint now) const {
  if (run.phase == Phase::waiting || run.phase == Phase::prefill) return 0;
  if (run.phase != Phase::streaming) return run.last;
  const auto after = [&run](double work) {
    return 1 + static_cast<std::int64_t>(std::floor(std::max(work, 0.0) * run.rate + rounding));
  };
  const double work = clock_.at(now) - run.begin;
  std::int64_t out = after(work);
  if (run.fate.stalls_after && out > *run.fate.stalls_after) {
    const double stall = host_.mishaps.stall_length ? host_.mishaps.stall_length->count() : work;
    out = std::max(*run.fate.stalls_after, after(work - stall));
  }
  return std::min(out, run.last);
}

HostProgress HostModel::progress(Ticket ticket, config::TimePoint now) {
  take_changes(now);
  const Run& asked = run(ticket);
  HostProgress progress{.phase = asked.phase, .output = {tokens_out(asked, now)}};
  if (asked.phase == Phase::prefill) {
    progress.next = asked.first_token;
  } else if (asked.phase == Phase::streaming) {
    if (const auto next = due(asked, progress.output.count + 1)) progress.next = clock_.when(*next);
    if (const auto last = due(asked, asked.last)) progress.end = clock_.when(*last);
  }
  return progress;
}

}  // namespace routing
