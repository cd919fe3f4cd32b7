// What one of those who may spend has used in each window that it has a limit for, and what is set aside for
// its requests under way. Belongs to the books, and is touched under their lock alone.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/accounts/books.hpp"

namespace gateway {

struct Meter {
  config::Measure measure{};
  config::Period period{};
  std::int64_t limit = 0;
  std::int64_t used = 0;
  config::TimePoint ends{};  // of the window; from then on nothing is used
  bool is_told = false;      // that it is nearly used
  bool is_new = true;        // nobody asked yet what was used before it was there
  // Where gateways share it: `used` is that of all of them.
  std::int64_t own = 0;      // of this one
  std::int64_t lease = 0;    // what may be used here, with what is set aside
  std::int64_t lacking = 0;  // what somebody wanted beyond it
  std::int64_t usual = 0;    // what one request sets aside, lately
  std::int64_t in_line = 0;  // what those in line may come to
  std::int64_t pace = 0;     // what is used between two looks
  std::int64_t own_before = 0;
  int idle_looks = 0;
  bool is_short = false;  // the last time not all that was wanted was there
};

// Requests at the same time, where gateways share how many there may be.
struct Slots {
  std::int64_t lease = 0;        // that may be under way here
  std::int64_t most = no_bound;  // of them, while other gateways wait for some
  std::int64_t lacking = 0;
  std::int64_t in_line = 0;
  std::int64_t peak = 0;  // under way lately
  int idle_looks = 0;
};

struct Account {
  Scope scope{};
  std::string name{};
  std::vector<Meter> meters{};
  std::int64_t most_concurrent = std::numeric_limits<std::int64_t>::max();
  std::int64_t tokens_per_request = std::numeric_limits<std::int64_t>::max();
  Slots slots{};
  Amounts open{};                  // `requests` are those under way
  std::string key{};               // whose user, of Scope::user
  Account* next_active = nullptr;  // of those whose limits are in use here, where gateways share them
  bool is_active = false;
  std::size_t in_line = 0;
  std::uint64_t blocked_in =
      0;  // the pass over the line in which somebody earlier had to go on waiting for it

  bool bounds_concurrency() const { return most_concurrent != std::numeric_limits<std::int64_t>::max(); }
  bool has_limits() const {
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    return !meters.empty() || bounds_concurrency() || tokens_per_request != none;
  }
  bool bounds_money() const {
    for (const Meter& meter : meters) {
      if (meter.measure == config::Measure::dollars) return true;
    }
    return false;
  }
};

// What keeps a request out: a meter, or the number of requests at the same time.
struct Books::Blocked {
  const Account* account = nullptr;
  const Meter* meter = nullptr;
  bool is_one_request = false;  // it is too large by itself: for this limit, or for that of each request
  bool is_away = false;         // others cannot be asked for more
  bool is_elsewhere = false;    // they have in hand what is left, or what they used is not known yet
};

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

inline bool is_nearly_used(const Meter& meter, std::int64_t open) {
  return static_cast<double>(meter.used + open) >= 0.8 * static_cast<double>(meter.limit);
}

}  // namespace gateway
