#include "gateway/metrics/busiest.hpp"

#include <algorithm>
#include <chrono>

namespace gateway {

bool Busiest::look(config::TimePoint now) {
  if (named_ == attempts_.size() || now < next_look_) return false;
  next_look_ = now + std::chrono::minutes(5);
  std::vector<std::size_t> named, others;
  for (std::size_t i = 0; i < attempts_.size(); ++i) (has_name_[i] ? named : others).push_back(i);
  std::ranges::sort(named, std::less(), [&](std::size_t i) { return attempts_[i]; });
  std::ranges::sort(others, std::greater(), [&](std::size_t i) { return attempts_[i]; });
  bool has_changed = false;
  for (std::size_t i = 0; i < std::min(named.size(), others.size()); ++i) {
    if (attempts_[others[i]] == 0 || attempts_[others[i]] < 2 * attempts_[named[i]]) break;
    has_name_[named[i]] = false;
    has_name_[others[i]] = has_changed = true;
  }
  for (std::uint64_t& count : attempts_) count /= 2;
  return has_changed;
}

}  // namespace gateway
