#include "providers/credentials/key_allowance.hpp"

#include <algorithm>
#include <utility>

#include "providers/credentials/key_health.hpp"

namespace providers {
namespace {

using namespace std::chrono_literals;

constexpr std::array<config::Duration, 3> windows{60s, 3600s, 86'400s};
// No host bars us for longer by what it says alone; see retry_hint.hpp.
constexpr config::Seconds longest_told{60};
// How long to wait for requests at the same time is not known.
constexpr config::Duration soon = 100ms;

}  // namespace

KeyAllowance::Key KeyAllowance::empty_key() {
  const auto none = [] {
    return Windows{Window{RollingSum(windows[0])}, Window{RollingSum(windows[1])},
                   Window{RollingSum(windows[2])}};
  };
  return {.requests = none(), .tokens = none()};
}

KeyAllowance::KeyAllowance(const config::ProviderLimits& limits, std::size_t keys)
    : keys_(std::max<std::size_t>(keys, 1), empty_key()) {
  configure(limits);
}

void KeyAllowance::adopt(const config::ProviderLimits& limits) {
  const std::lock_guard lock(mutex_);
  configure(limits);
}

void KeyAllowance::configure(const config::ProviderLimits& limits) {
  bool any = false;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const bool has_own = i < limits.of_keys.size() && !limits.of_keys[i].is_empty();
    const config::KeyLimits& here = has_own ? limits.of_keys[i] : limits.each_key;
    for (std::size_t p = 0; p < periods; ++p) {
      keys_[i].requests[p].limit = here.requests[p];
      keys_[i].tokens[p].limit = here.tokens[p];
    }
    keys_[i].concurrent = here.concurrent;
    any = any || !here.is_empty() || keys_[i].told_requests || keys_[i].told_tokens;
  }
  is_limited_.store(any, std::memory_order_relaxed);
}

void KeyAllowance::look(Windows& all, std::int64_t open, std::int64_t needed, config::TimePoint now,
                        Room& room) {
  for (Window& window : all) {
    if (!window.limit) continue;
    const std::int64_t limit = *window.limit;
    // One that is larger than all there ever is goes when nothing else does: our estimate may be wrong.
    const std::int64_t wanted = std::min(needed, limit);
    const std::int64_t left = limit - open - window.used.sum(now) - wanted;
    room.left =
        std::min(room.left, limit > 0 ? static_cast<double>(left) / static_cast<double>(limit) : -1.0);
    if (left >= 0) continue;
    // What is set aside is settled nobody knows when.
    const bool others_may_end = open >= -left;
    room.wait =
        std::max(room.wait, others_may_end ? soon : std::max(soon, window.used.until_gone(-left, now)));
  }
}

// Hosts fill their buckets evenly, most of them; what one does otherwise it says with 429.
void KeyAllowance::look(const std::optional<Told>& told, std::int64_t open, std::int64_t needed,
                        config::TimePoint now, Room& room) {
  if (!told || told->limit.limit <= 0) return;
  const double passed = config::Seconds(now - told->at).count();
  const double whole_in = config::Seconds(told->limit.resets_in).count();
  if (passed >= whole_in || passed >= longest_told.count()) return;
  const auto limit = static_cast<double>(told->limit.limit);
  const double per_second = (limit - static_cast<double>(told->limit.remaining)) / whole_in;
  const double left =
      static_cast<double>(told->limit.remaining - told->since - open - std::min(needed, told->limit.limit)) +
      per_second * passed;
  room.left = std::min(room.left, left / limit);
  if (left >= 0) return;
  const double wait = per_second > 0 ? -left / per_second : whole_in;
  const config::Seconds until(std::min(wait, longest_told.count() - passed));
  room.wait = std::max(room.wait, std::max(soon, std::chrono::duration_cast<config::Duration>(until)));
}

KeyAllowance::Room KeyAllowance::room_at(Key& key, KeyNeeds needs, config::TimePoint now) {
  Room room;
  look(key.requests, key.open.requests, needs.requests, now, room);
  look(key.tokens, key.open.tokens, needs.tokens, now, room);
  look(key.told_requests, key.unanswered.requests, needs.requests, now, room);
  look(key.told_tokens, key.unanswered.tokens, needs.tokens, now, room);
  if (key.concurrent) {
    const double left = *key.concurrent - key.under_way - 1;
    room.left = std::min(room.left, left / *key.concurrent);
    if (left < 0) room.wait = std::max(room.wait, soon);
  }
  return room;
}

// A key that was refused is asked only where all of them were.
bool KeyAllowance::is_passed_over(std::size_t key, const KeyHealth* health, config::TimePoint now) const {
  if (!health || !health->rests(key, now)) return false;
  for (std::size_t other = 0; other < keys_.size(); ++other) {
    if (!health->rests(other, now)) return true;
  }
  return false;
}

KeyAllowance::Room KeyAllowance::room(KeyNeeds needs, config::TimePoint now, const KeyHealth* health) {
  const std::lock_guard lock(mutex_);
  std::optional<Room> best;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (is_passed_over(i, health, now)) continue;
    const Room here = room_at(keys_[i], needs, now);
    const bool is_better =
        !best || here.wait < best->wait || (here.wait == best->wait && here.left > best->left);
    if (is_better) best = here;
  }
  return *best;
}

