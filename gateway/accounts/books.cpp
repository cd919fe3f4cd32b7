#include "gateway/accounts/books.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "gateway/accounts/account.hpp"

namespace gateway {

using config::Measure;

// What keeps a request out: a meter, or the number of requests at the same time.
struct Books::Blocked {
  const Account* account = nullptr;
  const Meter* meter = nullptr;
  bool is_one_request = false;  // it is too large by itself
};

namespace {

constexpr std::size_t most_users = 100'000;
constexpr config::Duration between_sweeps = std::chrono::minutes(1);

// The name of a user's account: users of different keys are strangers.
class UserName {
 public:
  UserName(std::string_view key, std::string_view user) {
    if (key.size() + user.size() + 1 > buffer_.size()) {
      long_.append(key).append("\n").append(user);
      text_ = long_;
      return;
    }
    char* at = std::copy(key.begin(), key.end(), buffer_.data());
    *at++ = '\n';
    at = std::copy(user.begin(), user.end(), at);
    text_ = {buffer_.data(), static_cast<std::size_t>(at - buffer_.data())};
  }
  UserName(const UserName&) = delete;
  UserName& operator=(const UserName&) = delete;
  std::string_view text() const { return text_; }

 private:
  std::array<char, 256> buffer_;
  std::string long_;
  std::string_view text_;
};

bool is_nearly_used(const Meter& meter, std::int64_t open) {
  return static_cast<double>(meter.used + open) >= 0.8 * static_cast<double>(meter.limit);
}

std::shared_ptr<const config::TimeZone> zone_of(const config::Settings& settings) {
  std::string why;
  return config::load_time_zone(settings.time_zone, why);
}

}  // namespace

Books::Books(config::WallTime wall, config::TimePoint now) : calendar_(nullptr, wall, now) {}
Books::~Books() {
  line_.clear();
}

void Books::roll(Account& account, config::TimePoint now) const {
  for (Meter& meter : account.meters) {
    if (now < meter.ends) continue;
    meter.used = 0;
    meter.is_told = false;
    meter.ends = calendar_.clock(calendar_.window(meter.period, calendar_.wall(now)).ends);
  }
}

void Books::configure(Account& account, const config::Quota& quota) {
  const std::vector<Meter> before = std::exchange(account.meters, {});
  for (std::size_t m = 0; m < config::measure_count; ++m) {
    for (std::size_t p = 0; p < config::period_count; ++p) {
      const auto& limit = quota.most[m][p];
      if (!limit) continue;
      const auto measure = static_cast<Measure>(m);
      const auto period = static_cast<config::Period>(p);
      const auto known = std::ranges::find_if(
          before, [&](const Meter& each) { return each.measure == measure && each.period == period; });
      Meter meter = known == before.end() ? Meter{.measure = measure, .period = period} : *known;
      meter.limit = *limit;
      account.meters.push_back(meter);
    }
  }
  constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
  account.most_concurrent = quota.concurrent ? *quota.concurrent : none;
  account.tokens_per_request = quota.tokens_per_request ? quota.tokens_per_request->count : none;
}

void Books::adopt(const config::Settings& settings, config::WallTime wall, config::TimePoint now) {
  auto zone = zone_of(settings);
  const std::lock_guard lock(mutex_);
  calendar_ = Calendar(std::move(zone), wall, now);
  const auto take = [&](std::unique_ptr<Account>& account, Scope scope, const std::string& name,
                        const config::Quota& quota) {
    if (!account && quota.is_empty()) return;
    if (!account) account = std::make_unique<Account>(Account{.scope = scope, .name = name, .meters = {}});
    configure(*account, quota);
    roll(*account, now);
  };
  take(everybody_, Scope::everybody, "everybody", settings.quota);
  for (const config::TeamSettings& team : settings.teams) {
    if (!team.quota.is_empty() || teams_.contains(team.name.text))
      take(teams_[team.name.text], Scope::team, team.name.text, team.quota);
  }
  user_quotas_.clear();
  bool has_quotas = everybody_ && everybody_->has_limits();
  for (const config::TeamSettings& team : settings.teams) has_quotas |= !team.quota.is_empty();
  for (const config::KeySettings& key : settings.keys) {
    const std::string& name = key.name.text;
    if (!key.quota.is_empty() || keys_.contains(name)) take(keys_[name], Scope::key, name, key.quota);
    if (!key.user_quota.is_empty()) user_quotas_.emplace(name, key.user_quota);
    has_quotas |= !key.quota.is_empty() || !key.user_quota.is_empty();
  }
  for (auto& [name, account] : users_) {
    const auto quota = user_quotas_.find(name.substr(0, name.find('\n')));
    configure(*account, quota == user_quotas_.end() ? config::Quota{} : quota->second);
    roll(*account, now);
  }
  // Whom the configuration no longer names has no limit, and goes on being counted where it is under way.
  const auto release = [this](const Accounts& all, const auto& named) {
    std::set<std::string_view> names;
    for (const auto& each : named) names.insert(each.name.text);
    for (const auto& [name, account] : all) {
      if (!names.contains(name)) configure(*account, {});
    }
  };
  release(keys_, settings.keys);
  release(teams_, settings.teams);
  has_quotas_.store(has_quotas, std::memory_order_relaxed);
}

Account* Books::user_account(std::string_view key, std::string_view user) {
  const auto quota = user_quotas_.find(key);
  if (quota == user_quotas_.end()) return nullptr;
  const UserName name(key, user);
  const auto found = users_.find(name.text());
  if (found != users_.end()) return found->second.get();
  auto account =
      std::make_unique<Account>(Account{.scope = Scope::user, .name = std::string(user), .meters = {}});
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
  // What of money was settled leaves room for is what may be set aside.
  for (std::size_t i = 0; i < count; ++i) {
    roll(*accounts[i], now);
    for (const Meter& meter : accounts[i]->meters) {
      if (meter.measure != Measure::dollars) continue;
      bounds_money = true;
      const std::int64_t room = std::max<std::int64_t>(meter.limit - meter.used, 0);
      if (room >= most.nanos) continue;
      if (room < asked.least_nanos || room == 0) return blocked = {accounts[i], &meter}, Let::out;
      most.nanos = room;
    }
  }
  Let let = Let::in;
  const auto wait_for = [&](const Account* account, const Meter* meter) {
    if (let == Let::in) blocked = {account, meter};
    let = Let::wait;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const Account* account = accounts[i];
    if (most.tokens > account->tokens_per_request) return blocked = {account, nullptr, true}, Let::out;
    for (const Meter& meter : account->meters) {
      const std::int64_t needed = most.of(meter.measure), open = account->open.of(meter.measure);
      const bool is_final = meter.measure == Measure::requests;  // each of those under way will count
      if (meter.used + (is_final ? open : 0) + needed > meter.limit) {
        return blocked = {account, &meter, meter.measure == Measure::tokens && needed > meter.limit},
               Let::out;
      }
      if (meter.used + open + needed > meter.limit) wait_for(account, &meter);
    }
    if (account->open.requests >= account->most_concurrent) wait_for(account, nullptr);
  }
  if (let == Let::wait) return let;
  for (std::size_t i = 0; i < count; ++i) {
    accounts[i]->open.requests += 1;
    accounts[i]->open.tokens += most.tokens;
    accounts[i]->open.nanos += most.nanos;
  }
  reservation = {.accounts = accounts, .count = count, .most = most, .bounds_money = bounds_money};
  return let;
}

LimitState Books::state(const Account& account, const Blocked& blocked, config::TimePoint now) const {
  LimitState state{.scope = account.scope, .name = account.name};
  if (const Meter* meter = blocked.meter) {
    state.measure = meter->measure;
    state.period = meter->period;
    state.limit = meter->limit;
    state.used = now < meter->ends ? meter->used : 0;
    state.open = account.open.of(meter->measure);
    if (meter->period != config::Period::total) {
      state.refills = calendar_.window(meter->period, calendar_.wall(now)).ends;
      state.refills_in = calendar_.clock(state.refills) - now;
    }
  } else if (blocked.is_one_request) {
    state.measure = Measure::tokens;
    state.period = config::Period::total;
    state.limit = account.tokens_per_request;
  } else {
    state.limit = account.most_concurrent;
    state.used = state.open = account.open.requests;
  }
  return state;
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
      for (std::size_t i = 0; i < count; ++i) {
        accounts[i]->open.requests -= 1;
        accounts[i]->open.tokens -= probe.most.tokens;
        accounts[i]->open.nanos -= probe.most.nanos;
      }
      blocked = {*first, (*first)->meters.empty() ? nullptr : &(*first)->meters.front()};
      let = Let::wait;
    }
  }
  if (let == Let::in) open_requests_.fetch_add(1, std::memory_order_relaxed);
  if (let != Let::in && blocking) *blocking = state(*blocked.account, blocked, now);
  return let;
}

