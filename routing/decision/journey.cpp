#include "routing/decision/journey.hpp"

#include <algorithm>

#include "routing/decision/patience.hpp"
#include "routing/decision/retry.hpp"

namespace routing {
namespace {

constexpr config::Duration least_between = std::chrono::milliseconds(100);

}  // namespace

Journey::Step Journey::next(config::TimePoint now) {
  if (winner_ && is_under_way(1 - *winner_) && !loser_is_given_up_) {
    loser_is_given_up_ = true;
    return GiveUp{1 - *winner_};
  }
  if (anything_under_way()) {
    const bool may_be_joined = beside_at_ && !winner_ && !is_over_;
    if (!may_be_joined) return Wait{};
    if (now < *beside_at_) return Wait{beside_at_};
    // Should nobody be asked now, because the budget is used up or no host is free, then once it has been
    // silent for as long again: who waits longest needs it most.
    beside_at_ = now + std::max(now - (*attempts_)[first_].dispatched, least_between);
    return ChooseBeside{};
  }
  if (is_over_) return End{};
  if (resumes_at_ && now < *resumes_at_) return Wait{resumes_at_};
  resumes_at_.reset();
  return Choose{};
}

void Journey::asks(const Attempt& attempt, std::optional<config::TimePoint> beside_at) {
  first_ = attempts_->size();
  attempts_->push_back(attempt);
  legs_ = {State::under_way, State::idle};
  winner_.reset();
  loser_is_given_up_ = false;
  beside_at_ = beside_at;
}

void Journey::asks_beside(const Attempt& attempt) {
  attempts_->push_back(attempt);
  legs_[1] = State::under_way;
  beside_at_.reset();
}

void Journey::nobody(std::optional<config::TimePoint> back_at, config::TimePoint now) {
  if (back_at && worth_waiting(*back_at, *demand_, now)) {
    resumes_at_ = back_at;
  } else {
    is_over_ = true;
  }
}

bool Journey::shows(Leg leg) {
  if (!winner_) winner_ = leg;
  return *winner_ == leg;
}

void Journey::ends(Leg leg, const Attempt& attempt, config::TimePoint now, double draw) {
  (*attempts_)[number_of(leg)] = attempt;
  legs_[leg] = State::idle;
  if (!attempt.failure) shows(leg);
  beside_at_.reset();  // only who is slow is joined, not who has failed
  if (!anything_under_way()) conclude(now, draw);
}

void Journey::conclude(config::TimePoint now, double draw) {
  if (is_over_) return;
  if (has_answered()) {
    is_over_ = true;
    return;
  }
  const NextStep step = after_failure(*attempts_, *demand_, *policy_, now, draw);
  if (const auto* retry = std::get_if<RetryAt>(&step)) {
    resumes_at_ = retry->time;
  } else {
    is_over_ = true;
  }
}

bool Journey::has_answered() const {
  return !attempts_->empty() && !anything_under_way() && !deciding_one(*attempts_).failure;
}

}  // namespace routing
