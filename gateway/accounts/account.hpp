// What one of those who may spend has used in each window that it has a limit for, and what is set aside for
// its requests under way. Belongs to the books, and is touched under their lock alone.
#pragma once

#include <limits>
#include <string>
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
};

struct Account {
  Scope scope{};
  std::string name{};
  std::vector<Meter> meters{};
  std::int64_t most_concurrent = std::numeric_limits<std::int64_t>::max();
  std::int64_t tokens_per_request = std::numeric_limits<std::int64_t>::max();
  Amounts open{};  // `requests` are those under way
  std::size_t in_line = 0;
  std::uint64_t blocked_in =
      0;  // the pass over the line in which somebody earlier had to go on waiting for it

  bool has_limits() const {
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    return !meters.empty() || most_concurrent != none || tokens_per_request != none;
  }
  bool bounds_money() const {
    for (const Meter& meter : meters) {
      if (meter.measure == config::Measure::dollars) return true;
    }
    return false;
  }
};

}  // namespace gateway