bool Books::extend(Reservation& reservation, std::int64_t nanos, config::TimePoint now) {
  if (!reservation.is_open() || !reservation.bounds_money) return true;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < reservation.count; ++i) {
    Account& account = *reservation.accounts[i];
    roll(account, now);
    for (const Meter& meter : account.meters) {
      if (meter.measure == Measure::dollars && meter.used + account.open.nanos + nanos > meter.limit)
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
      account.open.requests -= 1;
      account.open.tokens -= reservation.most.tokens;
      account.open.nanos -= reservation.most.nanos;
      for (Meter& meter : account.meters) {
        meter.used += used.of(meter.measure);
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
    const bool is_idle = account.open.requests == 0 && account.in_line == 0;
    return is_idle && std::ranges::all_of(account.meters, [&](const Meter& meter) {
             return now >= meter.ends || meter.used == 0;
           });
  });
}

void Books::stand_in_line(Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  waiting.count = find(waiting.asked, waiting.accounts);
  for (std::size_t i = 0; i < waiting.count; ++i) ++waiting.accounts[i]->in_line;
  line_.push_back(waiting);
}

bool Books::leave_line(Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  if (waiting.is_linked()) {
    line_.erase(line_.iterator_to(waiting));
    for (std::size_t i = 0; i < waiting.count; ++i) --waiting.accounts[i]->in_line;
  }
  return waiting.reservation.is_open();
}