std::optional<std::size_t> KeyAllowance::reserve(KeyNeeds needs, const KeyHealth* health,
                                                 config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const std::size_t begin = turn_++;
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < keys_.size() && !chosen; ++i) {
    const std::size_t key = (begin + i) % keys_.size();
    if (is_passed_over(key, health, now)) continue;
    if (room_at(keys_[key], needs, now).wait <= config::Duration::zero()) chosen = key;
  }
  if (!chosen) return std::nullopt;
  Key& key = keys_[*chosen];
  for (KeyNeeds* each : {&key.open, &key.unanswered}) {
    each->requests += needs.requests;
    each->tokens += needs.tokens;
  }
  ++key.under_way;
  return chosen;
}

void KeyAllowance::count(Windows& all, std::int64_t amount, config::TimePoint now) {
  for (Window& window : all) window.used.add(amount, now);
}

void KeyAllowance::take_answer(Key& key, KeyNeeds needs) {
  key.open.requests -= needs.requests;
  key.unanswered.requests -= needs.requests;
  key.unanswered.tokens -= needs.tokens;
}

void KeyAllowance::arrived(std::size_t number, KeyNeeds needs, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Key& key = keys_[number];
  take_answer(key, needs);
  count(key.requests, needs.requests, now);
  if (key.told_requests) key.told_requests->since += needs.requests;
  if (key.told_tokens) key.told_tokens->since += needs.tokens;
}

void KeyAllowance::learn(std::size_t number, const RateLimits& said, config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (number >= keys_.size()) return;
  if (said.requests) keys_[number].told_requests = Told{.limit = *said.requests, .at = now};
  if (said.tokens) keys_[number].told_tokens = Told{.limit = *said.tokens, .at = now};
  is_limited_.store(true, std::memory_order_relaxed);
}

void KeyAllowance::settle(std::size_t number, KeyNeeds needs, Reached reached, std::int64_t tokens,
                          config::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Key& key = keys_[number];
  key.open.tokens -= needs.tokens;
  --key.under_way;
  if (reached != Reached::answered) take_answer(key, needs);
  if (reached == Reached::nothing) return;
  count(key.tokens, std::max<std::int64_t>(tokens, 0), now);
  if (reached == Reached::answered) return;
  count(key.requests, needs.requests, now);
  if (key.told_requests) key.told_requests->since += needs.requests;
  if (key.told_tokens) key.told_tokens->since += tokens;
}

bool KeyPermit::begin(KeyAllowance& allowance, const KeyHealth* health, KeyNeeds needs,
                      config::TimePoint now) {
  allowance_ = &allowance;
  health_ = health;
  needs_ = needs;
  began_ = now;
  if (!allowance.is_limited()) return true;
  key_ = allowance.reserve(needs, health, now);
  return key_.has_value();
}

bool KeyPermit::moves(config::TimePoint now) {
  if (!key_) return true;
  const auto other = allowance_->reserve(needs_, health_, now);
  if (!other) return false;
  if (other == key_) {
    allowance_->settle(*other, needs_, Reached::nothing, 0, now);
    return false;
  }
  allowance_->settle(*key_, needs_, is_answered_ ? Reached::answered : Reached::sent, 0, now);
  key_ = other;
  is_answered_ = false;
  return true;
}

void KeyPermit::arrived(const RateLimits& said, config::TimePoint now) {
  if (!allowance_) return;
  if (key_ && !std::exchange(is_answered_, true)) allowance_->arrived(*key_, needs_, now);
  if (said.requests || said.tokens) allowance_->learn(key_.value_or(used_key_), said, now);
}

void KeyPermit::ends(Sent sent, std::int64_t tokens, config::TimePoint now) {
  if (!key_) return;
  const Reached reached = is_answered_        ? Reached::answered
                          : sent == Sent::yes ? Reached::sent
                                              : Reached::nothing;
  allowance_->settle(*key_, needs_, reached, tokens, now);
  key_.reset();
}

KeyPermit::~KeyPermit() {
  ends(Sent::yes, needs_.tokens, began_);
}

}  // namespace providers
