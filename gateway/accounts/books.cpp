#include "gateway/accounts/books.hpp"

#include <algorithm>

#include "gateway/accounts/account.hpp"

namespace gateway {

using config::Measure;

namespace {

constexpr std::size_t most_users = 100'000;
constexpr config::Duration between_sweeps = std::chrono::minutes(1);

}  // namespace

Books::Books(config::WallTime wall, config::TimePoint now) : calendar_(nullptr, wall, now) {}
Books::~Books() {
  line_.clear();
}

void Books::roll(Account& account, config::TimePoint now) const {
  for (Meter& meter : account.meters) {
    if (now < meter.ends) continue;
    meter.used = 0;
    meter.own = meter.own_before = meter.lease = 0;
    meter.is_told = false;
    meter.ends = calendar_.clock(calendar_.window(meter.period, calendar_.wall(now)).ends);
    if (alone_of_ > 0) take_share(meter);
  }
}

Account* Books::user_account(std::string_view key, std::string_view user) {
  const auto quota = user_quotas_.find(key);
  if (quota == user_quotas_.end()) return nullptr;
  const UserName name(key, user);
  const auto found = users_.find(name.text());
  if (found != users_.end()) return found->second.get();
  auto account =
      std::make_unique<Account>(Account{.scope = Scope::user, .name = std::string(user), .meters = {}});
  account->key = std::string(key);
  configure(*account, quota->second);
  return users_.emplace(name.text(), std::move(account)).first->second.get();
}

std::size_t Books::find(const Asked& asked, std::array<Account*, 4>& accounts) {
  std::size_t count = 0;
  const auto add = [&](Account* account) {
    if (account && account->has_limits()) accounts[count++] = account;
  };
  const auto in = [](const Accounts& all, std::string_view name) {
    const auto found = all.find(name);
    return found == all.end() ? nullptr : found->second.get();
  };
  if (!asked.user.empty()) add(user_account(asked.key, asked.user));
  if (!asked.key.empty()) add(in(keys_, asked.key));
  if (!asked.team.empty()) add(in(teams_, asked.team));
  add(everybody_.get());
  return count;
}

Let Books::take(const Asked& asked, const std::array<Account*, 4>& accounts, std::size_t count,
                config::TimePoint now, Reservation& reservation, Blocked& blocked) const {
  Amounts most = asked.most;
  most.requests = 1;
  bool bounds_money = false;
  std::int64_t most_tokens = no_bound;
  for (std::size_t i = 0; i < count; ++i) {
    most_tokens = std::min(most_tokens, accounts[i]->tokens_per_request);
    if (asked.least_tokens.value_or(most.tokens) > most_tokens)
      return blocked = {accounts[i], nullptr, true}, Let::out;
  }
  most.tokens = std::min(most.tokens, most_tokens);
  // What of money was settled leaves room for is what may be set aside.
  for (std::size_t i = 0; i < count; ++i) {
    roll(*accounts[i], now);
    for (const Meter& meter : accounts[i]->meters) {
      if (meter.measure != Measure::dollars) continue;
      bounds_money = true;
      const std::int64_t room = std::max<std::int64_t>(meter.limit - meter.used, 0);
      if (room >= most.nanos) continue;
      if (room < asked.least_nanos || room == 0)
        return blocked = {accounts[i], &meter, std::max<std::int64_t>(asked.least_nanos, 1) > meter.limit},
               Let::out;
      most.nanos = room;
    }
  }
  Let let = Let::in;
  const auto wait_for = [&](const Account* account, const Meter* meter) {
    if (let == Let::in) blocked = {account, meter};
    let = Let::wait;
  };
  for (std::size_t i = 0; i < count; ++i) {
    Account* account = accounts[i];
    for (Meter& meter : account->meters) {
      const std::int64_t needed = most.of(meter.measure), open = account->open.of(meter.measure);
      const bool is_final = meter.measure == Measure::requests;  // each of those under way will count
      if (meter.used + (is_final ? open : 0) + needed > meter.limit) {
        return blocked = {account, &meter, needed > meter.limit}, Let::out;
      }
      if (meter.used + open + needed > meter.limit) wait_for(account, &meter);
      if (is_shared_ && !has_in_hand(*account, meter, needed)) {
        if (alone_of_ > 0 && meter.measure == Measure::dollars)
          return blocked = {account, &meter, false, true}, Let::out;
        if (let == Let::in) blocked = {.account = account, .meter = &meter, .is_elsewhere = true};
        let = Let::wait;
      }
    }
    if (account->open.requests >= account->most_concurrent) wait_for(account, nullptr);
    if (is_shared_ && account->bounds_concurrency() && !has_slot(*account)) wait_for(account, nullptr);
  }
  if (let == Let::wait) return let;
  for (std::size_t i = 0; i < count; ++i) accounts[i]->open += most;
  reservation = {.accounts = accounts,
                 .count = count,
                 .most = most,
                 .bounds_money = bounds_money,
                 .most_tokens = most_tokens};
  return let;
}

namespace {

// What take() set aside, before anybody else saw it.
void put_back(const Reservation& taken) {
  for (std::size_t i = 0; i < taken.count; ++i) taken.accounts[i]->open -= taken.most;
}

}  // namespace

Books::WhatIf Books::what_if(const Asked& asked, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::array<Account*, 4> accounts{};
  const std::size_t count = find(asked, accounts);
  Reservation as_if;
  Blocked blocked;
  const Let let = count > 0 ? take(asked, accounts, count, now, as_if, blocked) : Let::in;
  if (let != Let::in) {
    return {.reservation = std::nullopt, .let = let, .blocking = state(*blocked.account, blocked, now)};
  }
  put_back(as_if);
  as_if.count = 0;
  return {.reservation = as_if};
}

Let Books::reserve(const Asked& asked, config::TimePoint now, Reservation& reservation,
                   LimitState* blocking) {
  const std::lock_guard lock(mutex_);
  std::array<Account*, 4> accounts{};
  const std::size_t count = find(asked, accounts);
  if (count == 0) return Let::in;
  Blocked blocked;
  const auto has_line = [](const Account* account) { return account && account->in_line > 0; };
  Let let = Let::wait;
  const auto first = std::find_if(accounts.begin(), accounts.end(), has_line);
  if (first == accounts.end()) {
    let = take(asked, accounts, count, now, reservation, blocked);
  } else {
    // Behind those who came before; but whom no end of theirs could help is told so at once.
    Reservation probe;
    let = take(asked, accounts, count, now, probe, blocked);
    if (let == Let::in) {
      put_back(probe);
      blocked = {*first, (*first)->meters.empty() ? nullptr : &(*first)->meters.front()};
      let = Let::wait;
    }
  }
  if (let == Let::in) open_requests_.fetch_add(1, std::memory_order_relaxed);
  if (let != Let::in && blocking) *blocking = state(*blocked.account, blocked, now);
  return let;
}

Reservation Books::hold(const Asked& asked, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Reservation held;
  held.count = find(asked, held.accounts);
  held.most = asked.most;
  held.most.requests = 1;
  for (std::size_t i = 0; i < held.count; ++i) {
    roll(*held.accounts[i], now);
    held.accounts[i]->open += held.most;
  }
  if (held.is_open()) open_requests_.fetch_add(1, std::memory_order_relaxed);
  return held;
}

void Books::change(Reservation& held, Amounts most) {
  const std::lock_guard lock(mutex_);
  most.requests = 1;
  for (std::size_t i = 0; i < held.count; ++i) {
    held.accounts[i]->open -= held.most;
    held.accounts[i]->open += most;
  }
  held.most = most;
}

bool Books::extend(Reservation& reservation, std::int64_t nanos, config::TimePoint now,
                   LimitState* blocking) {
  if (!reservation.is_open() || !reservation.bounds_money) return true;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < reservation.count; ++i) {
    Account& account = *reservation.accounts[i];
    roll(account, now);
    for (Meter& meter : account.meters) {
      if (meter.measure != Measure::dollars) continue;
      const bool has_room = meter.used + account.open.nanos + nanos <= meter.limit;
      if (has_room && (!is_shared_ || has_in_hand(account, meter, nanos))) continue;
      const bool is_alone = alone_of_ > 0;
      if (blocking)
        *blocking = state(account,
                          {.account = &account,
                           .meter = &meter,
                           .is_one_request = reservation.most.nanos + nanos > meter.limit,
                           .is_away = has_room && is_alone,
                           .is_elsewhere = has_room && !is_alone},
                          now);
      return false;
    }
  }
  for (std::size_t i = 0; i < reservation.count; ++i) reservation.accounts[i]->open.nanos += nanos;
  reservation.most.nanos += nanos;
  return true;
}

