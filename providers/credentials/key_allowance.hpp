// What is left of a host's limits for each of our keys there: those that the configuration declares, counted
// here, and those that the host's replies tell of. An attempt sets aside what it may use at one key before it
// is sent, and what it did use counts when it has ended; one that is full takes only itself away. Pure but
// for its lock: time is an argument. May be used by every thread; shared by all loops, and by generations in
// which the keys are the same. Nothing is allocated after the beginning.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "config/values/settings.hpp"
#include "providers/credentials/rate_limits.hpp"
#include "providers/credentials/rolling_sum.hpp"

namespace providers {

class KeyHealth;

// What one attempt may use.
struct KeyNeeds {
  std::int64_t requests = 1;
  std::int64_t tokens = 0;
};

class KeyAllowance {
 public:
  KeyAllowance(const config::ProviderLimits& limits, std::size_t keys);
  // Limits as they are from now on; what was used stays. Of as many keys.
  void adopt(const config::ProviderLimits& limits);
  std::size_t keys() const { return keys_.size(); }

  // Whether any limit is known; while there is none nothing needs to be set aside.
  bool is_limited() const { return is_limited_.load(std::memory_order_relaxed); }
  // How it would be for one attempt at the key that has most left. `wait` zero: there is room.
  struct Room {
    double left = 1;  // share of the tightest limit, once this attempt is counted
    config::Duration wait{};
  };
  Room room(KeyNeeds needs, config::TimePoint now, const KeyHealth* health = nullptr);

  // Sets aside at a key that has room; at one that rests only where all do. `health` may be null.
  std::optional<std::size_t> reserve(KeyNeeds needs, const KeyHealth* health, config::TimePoint now);
  // The head of a reply came: the host has counted the requests by now.
  void arrived(std::size_t key, KeyNeeds needs, config::TimePoint now);
  // What the head said, also where nothing was set aside.
  void learn(std::size_t key, const RateLimits& said, config::TimePoint now);
  // The attempt has ended, and the host counted so many tokens.
  enum class Reached { nothing, sent, answered };  // answered: arrived() was told
  void settle(std::size_t key, KeyNeeds needs, Reached reached, std::int64_t tokens, config::TimePoint now);

 private:
  bool is_passed_over(std::size_t key, const KeyHealth* health, config::TimePoint now) const;
  static constexpr std::size_t periods = 3;  // of config::Period: minute, hour, day
  struct Window {
    RollingSum used;
    std::optional<std::int64_t> limit{};
  };
  using Windows = std::array<Window, periods>;
  // A limit as the host told it last, and what was begun since.
  struct Told {
    RateLimit limit{};
    config::TimePoint at{};
    std::int64_t since = 0;
  };
  struct Key {
    Windows requests, tokens;
    std::optional<int> concurrent{};
    int under_way = 0;
    // Set aside: the requests until their replies come, the tokens until their ends; and both until then.
    KeyNeeds open{.requests = 0, .tokens = 0}, unanswered{.requests = 0, .tokens = 0};
    std::optional<Told> told_requests{}, told_tokens{};
  };

  static Key empty_key();
  void configure(const config::ProviderLimits& limits);
  static Room room_at(Key& key, KeyNeeds needs, config::TimePoint now);
  static void look(Windows& windows, std::int64_t open, std::int64_t needed, config::TimePoint now,
                   Room& room);
  static void look(const std::optional<Told>& told, std::int64_t open, std::int64_t needed,
                   config::TimePoint now, Room& room);
  static void take_answer(Key& key, KeyNeeds needs);
  static void count(Windows& windows, std::int64_t amount, config::TimePoint now);

  std::mutex mutex_;
  std::vector<Key> keys_;
  std::size_t turn_ = 0;
  std::atomic<bool> is_limited_{false};
};

// What one attempt has set aside at one key, until it ends. Belongs to its attempt.
class KeyPermit {
 public:
  KeyPermit() = default;
  KeyPermit(const KeyPermit&) = delete;
  KeyPermit& operator=(const KeyPermit&) = delete;
  // Whatever ended it without a word has used what it might.
  ~KeyPermit();

  // False: no key has room, another attempt was faster. All must outlive it; `health` may be null.
  bool begin(KeyAllowance& allowance, const KeyHealth* health, KeyNeeds needs, config::TimePoint now);
  // The key to ask with, where that is decided here.
  std::optional<std::size_t> key() const { return key_; }
  // Nothing was set aside: this one is asked with.
  void uses(std::size_t key) { used_key_ = key; }
  // The key was refused: another one, if any has room.
  bool moves(config::TimePoint now);
  // The head of a reply came.
  void arrived(const RateLimits& said, config::TimePoint now);
  const KeyNeeds& needs() const { return needs_; }
  // The attempt has ended, of which the host got something or nothing.
  enum class Sent { no, yes };
  void ends(Sent sent, std::int64_t tokens, config::TimePoint now);

 private:
  using Reached = KeyAllowance::Reached;

  KeyAllowance* allowance_ = nullptr;
  const KeyHealth* health_ = nullptr;
  KeyNeeds needs_{};
  std::optional<std::size_t> key_{};
  bool is_answered_ = false;
  std::size_t used_key_ = 0;
  config::TimePoint began_{};
};

}  // namespace providers
