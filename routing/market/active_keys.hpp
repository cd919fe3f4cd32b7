// How many client keys asked lately: what concerns others matters only where there are others. A value.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "config/values/units.hpp"

namespace routing {

class ActiveKeys {
 public:
  static constexpr std::size_t most = 64;  // that are told apart
  static constexpr config::Duration lately = std::chrono::hours(24);

  // `key`: the hash of its name. Returns how many there are, this one included.
  std::size_t note(std::uint64_t key, config::TimePoint now) {
    const auto known = std::ranges::find(all_, key, &Seen::key);
    if (known != all_.end()) {
      known->at = now;
    } else if (all_.size() < most) {
      all_.push_back({.key = key, .at = now});
    }
    if (now - pruned_ >= std::chrono::minutes(1)) {
      std::erase_if(all_, [&](const Seen& each) { return now - each.at > lately; });
      pruned_ = now;
    }
    return all_.size();
  }

 private:
  struct Seen {
    std::uint64_t key = 0;
    config::TimePoint at{};
  };
  std::vector<Seen> all_;
  config::TimePoint pruned_{};
};

}  // namespace routing
