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

void take_waiting(FirstTokens::Group& group, float log_time) {
  // Whoever left before it was late says nothing.
  if (log_time < group.mean) return;
  // It would have come later; where times are log-normal, about so much.
  constexpr float beyond = 0.5f;
  group.take(log_time + beyond);
}

// Of a logarithm: what one in ten thousand is beyond, and not less than twice the longest that is remembered.
double rare(double replies, double mean, double variance, double longest) {
  constexpr double z_rare = 3.72;  // of one in ten thousand
  constexpr double least_sd = 0.35;
  // A spread that few showed may be wider.
  const double sd = std::max(least_sd, std::sqrt(std::max(0.0, variance))) * (1 + 4 / replies);
  return std::max(mean + z_rare * sd, longest + std::log(2.0));
}

}  // namespace

void FirstTokens::Group::take(float log_time) {
  // Of so many replies e-times as long is no longer remembered.
  constexpr float replies_until_forgotten = 2'000;
  const bool is_first = replies <= 0;
  replies = std::min(replies + 1, most_remembered);
  const float gain = 1 / replies, off = log_time - mean;
  mean += gain * off;
  variance = (1 - gain) * (variance + gain * off * off);
  longest = is_first ? log_time : std::max(log_time, longest - 1 / replies_until_forgotten);
}

void FirstTokens::observe(Effort effort, double line_seconds, double seconds) {
  groups[static_cast<std::size_t>(effort)].take(over_line(line_seconds, seconds));
}

void FirstTokens::observe_waiting(Effort effort, double line_seconds, double waited) {
  take_waiting(groups[static_cast<std::size_t>(effort)], over_line(line_seconds, waited));
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
  const double mean = sum / replies, variance = squares / replies - mean * mean;
  return std::max(least_seconds, line_seconds) * std::exp(rare(replies, mean, variance, longest));
}

void Heads::observe(double seconds) {
  seen.take(over_line(1, seconds));
}

void Heads::observe_waiting(double waited) {
  take_waiting(seen, over_line(1, waited));
}

std::optional<double> Heads::latest(double line_seconds) const {
  if (seen.replies < FirstTokens::enough) return std::nullopt;
  return line_seconds + std::exp(rare(seen.replies, seen.mean, seen.variance, seen.longest));
}

}  // namespace routing
