// Books as they are shown: what is used of whose limits, and what is left.
#include <chrono>

#include "gateway/accounts/account.hpp"

namespace gateway {

using config::Measure;

LimitState Books::state(const Account& account, const Blocked& blocked, config::TimePoint now) const {
  LimitState state{.scope = account.scope, .name = account.name};
  if (const Meter* meter = blocked.meter) {
    state.measure = meter->measure;
    state.period = meter->period;
    state.limit = meter->limit;
    state.used = now < meter->ends ? meter->used : 0;
    state.is_away = blocked.is_away;
    state.is_too_small = blocked.is_one_request;
    state.is_elsewhere = blocked.is_elsewhere;
    state.open = account.open.of(meter->measure);
    if (meter->period != config::Period::total) {
      state.refills = calendar_.window(meter->period, calendar_.wall(now)).ends;
      state.refills_in = calendar_.clock(state.refills) - now;
      // One that lasts as long as was promised before the calendar was read anew.
      const config::WallTime promised = calendar_.wall(meter->ends);
      if (now < meter->ends && std::chrono::abs(promised - state.refills) > std::chrono::seconds(1)) {
        state.refills = std::chrono::round<std::chrono::seconds>(promised);
        state.refills_in = meter->ends - now;
      }
    }
  } else if (blocked.is_one_request) {
    state.measure = Measure::tokens;
    state.period = config::Period::total;
    state.limit = account.tokens_per_request;
    state.is_of_one_request = true;
  } else {
    state.limit = account.most_concurrent;
    state.used = state.open = account.open.requests;
  }
  return state;
}

void Books::add_states(const Account& account, config::TimePoint now, std::vector<LimitState>& states) const {
  for (const Meter& meter : account.meters) states.push_back(state(account, {&account, &meter}, now));
}

std::vector<LimitState> Books::limits(config::TimePoint now, Users users) const {
  const std::lock_guard lock(mutex_);
  std::vector<LimitState> states;
  if (everybody_) add_states(*everybody_, now, states);
  for (const Accounts* accounts : {&teams_, &keys_, &users_}) {
    if (accounts == &users_ && users == Users::left_out) continue;
    for (const auto& [name, account] : *accounts) add_states(*account, now, states);
  }
  return states;
}

std::vector<LimitState> Books::limits_of(std::string_view user, std::string_view key, std::string_view team,
                                         config::TimePoint now) const {
  const std::lock_guard lock(mutex_);
  std::vector<LimitState> states;
  const auto add = [&](const Accounts& all, std::string_view name) {
    const auto found = all.find(name);
    if (found != all.end()) add_states(*found->second, now, states);
  };
  if (!user.empty()) add(users_, UserName(key, user).text());
  add(keys_, key);
  add(teams_, team);
  if (everybody_) add_states(*everybody_, now, states);
  return states;
}

Books::Standing Books::standing(const Reservation& reservation, config::TimePoint now) const {
  Standing standing;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < reservation.count; ++i) {
    const Account& account = *reservation.accounts[i];
    for (const Meter& meter : account.meters) {
      const std::int64_t open = account.open.of(meter.measure);
      if (meter.period >= config::Period::day && !standing.nearly_used && is_nearly_used(meter, open)) {
        standing.nearly_used = state(account, {&account, &meter}, now);
      }
      if (meter.measure == Measure::dollars) continue;
      const Left left{
          .limit = meter.limit,
          .remaining = std::max<std::int64_t>(meter.limit - meter.used - open, 0),
          .resets_in = meter.ends == config::TimePoint::max() ? config::Duration{} : meter.ends - now};
      auto& tightest = meter.measure == Measure::requests ? standing.requests : standing.tokens;
      if (!tightest || left.remaining < tightest->remaining) tightest = left;
    }
  }
  return standing;
}

}  // namespace gateway
