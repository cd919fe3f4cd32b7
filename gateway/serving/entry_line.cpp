#include "gateway/serving/entry_line.hpp"

#include <algorithm>
#include <utility>

namespace gateway {

EntryLine::Answer EntryLine::foresee(const Asks& asks, const Pressure& pressure) const {
  const bool has_room = pressure.has_room(asks.priority, asks.most_requests);
  if (has_room && !pressure.somebody_waits(asks.priority)) return {};
  const auto turn = turns_.peek(asks.owner, asks.priority, others_in(places_, asks.priority));
  const auto ahead_here = static_cast<double>(
      std::ranges::count_if(places_, [&](const Place& each) { return each.turn <= turn; }));
  // Those of other loops stand in lines as long as this one's.
  const auto here = static_cast<double>(places_.size());
  const auto everywhere = static_cast<double>(pressure.waiting());
  const double ahead = here > 0 ? ahead_here * std::max(1.0, everywhere / here) : everywhere;
  const auto rate = pace_.rate(std::max(1, Pressure::most_of(asks.priority, asks.most_requests)));
  if (rate && !begins_in_time(ahead, *rate, asks.patience))
    return {.shed = Shed::requests, .comes_again_in = until_room(ahead, *rate, asks.patience)};
  const bool is_full = places_.size() >= static_cast<std::size_t>(asks.most_waiting);
  if (is_full && (places_.empty() || places_.back().turn <= turn)) return {.shed = Shed::requests};
  return {};
}

providers::Task<EntryLine::Answer> EntryLine::enter(Asks asks, Pressure& pressure, providers::Timer& timer,
                                                    Interruption& interruption) {
  pressure_ = &pressure;
  timer_ = &timer;
  Answer answer = foresee(asks, pressure);
  if (answer.shed != Shed::none) co_return answer;
  Place place;
  place.owner = asks.owner;
  place.priority = asks.priority;
  place.most_requests = asks.most_requests;
  place.turn = turns_.next(asks.owner, asks.priority, others_in(places_, asks.priority));
  const bool is_full = places_.size() >= static_cast<std::size_t>(asks.most_waiting);
  if (is_full && !displace_for(place.turn)) {
    turns_.give_back(place.turn, place.owner);
    answer.shed = Shed::requests;
    co_return answer;
  }
  if (places_.empty()) timer.set(*this, timer.now() + look_every);
  insert_in_turn(places_, place);
  pressure.wait(asks.priority, 1);
  const config::TimePoint since = timer.now();
  {
    const Interruption::Aim aim(interruption, place);
    co_await place.sleep.until(timer, since + asks.patience);
  }
  pressure.wait(asks.priority, -1);
  answer.waited = timer.now() - since;
  if (place.is_linked()) place.unlink();
  if (place.has_begun) {
    turns_.served(place.turn);
    co_return answer;
  }
  give_back_turn(turns_, places_, place);
  // Its end is told and recorded as that of every other one.
  if (interruption.over()) {
    pressure.count_in();
  } else {
    answer.shed = place.is_displaced ? Shed::displaced : Shed::outwaited;
  }
  co_return answer;
}

void EntryLine::left(Pressure& pressure, config::Duration took) {
  pressure.count_out();
  pace_.ended(took);
  if (!places_.empty()) look();
}

void EntryLine::ring() {
  look();
  if (!places_.empty()) timer_->set(*this, timer_->now() + look_every);
}

void EntryLine::look() {
  // By turn, and so by priority: where there is no room for one, there is none for those behind it.
  for (Place& each : places_) {
    if (each.has_begun || each.is_displaced) continue;
    if (!pressure_->begin(each.priority, each.most_requests)) break;
    each.has_begun = true;
  }
  // One that goes on may end at once, and call the next ones: not on top of its own stack.
  if (std::exchange(is_calling_, true)) return;
  while (Place* next = first_called()) {
    next->unlink();
    next->sleep.wake();
  }
  is_calling_ = false;
}

EntryLine::Place* EntryLine::first_called() {
  const auto found =
      std::ranges::find_if(places_, [](const Place& each) { return each.has_begun || each.is_displaced; });
  return found == places_.end() ? nullptr : &*found;
}

bool EntryLine::displace_for(PriorityTurns::Turn turn) {
  const auto last = std::find_if(places_.rbegin(), places_.rend(),
                                 [](const Place& each) { return !each.has_begun && !each.is_displaced; });
  if (last == places_.rend() || last->turn <= turn) return false;
  // At the timer's next turn: it would go on on top of whoever asks.
  last->is_displaced = true;
  timer_->set(*this, timer_->now());
  return true;
}

}  // namespace gateway
