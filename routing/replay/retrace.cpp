#include "routing/replay/retrace.hpp"

namespace routing {
namespace {

using config::TimePoint;
using Leg = Journey::Leg;

struct Event {
  TimePoint time{};
  Leg leg = 0;
  enum class What { shows, ends } what = What::ends;
};

}  // namespace

bool Retrace::is_hedge(std::size_t number) const {
  return number < recorded_.size() && recorded_[number].reason == Reason::hedge;
}

bool Retrace::is_continuation(std::size_t number) const {
  return number < recorded_.size() && recorded_[number].reason == Reason::continues;
}

void Retrace::let_happen(TimePoint until) {
  for (;;) {
    std::optional<Event> next;
    const auto consider = [&](const Event& event) {
      if (!next || event.time < next->time) next = event;
    };
    for (Leg leg = 0; leg < Journey::most_legs; ++leg) {
      if (!journey_.is_under_way(leg)) continue;
      const Attempt& attempt = recorded_[journey_.number_of(leg)];
      if (attempt.first_delta && !shown_[leg]) {
        const TimePoint at = attempt.dispatched + *attempt.first_delta;
        if (at < until) consider({at, leg, Event::What::shows});
      } else if (attempt.finished && attempt.dispatched + *attempt.finished <= until) {
        consider({attempt.dispatched + *attempt.finished, leg, Event::What::ends});
      }
    }
    if (!next) return;
    if (next->what == Event::What::shows) {
      shown_[next->leg] = true;
      journey_.shows(next->leg);
    } else {
      // Jitter is not recorded: a draw of zero is the earliest that the next decision may be. Nor is whether
      // a text could be gone on with: it was.
      const std::size_t number = journey_.number_of(next->leg);
      Attempt ended = recorded_[number];
      ended.can_go_on = is_continuation(number + 1);
      journey_.ends(next->leg, ended, next->time, 0);
    }
  }
}

Retrace::Due Retrace::due(TimePoint now) {
  // A second host is asked before what ends in the same moment is seen.
  let_happen(is_hedge(begun()) ? now - config::Duration(1) : now);
  for (;;) {
    const Journey::Step step = journey_.next(now);
    if (std::holds_alternative<Journey::GiveUp>(step)) continue;
    if (std::holds_alternative<Journey::Choose>(step)) return is_hedge(begun()) ? Due::never : Due::yes;
    if (std::holds_alternative<Journey::ChooseBeside>(step)) return is_hedge(begun()) ? Due::yes : Due::never;
    const auto* wait = std::get_if<Journey::Wait>(&step);
    return wait && wait->until ? Due::later : Due::never;
  }
}

void Retrace::asked(std::optional<TimePoint> beside_at) {
  Attempt begins = recorded_[begun()];
  begins.failure.reset();
  if (is_hedge(begun())) {
    journey_.asks_beside(begins);
    shown_[1] = false;
  } else {
    journey_.asks(begins, beside_at);
    shown_ = {};
  }
}

bool Retrace::answers() {
  let_happen(TimePoint::max());
  return journey_.has_answered();
}

}  // namespace routing
