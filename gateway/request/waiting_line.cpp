#include "gateway/request/waiting_line.hpp"

#include <algorithm>

namespace gateway {
namespace {

using providers::Task;

const config::ProviderSettings& provider_of(const Generation& generation, std::size_t provider) {
  return generation.catalogue->settings().providers[provider];
}

// Beyond what is under way, at a provider that has a limit.
int room(const Generation& generation, std::size_t provider) {
  const int most = *provider_of(generation, provider).limits.max_in_flight;
  return most - routing::under_way(*generation.catalogue, generation.in_flight, provider);
}

}  // namespace

void WaitingLine::call() {
  // One that goes on may end at once, and call the next ones: not on top of its own stack.
  if (std::exchange(calling_, true)) return;
  while (Place* next = first_called()) next->sleep_.wake();
  calling_ = false;
}

void WaitingLine::look() {
  if (places_.empty()) return;
  mark_those_with_room();
  call();
  if (!places_.empty()) timer_->set(*this, timer_->now() + look_every);
}

void WaitingLine::mark_those_with_room() {
  struct Left {
    const Generation* generation;
    std::size_t provider;
    int room;
  };
  std::vector<Left> left;
  const auto take = [&](const Generation& generation, std::size_t provider) {
    auto known = std::ranges::find_if(
        left, [&](const Left& each) { return each.generation == &generation && each.provider == provider; });
    if (known == left.end())
      known = left.insert(left.end(), {&generation, provider, room(generation, provider)});
    return known->room-- > 0;
  };
  for (Place& place : places_) {
    if (!place.asleep_ || place.called_) continue;
    place.called_ = std::ranges::any_of(
        place.providers_, [&](std::size_t provider) { return take(*place.generation_, provider); });
  }
}

Place* WaitingLine::first_called() {
  const auto found =
      std::ranges::find_if(places_, [](const Place& place) { return place.asleep_ && place.called_; });
  return found == places_.end() ? nullptr : &*found;
}

void WaitingLine::pass_on(const Generation& generation, std::size_t provider, std::atomic<int>& count) {
  Place* first = nullptr;
  int here = 0;
  for (Place& place : places_) {
    if (!place.waits_for(generation, provider)) continue;
    if (!first) first = &place;
    ++here;
  }
  if (!first || generation.waiting[provider].load(std::memory_order_relaxed) > here) {
    count.fetch_sub(1);
    return;
  }
  first->called_ = true;
  first->given_ = &count;
  first->given_by_ = provider;
}

void Place::step_up() {
  if (!is_linked()) return line_.look();
  if (given_) std::exchange(given_, nullptr)->fetch_sub(1);
  called_ = false;
}

Task<bool> Place::wait(const Generation& generation, const routing::Decision& decision,
                       config::TimePoint deadline, providers::Timer& timer, Interruption& interruption) {
  providers_.clear();
  for (const routing::Verdict& verdict : decision.verdicts) {
    if (verdict.removal != routing::Removal::full) continue;
    const std::size_t provider = generation.catalogue->endpoints()[verdict.endpoint].settings->provider_index;
    if (std::ranges::find(providers_, provider) == providers_.end()) providers_.push_back(provider);
  }
  if (providers_.empty() || interruption.over()) co_return false;

  const config::ServingLimits& limits = generation.catalogue->settings().limits;
  const config::TimePoint now = timer.now();
  if (until_ == config::TimePoint{})
    until_ = std::min<config::TimePoint>(now + limits.queue_timeout, deadline);
  if (now >= until_) {
    step_out();
    co_return false;
  }
  if (!is_linked()) {
    if (line_.size_ >= static_cast<std::size_t>(limits.max_queued)) co_return false;
    generation_ = &generation;
    line_.timer_ = &timer;
    if (line_.places_.empty()) timer.set(line_, now + WaitingLine::look_every);
    line_.places_.push_back(*this);
    ++line_.size_;
  }
  const bool others_come_back = decision.earliest && *decision.earliest > now;
  const config::TimePoint until = others_come_back ? std::min(until_, *decision.earliest) : until_;

  count_waiting(1);
  {
    const Interruption::Aim aim(interruption, *this);
    asleep_ = true;
    co_await sleep_.until(timer, until);
    asleep_ = false;
  }
  count_waiting(-1);
  co_return !interruption.over();
}

void Place::leave() {
  step_out();
  until_ = {};
}

void Place::step_out() {
  if (!is_linked()) return;
  unlink();
  --line_.size_;
  called_ = false;
  if (given_) line_.pass_on(*generation_, given_by_, *std::exchange(given_, nullptr));
}

bool Place::waits_for(const Generation& generation, std::size_t provider) const {
  return asleep_ && !called_ && generation_ == &generation &&
         std::ranges::find(providers_, provider) != providers_.end();
}

void Place::count_waiting(int change) const {
  for (const std::size_t provider : providers_)
    generation_->waiting[provider].fetch_add(change, std::memory_order_relaxed);
}

Slot::Slot(WaitingLine& line, const Generation& generation, routing::EndpointIndex endpoint)
    : line_(line),
      generation_(generation),
      provider_(generation.catalogue->endpoints()[endpoint].settings->provider_index),
      limited_(provider_of(generation, provider_).limits.max_in_flight.has_value()),
      count_(generation.in_flight.counter(endpoint)) {
  count_.fetch_add(1);
  if (!limited_ || room(generation, provider_) >= 0) return;
  count_.fetch_sub(1);
  taken_ = false;
}

Slot::~Slot() {
  if (!taken_) return;
  if (limited_ && line_.size() > 0) {
    line_.pass_on(generation_, provider_, count_);
  } else {
    count_.fetch_sub(1);
  }
}

}  // namespace gateway
