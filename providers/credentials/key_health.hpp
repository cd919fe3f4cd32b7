// Several keys for one host, each with a health of its own, so that a spent one does not take the host away.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "config/values/units.hpp"

namespace providers {

class KeyHealth {
 public:
  explicit KeyHealth(std::size_t keys) : keys_(keys), rests_until_(new std::atomic<std::int64_t>[keys]()) {}

  bool rests(std::size_t key, config::TimePoint now) const {
    return rests_until_[key].load(std::memory_order_relaxed) > now.time_since_epoch().count();
  }
  // The next one in turn of those that do not rest; of all that do, the one whose rest ends first.
  std::size_t next(config::TimePoint now);
  // The host refused the key with `status`; it rests for as long as the host asked, or is usual. Returns
  // whether another one may be asked with.
  bool refused(std::size_t key, int status, std::optional<config::Duration> asked, config::TimePoint now);

 private:
  std::size_t keys_;
  std::unique_ptr<std::atomic<std::int64_t>[]> rests_until_;  // ticks of the clock
  std::atomic<std::size_t> turn_{0};
};

// Whether a status is of the key and not of the request: not known, without money, of an account that is
// suspended, at its rate.
constexpr bool is_of_key(int status) {
  return status == 401 || status == 402 || status == 412 || status == 429;
}

}  // namespace providers
