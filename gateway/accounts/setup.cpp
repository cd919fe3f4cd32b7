// Books as a configuration has them: who has which limits, and what was used of them before.
#include <algorithm>
#include <set>

#include "gateway/accounts/account.hpp"

namespace gateway {

using config::Measure;

namespace {

std::shared_ptr<const config::TimeZone> zone_of(const config::Settings& settings) {
  std::string why;
  return config::load_time_zone(settings.time_zone, why);
}

}  // namespace

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
  if (is_shared_ && alone_of_ > 0) take_share_of_slots(account);
  account.tokens_per_request = quota.tokens_per_request ? quota.tokens_per_request->count : none;
}

// Whether the clock was set, or the place is another one. A window that is over by the new calendar ends, and
// the ledger is asked what was used of the one that is; the same window ends when the calendar says. Any
// other lasts for as long as was promised: what is used is in no case forgotten sooner.
void Books::move_windows(Account& account, const Calendar& before, config::TimePoint now) const {
  const config::WallTime wall = calendar_.wall(now);
  for (Meter& meter : account.meters) {
    if (meter.period == config::Period::total || now >= meter.ends) continue;
    const config::WallTime promised = before.wall(meter.ends);
    const Calendar::Window was = before.window(meter.period, promised - std::chrono::seconds(1));
    const Calendar::Window is = calendar_.window(meter.period, wall);
    // What users have used of it would not be asked for again.
    if (is.begins >= promised && account.scope != Scope::user) {
      meter.ends = now;
      meter.is_new = true;
    } else if (is.begins == was.begins) {
      meter.ends = calendar_.clock(is.ends);
    }
  }
}

std::optional<config::Duration> Books::new_step(config::WallTime wall, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const config::Duration step = wall - calendar_.wall(now);
  constexpr config::Duration least = std::chrono::seconds(30);
  const config::Duration beyond = step - told_step_;
  if (beyond < least && beyond > -least) return std::nullopt;
  told_step_ = step;
  return beyond;
}

void Books::adopt(const config::Settings& settings, config::WallTime wall, config::TimePoint now) {
  auto zone = zone_of(settings);
  const std::lock_guard lock(mutex_);
  const Calendar before = std::exchange(calendar_, Calendar(std::move(zone), wall, now));
  told_step_ = {};
  if (everybody_) move_windows(*everybody_, before, now);
  for (const Accounts* all : {&keys_, &teams_, &users_}) {
    for (const auto& [name, account] : *all) move_windows(*account, before, now);
  }
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
    if (meter.measure != past.measure || meter.period != past.period) continue;
    (past.is_own ? meter.own : meter.used) += past.used;
    // Whoever was there before has told it.
    meter.is_told = meter.is_told || is_nearly_used(meter, 0);
  }
}

void Books::add(std::string_view user, std::string_view key, std::string_view team, Amounts used,
                config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::array<Account*, 4> accounts{};
  const std::size_t count = find({.user = user, .key = key, .team = team, .most = {}}, accounts);
  for (std::size_t i = 0; i < count; ++i) {
    roll(*accounts[i], now);
    for (Meter& meter : accounts[i]->meters) {
      meter.used += used.of(meter.measure);
      meter.own += used.of(meter.measure);
    }
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

}  // namespace gateway
