#include "routing/market/first_tokens.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

constexpr double least_seconds = 1e-3;

float over_line(double line_seconds, double seconds) {
  return static_cast<float>(
      std::log(std::max(least_seconds, seconds) / std::max(least_seconds, line_seconds)));
}

void take(FirstTokens::Group& group, float log_time) {
  // Of so many replies e-times as long is no longer remembered.
  constexpr float replies_until_forgotten = 2'000;
  const bool is_first = group.replies <= 0;
  group.replies = std::min(group.replies + 1, FirstTokens::most_remembered);
  const float gain = 1 / group.replies, off = log_time - group.mean;
  group.mean += gain * off;
  group.variance = (1 - gain) * (group.variance + gain * off * off);
  group.longest = is_first ? log_time : std::max(log_time, group.longest - 1 / replies_until_forgotten);
}

}  // namespace

void FirstTokens::observe(Effort effort, double line_seconds, double seconds) {
  take(groups[static_cast<std::size_t>(effort)], over_line(line_seconds, seconds));
}

void FirstTokens::observe_waiting(Effort effort, double line_seconds, double waited) {
  Group& group = groups[static_cast<std::size_t>(effort)];
  const float log_time = over_line(line_seconds, waited);
  // Whoever left before it was late says nothing.
  if (log_time < group.mean) return;
  // It would have come later; where times are log-normal, about so much.
  constexpr float beyond = 0.5f;
  take(group, log_time + beyond);
}

std::optional<double> FirstTokens::latest(Effort effort, double line_seconds) const {
  double replies = 0, sum = 0, squares = 0, longest = 0;
  for (auto i = static_cast<std::size_t>(effort); i < effort_count && replies < enough; ++i) {
    const Group& group = groups[i];
    if (group.replies <= 0) continue;
    longest = replies > 0 ? std::max<double>(longest, group.longest) : group.longest;
    replies += group.replies;
    sum += double{group.replies} * group.mean;
    squares += double{group.replies} * (group.variance + double{group.mean} * group.mean);
  }
  if (replies < enough) return std::nullopt;
  constexpr double z_rare = 3.72;  // of one in ten thousand
  constexpr double least_sd = 0.35;
  const double mean = sum / replies, variance = std::max(0.0, squares / replies - mean * mean);
  // A spread that few showed may be wider.
  const double sd = std::max(least_sd, std::sqrt(variance)) * (1 + 4 / replies);
  const double ln2 = std::log(2.0);
  return std::max(least_seconds, line_seconds) * std::exp(std::max(mean + z_rare * sd, longest + ln2));
}

}  // namespace routing
