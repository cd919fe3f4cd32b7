// Books that several gateways keep together: each takes of a limit what it needs soon, uses only what it has
// in hand, and gives back what it does not need.
#include <algorithm>

#include "gateway/accounts/account.hpp"

namespace gateway {
namespace {

// Limits that nobody has used for so many looks are not told any more.
constexpr int most_idle_looks = 20;
// What is taken ahead is at most this part of what is left, so that little lies idle where little is left.
constexpr std::int64_t least_part_ahead = 20;
constexpr std::size_t most_in_line_counted = 512;

}  // namespace

void Books::share(std::function<void()> wanted) {
  const std::lock_guard lock(mutex_);
  is_shared_ = true;
  wanted_ = std::move(wanted);
}

bool Books::has_in_hand(Account& account, Meter& meter, std::int64_t needed) const {
  if (!account.is_active) activate(account);
  meter.usual = std::max(needed, meter.usual - meter.usual / 64);
  const std::int64_t lacking = account.open.of(meter.measure) + needed - meter.lease;
  if (lacking <= 0) return true;
  meter.lacking = std::max(meter.lacking, lacking);
  want();
  return false;
}

void Books::activate(Account& account) const {
  account.is_active = true;
  account.next_active = std::exchange(active_, &account);
}

void Books::want() const {
  if (is_wanted_ || !wanted_) return;
  is_wanted_ = true;
  wanted_();
}

void Books::take_share(Meter& meter) const {
  if (meter.measure == config::Measure::dollars) return;
  meter.lease = std::max(meter.lease, (meter.limit - meter.used) / alone_of_);
}

// One at least: who is alone must not stand still.
void Books::take_share_of_slots(Account& account) const {
  if (!account.bounds_concurrency()) return;
  const std::int64_t share = std::max<std::int64_t>(account.most_concurrent / alone_of_, 1);
  account.slots.lease = std::max(account.slots.lease, share);
  account.slots.most = no_bound;
}

bool Books::has_slot(Account& account) const {
  if (!account.is_active) activate(account);
  const std::int64_t lacking = account.open.requests + 1 - std::min(account.slots.lease, account.slots.most);
  if (lacking <= 0) return true;
  account.slots.lacking = std::max(account.slots.lacking, lacking);
  want();
  return false;
}

// Whether they are in use.
bool Books::share_slots(Account& account, config::TimePoint now, std::uint64_t draw,
                        std::vector<SharedLimit>& limits) const {
  Slots& slots = account.slots;
  const std::int64_t open = account.open.requests;
  slots.peak = std::max(open, slots.peak - slots.peak / 4 - 1);
  const std::int64_t ahead =
      std::clamp<std::int64_t>(slots.peak - open, 0, account.most_concurrent / least_part_ahead);
  // Those in line that free places do not help wait for another limit, whose places may be in the hands of
  // those who wait for these: by chance one of them gives back.
  const bool is_no_help = slots.in_line > 0 && slots.lease > open && slots.lacking == 0;
  const bool gives_back = is_no_help && ((draw >> (limits.size() % 64)) & 1) != 0;
  std::int64_t target = open + (gives_back ? 0 : slots.in_line + ahead);
  slots.in_line = 0;
  if (slots.lacking > 0) target = std::max(target, open + std::exchange(slots.lacking, 0));
  target = std::min(target, account.most_concurrent);
  slots.idle_looks = target == 0 && slots.lease <= 0 ? slots.idle_looks + 1 : 0;
  // Those under way keep theirs, also where there may be fewer now, or others wait for them.
  const std::int64_t fair = std::min(target, slots.most);
  if (alone_of_ == 0) slots.lease = std::min(slots.lease, std::max(fair, open));
  if (slots.idle_looks > most_idle_looks) {
    slots.most = no_bound;
    return false;
  }
  limits.push_back({.scope = account.scope,
                    .key = account.key,
                    .name = account.name,
                    .begins = {},
                    .ends = calendar_.wall(now),
                    .limit = account.most_concurrent,
                    .lease = std::max<std::int64_t>(slots.lease, 0),
                    .wanted = std::max<std::int64_t>(fair - slots.lease, 0),
                    .is_concurrent = true,
                    .demand = std::max(target, open)});
  return true;
}

Account* Books::account_of(Scope scope, std::string_view key, std::string_view name) {
  const auto in = [&](const Accounts& all, std::string_view whose) {
    const auto found = all.find(whose);
    return found == all.end() ? nullptr : found->second.get();
  };
  switch (scope) {
    case Scope::everybody:
      return everybody_.get();
    case Scope::team:
      return in(teams_, name);
    case Scope::key:
      return in(keys_, name);
    case Scope::user:
      break;
  }
  return in(users_, UserName(key, name).text());
}

// Whether any of its limits is in use.
bool Books::share_account(Account& account, config::TimePoint now, std::uint64_t draw,
                          std::vector<SharedLimit>& limits) {
  bool is_active = false;
  roll(account, now);
  for (Meter& meter : account.meters) {
    const std::int64_t recent = std::max<std::int64_t>(meter.own - meter.own_before, 0);
    meter.own_before = meter.own;
    meter.pace = std::max(recent, meter.pace - meter.pace / 16 - 1);
    const std::int64_t open = account.open.of(meter.measure);
    const std::int64_t left = std::max<std::int64_t>(meter.limit - meter.used, 0);
    std::int64_t ahead = std::clamp<std::int64_t>(3 * meter.pace, 0, left / least_part_ahead);
    if (ahead < meter.usual) ahead = 0;  // of no use here, and missing elsewhere
    const std::int64_t in_line = std::exchange(meter.in_line, 0);
    std::int64_t target = open + in_line + ahead;
    if (meter.lacking > 0) target = std::max(target, meter.lease + meter.lacking);
    meter.lacking = 0;
    const std::int64_t spare = meter.lease - open;
    const bool is_too_little = spare > 0 && spare < std::min(meter.usual, left);
    if (std::exchange(meter.is_short, false) && is_too_little && ((draw >> (limits.size() % 64)) & 1) != 0)
      target = open;
    const bool is_idle = target == 0 && meter.lease <= 0 && recent == 0;
    meter.idle_looks = is_idle ? meter.idle_looks + 1 : 0;
    if (alone_of_ == 0) meter.lease = std::min(meter.lease, target);
    if (meter.idle_looks > most_idle_looks && !(tells_all_ && meter.own > 0)) continue;
    is_active = true;
    const Calendar::Window window = calendar_.window(meter.period, calendar_.wall(now));
    limits.push_back({.scope = account.scope,
                      .key = account.key,
                      .name = account.name,
                      .measure = meter.measure,
                      .period = meter.period,
                      .begins = window.begins,
                      .ends = window.ends,
                      .limit = meter.limit,
                      .own = meter.own,
                      .lease = std::max<std::int64_t>(meter.lease, 0),
                      .wanted = std::max<std::int64_t>(target - meter.lease, 0)});
  }
  if (account.bounds_concurrency() && share_slots(account, now, draw, limits)) is_active = true;
  return is_active;
}

std::vector<SharedLimit> Books::shared_limits(config::TimePoint now, std::uint64_t draw) {
  const std::lock_guard lock(mutex_);
  is_wanted_ = false;
  std::size_t counted = 0;
  for (const Waiting& waiting : line_) {
    if (++counted > most_in_line_counted) break;
    for (std::size_t i = 0; i < waiting.count; ++i) {
      if (waiting.accounts[i]->bounds_concurrency()) ++waiting.accounts[i]->slots.in_line;
      for (Meter& meter : waiting.accounts[i]->meters) {
        const bool is_count = meter.measure == config::Measure::requests;
        const std::int64_t needed = is_count ? 1 : waiting.asked.most.of(meter.measure);
        const std::int64_t most = std::max<std::int64_t>(meter.limit - meter.used, 0);
        meter.in_line = std::min(meter.in_line + std::min(needed, most), most);
      }
    }
  }
  if (tells_all_) {
    const auto add = [this](Account& account) {
      if (!account.is_active && account.has_limits()) activate(account);
    };
    if (everybody_) add(*everybody_);
    for (Accounts* accounts : {&teams_, &keys_, &users_}) {
      for (auto& [name, account] : *accounts) add(*account);
    }
  }
  std::vector<SharedLimit> limits;
  for (Account** at = &active_; *at;) {
    Account& account = **at;
    account.is_active = share_account(account, now, draw, limits);
    if (account.is_active) {
      at = &account.next_active;
    } else {
      *at = std::exchange(account.next_active, nullptr);
    }
  }
  tells_all_ = false;
  return limits;
}

void Books::tell_all() {
  const std::lock_guard lock(mutex_);
  tells_all_ = true;
}

void Books::grant(const SharedLimit& limit, const Granted& granted, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Account* account = account_of(limit.scope, limit.key, limit.name);
  if (!account) return;
  if (limit.is_concurrent) {
    account->slots.lease += granted.granted;
    account->slots.most = granted.most;
    return;
  }
  roll(*account, now);
  if (calendar_.window(limit.period, calendar_.wall(now)).begins != limit.begins) return;
  for (Meter& meter : account->meters) {
    if (meter.measure != limit.measure || meter.period != limit.period) continue;
    meter.used = granted.others + meter.own;
    meter.lease += granted.granted;
    meter.is_short = granted.granted < limit.wanted;
  }
}

void Books::be_alone(std::optional<int> gateways, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  alone_of_ = gateways ? std::max(*gateways, 1) : 0;
  if (alone_of_ == 0) return;
  const auto take_all = [&](Account& account) {
    roll(account, now);
    for (Meter& meter : account.meters) take_share(meter);
    take_share_of_slots(account);
  };
  if (everybody_) take_all(*everybody_);
  for (Accounts* accounts : {&teams_, &keys_, &users_}) {
    for (auto& [name, account] : *accounts) take_all(*account);
  }
}

std::int64_t Books::leased_nanos() const {
  const std::lock_guard lock(mutex_);
  std::int64_t most = 0;
  const auto look_at = [&](const Account& account) {
    for (const Meter& meter : account.meters) {
      if (meter.measure == config::Measure::dollars) most = std::max(most, meter.lease);
    }
  };
  if (everybody_) look_at(*everybody_);
  for (const Accounts* accounts : {&teams_, &keys_, &users_}) {
    for (const auto& [name, account] : *accounts) look_at(*account);
  }
  return most;
}

}  // namespace gateway
