#include "routing/quality/canary_turns.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

std::pair<std::uint64_t, std::uint64_t> key_of(const Identity& endpoint) {
  return {endpoint.asked, endpoint.named};
}

// As waiting times of a Poisson process, so that nobody can tell when the next one comes; the first within
// the mean time, so that after a start not all come at once.
config::WallTime after(config::WallTime now, std::chrono::milliseconds mean, double draw) {
  const double waits = std::min(5.0, -std::log1p(-draw));
  const config::Seconds time = waits * config::Seconds(mean);
  return now + std::chrono::duration_cast<config::WallTime::duration>(time);
}

}  // namespace

std::optional<CanaryTurns::Turn> CanaryTurns::take(const Identity& endpoint,
                                                   const config::CanarySettings& settings, std::int64_t worst,
                                                   std::int64_t day, config::WallTime now, double draw) {
  Account& account = accounts_[key_of(endpoint)];
  // A clock that was set back gives no second budget.
  if (day > account.day) account.day = day, account.spent = 0;
  const bool is_new = account.next == config::WallTime{};
  if (is_new || account.next > now + 10 * settings.every) account.next = after(now, settings.every, draw / 2);
  if (now < account.next) return std::nullopt;
  account.next = after(now, settings.every, draw);
  const std::int64_t set_aside = std::max(worst, 2 * account.dearest);
  if (account.spent + set_aside > settings.a_day.nanos) return std::nullopt;
  account.spent += set_aside;
  return Turn{.asked = account.asked++, .set_aside = set_aside, .day = account.day};
}

void CanaryTurns::give_back(const Identity& endpoint, const Turn& turn) {
  settle(endpoint, turn, 0);
  Account& account = accounts_[key_of(endpoint)];
  if (account.asked == turn.asked + 1) account.asked = turn.asked;
}

void CanaryTurns::settle(const Identity& endpoint, const Turn& turn, std::optional<std::int64_t> billed) {
  if (!billed) return;
  Account& account = accounts_[key_of(endpoint)];
  account.dearest = std::max(account.dearest, *billed);
  // What was set aside of a day that is over by now is not the next one's.
  account.spent += *billed - (account.day == turn.day ? turn.set_aside : 0);
}

std::int64_t CanaryTurns::spent(const Identity& endpoint, std::int64_t day) const {
  const auto found = accounts_.find(key_of(endpoint));
  return found == accounts_.end() || found->second.day != day ? 0 : found->second.spent;
}

}  // namespace routing