std::int64_t Books::settle(Reservation& reservation, Amounts used, config::TimePoint now) {
  used.nanos = std::max<std::int64_t>(used.nanos, 0);
  if (!reservation.is_open()) return used.nanos;
  if (reservation.bounds_money) used.nanos = std::min(used.nanos, reservation.most.nanos);
  std::vector<Bell*> bells;
  std::vector<LimitState> told;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < reservation.count; ++i) {
      Account& account = *reservation.accounts[i];
      roll(account, now);
      account.open -= reservation.most;
      for (Meter& meter : account.meters) {
        meter.used += used.of(meter.measure);
        meter.own += used.of(meter.measure);
        meter.lease -= used.of(meter.measure);
        if (meter.is_told || meter.period < config::Period::day || !is_nearly_used(meter, 0)) continue;
        meter.is_told = true;
        if (nearly_used_) told.push_back(state(account, {&account, &meter}, now));
      }
    }
    reservation.count = 0;
    open_requests_.fetch_sub(1, std::memory_order_relaxed);
    if (!line_.empty()) call_waiting(now, bells);
    if (users_.size() > most_users && now >= next_sweep_) {
      next_sweep_ = now + between_sweeps;
      sweep_users(now);
    }
  }
  for (Bell* bell : bells) bell->ring();
  for (const LimitState& each : told) nearly_used_(each);
  return used.nanos;
}

void Books::sweep_users(config::TimePoint now) {
  std::erase_if(users_, [&](const auto& each) {
    const Account& account = *each.second;
    const bool is_idle = account.open.requests == 0 && account.in_line == 0 && !account.is_active;
    return is_idle && std::ranges::all_of(account.meters, [&](const Meter& meter) {
             return now >= meter.ends || meter.used == 0;
           });
  });
}

std::int64_t Books::open_nanos() const {
  const std::lock_guard lock(mutex_);
  std::int64_t most = everybody_ ? everybody_->open.nanos : 0;
  for (const Accounts* accounts : {&teams_, &keys_, &users_}) {
    for (const auto& [name, account] : *accounts) most = std::max(most, account->open.nanos);
  }
  return most;
}

}  // namespace gateway
