#include "providers/host/rate_limits_of.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "config/values/timestamp.hpp"
#include "providers/host/spoken_time.hpp"

namespace providers {
namespace {

constexpr std::array<std::string_view, 2> families{"x-ratelimit-", "anthropic-ratelimit-"};
constexpr config::Seconds longest{86'400.0 * 31};

// The field's name without its family, in lower case; empty for every other field.
std::string_view subject(std::string_view name, std::array<char, 64>& buffer) {
  if (name.empty() || name.size() > buffer.size()) return {};
  const char first = name.front();
  if (first != 'x' && first != 'X' && first != 'a' && first != 'A') return {};
  std::ranges::transform(name, buffer.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const std::string_view lower(buffer.data(), name.size());
  for (const std::string_view family : families) {
    if (lower.starts_with(family)) return lower.substr(family.size());
  }
  return {};
}

// What is said of one limit under one spelling: "limit-requests" or "requests-limit", "-day" and the like
// behind.
struct Said {
  std::optional<double> limit{}, remaining{};
  std::optional<config::Seconds> resets_in{};
};

constexpr std::array<std::string_view, 3> parts{"limit", "remaining", "reset"};
constexpr std::array<std::string_view, 4> ends{"", "-minute", "-hour", "-day"};

std::optional<config::Seconds> reset_of(std::string_view text, config::WallTime now) {
  if (const auto moment = config::parse_timestamp(text)) return config::Seconds(*moment - now);
  const auto number = plain_number(text);
  const double since_1970 = config::Seconds(now.time_since_epoch()).count();
  if (number && *number > 1e11) return config::Seconds(*number / 1e3 - since_1970);
  if (number && *number > 1e9) return config::Seconds(*number - since_1970);
  return spoken_time(text);
}

void take(Said& said, std::size_t part, std::string_view value, config::WallTime now) {
  if (part == 0) said.limit = plain_number(value);
  if (part == 1) said.remaining = plain_number(value);
  if (part == 2) said.resets_in = reset_of(value, now);
}

// One of a family's words for requests or tokens, as `name` spells it; nothing for another name.
struct Place {
  std::size_t part, end;
};
std::optional<Place> place_of(std::string_view name, std::string_view what) {
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (std::size_t end = 0; end < ends.size(); ++end) {
      const std::string_view word = parts[part], last = ends[end];
      const bool has_length = name.size() == word.size() + 1 + what.size() + last.size();
      if (!has_length || !name.ends_with(last)) continue;
      const std::string_view middle = name.substr(0, name.size() - last.size());
      const bool is_before = middle.starts_with(word) && middle.ends_with(what);
      const bool is_behind = middle.starts_with(what) && middle.ends_with(word);
      if (is_before || is_behind) return Place{part, end};
    }
  }
  return std::nullopt;
}

std::optional<RateLimit> tightest(const std::array<Said, ends.size()>& all) {
  std::optional<RateLimit> least;
  double least_share = 2;
  for (const Said& said : all) {
    if (!said.limit || !said.remaining || !said.resets_in) continue;
    if (*said.limit < 1 || *said.limit > 1e15 || *said.resets_in <= config::Seconds(0)) continue;
    const double share = std::clamp(*said.remaining / *said.limit, 0.0, 1.0);
    if (share >= least_share) continue;
    least_share = share;
    const auto limit = static_cast<std::int64_t>(*said.limit);
    least = RateLimit{
        .limit = limit,
        .remaining = std::clamp<std::int64_t>(
            static_cast<std::int64_t>(std::min(*said.remaining, *said.limit)), 0, limit),
        .resets_in = std::chrono::duration_cast<config::Duration>(std::min(*said.resets_in, longest))};
  }
  return least;
}

}  // namespace

RateLimits rate_limits_of(const Fields& fields, config::WallTime now) {
  std::array<Said, ends.size()> requests{}, tokens{};
  std::array<char, 64> buffer;
  for (const Field& field : fields) {
    const std::string_view name = subject(field.name, buffer);
    if (name.empty()) continue;
    if (const auto at = place_of(name, "requests")) take(requests[at->end], at->part, field.value, now);
    if (const auto at = place_of(name, "tokens")) take(tokens[at->end], at->part, field.value, now);
  }
  return {.requests = tightest(requests), .tokens = tightest(tokens)};
}

}  // namespace providers
