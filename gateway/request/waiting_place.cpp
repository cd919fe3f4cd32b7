// Place: how a request gets into the line, waits there and leaves it.
#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/request/waiting_line.hpp"

namespace gateway {

using providers::Task;

void Place::step_up() {
  if (!is_linked()) return line_.look();
  if (given_) std::exchange(given_, nullptr)->fetch_sub(1);
  called_ = false;
}

Task<bool> Place::wait(const Generation& generation, const routing::Decision& decision,
                       providers::KeyNeeds needs, config::TimePoint deadline, providers::Timer& timer,
                       Interruption& interruption) {
  const config::ServingLimits& limits = generation.catalogue->settings().limits;
  const config::TimePoint now = timer.now();
  const config::TimePoint until = until_ == config::TimePoint{}
                                      ? std::min<config::TimePoint>(now + limits.queue_timeout, deadline)
                                      : until_;
  needs_ = needs;
  providers_.clear();
  waits_for_limits_ = false;
  for (const routing::Verdict& verdict : decision.verdicts) {
    // Whose limits are used up for longer than a request may wait is not waited for.
    const bool is_used = verdict.removal == routing::Removal::credential_limit &&
                         config::Seconds(until - now).count() > verdict.missed_by;
    if (verdict.removal != routing::Removal::full && !is_used) continue;
    waits_for_limits_ = waits_for_limits_ || is_used;
    const std::size_t provider = generation.catalogue->endpoints()[verdict.endpoint].settings->provider_index;
    if (std::ranges::find(providers_, provider) == providers_.end()) providers_.push_back(provider);
  }
  if (providers_.empty() || interruption.over()) co_return false;

  until_ = until;
  if (now >= until_ || displaced_) {
    shed_ = displaced_ ? Shed::displaced : waited_.count() > 0 ? Shed::outwaited : Shed::too_late;
    step_out();
    co_return false;
  }
  if (!is_linked() && !step_in(generation, timer, now)) co_return false;
  const bool others_come_back = decision.earliest && *decision.earliest > now;
  const config::TimePoint wake_at = others_come_back ? std::min(until_, *decision.earliest) : until_;

  count_waiting(1);
  {
    const Interruption::Aim aim(interruption, *this);
    asleep_ = true;
    co_await sleep_.until(timer, wake_at);
    asleep_ = false;
  }
  waited_ += timer.now() - now;
  count_waiting(-1);
  co_return !interruption.over();
}

// False: it could not begin in time, or there is no room for it.
bool Place::step_in(const Generation& generation, providers::Timer& timer, config::TimePoint now) {
  const config::ServingLimits& limits = generation.catalogue->settings().limits;
  const FairTurns::Line others = others_in(line_.places_, priority_);
  const FairTurns::Turn next = line_.turns_.peek(owner, priority_, others);
  const auto forecast = waits_for_limits_ ? std::nullopt : line_.forecast(*this, next, generation);
  if (forecast && !begins_in_time(forecast->ahead, forecast->rate, until_ - now)) {
    shed_ = Shed::too_late;
    comes_again_in_ = until_room(forecast->ahead, forecast->rate, until_ - now);
    return false;
  }
  if (line_.size_ >= static_cast<std::size_t>(limits.max_queued) && !line_.displace_for(next)) {
    shed_ = Shed::line_full;
    return false;
  }
  generation_ = &generation;
  line_.timer_ = &timer;
  if (line_.places_.empty()) timer.set(line_, now + WaitingLine::look_every);
  turn = line_.turns_.next(owner, priority_, others);
  insert_in_turn(line_.places_, *this);
  ++line_.size_;
  return true;
}

void Place::leave() {
  step_out(Turn::served);
  until_ = {};
}

void Place::step_out(Turn how) {
  if (!is_linked()) return;
  unlink();
  if (!std::exchange(displaced_, false)) --line_.size_;
  if (how == Turn::served) {
    line_.turns_.served(turn);
  } else {
    give_back_turn(line_.turns_, line_.places_, *this);
  }
  called_ = false;
  if (given_) line_.pass_on(*generation_, given_by_, *std::exchange(given_, nullptr));
}

bool Place::waits_for(const Generation& generation, std::size_t provider) const {
  return asleep_ && !called_ && generation_ == &generation &&
         std::ranges::find(providers_, provider) != providers_.end();
}

void Place::count_waiting(int change) const {
  for (const std::size_t provider : providers_) generation_->waiting.add(provider, priority_, change);
}

}  // namespace gateway