void Books::look(config::TimePoint now) {
  std::vector<Bell*> bells;
  {
    const std::lock_guard lock(mutex_);
    if (!line_.empty()) call_waiting(now, bells);
  }
  for (Bell* bell : bells) bell->ring();
}

// Who came first is let in first, of each account.
void Books::call_waiting(config::TimePoint now, std::vector<Bell*>& bells) {
  ++pass_;
  for (auto at = line_.begin(); at != line_.end();) {
    Waiting& waiting = *at;
    const auto is_blocked = [&](const Account* account) { return account && account->blocked_in == pass_; };
    if (std::ranges::any_of(waiting.accounts, is_blocked)) {
      ++at;
      continue;
    }
    Blocked blocked;
    const Let let = take(waiting.asked, waiting.accounts, waiting.count, now, waiting.reservation, blocked);
    if (let == Let::wait) {
      const_cast<Account*>(blocked.account)->blocked_in = pass_;
      ++at;
      continue;
    }
    if (let == Let::in) open_requests_.fetch_add(1, std::memory_order_relaxed);
    at = line_.erase(at);
    for (std::size_t i = 0; i < waiting.count; ++i) --waiting.accounts[i]->in_line;
    if (std::ranges::find(bells, waiting.bell) == bells.end()) bells.push_back(waiting.bell);
    waiting.is_called.store(true, std::memory_order_release);
  }
}

void Books::add(const Past& past, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Account* account = nullptr;
  if (past.scope == Scope::everybody) {
    account = everybody_.get();
  } else if (past.scope == Scope::user) {
    account = user_account(past.key, past.name);
  } else {
    Accounts& all = past.scope == Scope::key ? keys_ : teams_;
    const auto found = all.find(past.name);
    if (found != all.end()) account = found->second.get();
  }
  if (!account) return;
  roll(*account, now);
  for (Meter& meter : account->meters) {
    if (meter.measure == past.measure && meter.period == past.period) meter.used += past.used;
  }
}

std::vector<Books::Question> Books::questions(config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::vector<Question> all;
  const auto add = [&](Scope scope, const std::string& name, Measure measure, config::Period period) {
    all.push_back({.scope = scope,
                   .name = name,
                   .measure = measure,
                   .period = period,
                   .since = calendar_.window(period, calendar_.wall(now)).begins});
  };
  const auto add_all = [&](Account& account) {
    for (Meter& meter : account.meters) {
      if (std::exchange(meter.is_new, false)) add(account.scope, account.name, meter.measure, meter.period);
    }
  };
  if (everybody_) add_all(*everybody_);
  for (Accounts* accounts : {&teams_, &keys_}) {
    for (auto& [name, account] : *accounts) add_all(*account);
  }
  for (const auto& [key, quota] : user_quotas_) {
    // Of users once: those who come later have used nothing that is not counted.
    if (!asked_users_of_.insert(key).second) continue;
    for (std::size_t m = 0; m < config::measure_count; ++m) {
      for (std::size_t p = 0; p < config::period_count; ++p) {
        if (quota.most[m][p]) add(Scope::user, key, static_cast<Measure>(m), static_cast<config::Period>(p));
      }
    }
  }
  return all;
}

void Books::add_states(const Account& account, config::TimePoint now, std::vector<LimitState>& states) const {
  for (const Meter& meter : account.meters) states.push_back(state(account, {&account, &meter}, now));
}

std::vector<LimitState> Books::limits(config::TimePoint now) const {
  const std::lock_guard lock(mutex_);
  std::vector<LimitState> states;
  if (everybody_) add_states(*everybody_, now, states);
  for (const Accounts* accounts : {&teams_, &keys_, &users_}) {
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

std::int64_t Books::open_nanos() const {
  const std::lock_guard lock(mutex_);
  std::int64_t most = everybody_ ? everybody_->open.nanos : 0;
  for (const Accounts* accounts : {&teams_, &keys_, &users_}) {
    for (const auto& [name, account] : *accounts) most = std::max(most, account->open.nanos);
  }
  return most;
}

}  // namespace gateway
