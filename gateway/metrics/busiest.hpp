// Which endpoints have series of their own: all while there are few, else the ones with the most attempts
// lately; the others are counted as one. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/values/units.hpp"

namespace gateway {

class Busiest {
 public:
  static constexpr std::size_t most = 200;

  explicit Busiest(std::size_t endpoints = 0)
      : attempts_(endpoints), has_name_(endpoints, endpoints <= most) {
    if (endpoints <= most) named_ = endpoints;
  }

  // Counts an attempt there; whoever comes while there is room gets a name.
  void count(std::size_t endpoint) {
    ++attempts_[endpoint];
    if (has_name_[endpoint] || named_ >= most) return;
    has_name_[endpoint] = true;
    ++named_;
  }
  bool has_name(std::size_t endpoint) const { return has_name_[endpoint]; }
  // Every few minutes: gives the names of the idlest to those who are at least twice as busy. Returns whether
  // any changed hands.
  bool look(config::TimePoint now);

 private:
  std::vector<std::uint64_t> attempts_;  // halved at each look
  std::vector<bool> has_name_;
  std::size_t named_ = 0;
  config::TimePoint next_look_{};
};

}  // namespace gateway
