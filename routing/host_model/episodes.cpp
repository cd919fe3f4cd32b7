#include "routing/host_model/episodes.hpp"

#include <algorithm>

namespace routing {

Episodes::Episodes(const config::Recurrence& settings, std::uint64_t seed)
    : settings_(settings), draws_(seed) {
  if (settings_.mean_between) draw_next();
}

bool Episodes::under_way(config::Seconds elapsed) {
  const bool scheduled = std::any_of(settings_.scheduled.begin(), settings_.scheduled.end(),
                                     [elapsed](const config::Recurrence::Window& window) {
                                       return elapsed >= window.at && elapsed < window.at + window.length;
                                     });
  if (!settings_.mean_between) return scheduled;
  while (elapsed >= end_) draw_next();
  return scheduled || elapsed >= begin_;
}

void Episodes::draw_next() {
  enum : std::uint64_t { gap, length };
  begin_ = end_ + *settings_.mean_between * draws_.exponential(number_, gap);
  // At least a microsecond, so that time gets on whatever the settings say.
  end_ =
      begin_ + std::max(settings_.mean_length * draws_.exponential(number_, length), config::Seconds{1e-6});
  ++number_;
}

}  // namespace routing
