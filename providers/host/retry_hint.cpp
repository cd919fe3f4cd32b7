#include "providers/host/retry_hint.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "providers/host/spoken_time.hpp"

namespace providers {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration longest_wait = 60s;

config::Duration bounded(config::Seconds wait) {
  const auto longest = std::chrono::duration_cast<config::Seconds>(longest_wait);
  return std::chrono::duration_cast<config::Duration>(std::clamp(wait, config::Seconds(0), longest));
}

std::optional<int> digits(std::string_view text) {
  const auto value = decimal(text);
  if (!value || *value > 9'999) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<unsigned> month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin()) + 1;
}

// Lower case, so that it can be compared; empty when it is longer than any that is looked for.
class LowerName {
 public:
  explicit LowerName(std::string_view name) {
    if (name.size() > text_.size()) return;
    size_ = name.size();
    std::transform(name.begin(), name.end(), text_.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 64> text_{};
  std::size_t size_ = 0;
};

// Hosts spell it x-ratelimit-remaining-tokens, x-ratelimit-remaining-tokens-minute, x-ratelimit-remaining,
// x-tokenlimit-remaining, anthropic-ratelimit-tokens-remaining: all of them name a family and say
// "remaining".
bool is_remaining(std::string_view name) {
  const bool is_family = name.starts_with("x-ratelimit-") || name.starts_with("x-tokenlimit-") ||
                         name.starts_with("anthropic-ratelimit-");
  return is_family && name.find("remaining") != std::string_view::npos;
}

// Whether `limit` is the field that gives the limit to `remaining`: the same name with the word exchanged.
bool is_limit_of(std::string_view limit, std::string_view remaining) {
  constexpr std::string_view left = "remaining";
  constexpr std::string_view all = "limit";
  const std::size_t at = remaining.find(left);
  return limit.size() + left.size() == remaining.size() + all.size() &&
         limit.substr(0, at) == remaining.substr(0, at) && limit.substr(at, all.size()) == all &&
         limit.substr(at + all.size()) == remaining.substr(at + left.size());
}

std::optional<double> limit_of(const Fields& fields, std::string_view remaining) {
  for (const Field& field : fields) {
    if (is_limit_of(LowerName(field.name).text(), remaining)) return plain_number(field.value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<config::WallTime> http_date(std::string_view text) {
  if (text.size() != 29 || text[3] != ',' || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
      text[19] != ':' || text[22] != ':' || !text.ends_with(" GMT")) {
    return std::nullopt;
  }
  const auto day = digits(text.substr(5, 2));
  const auto month = month_of(text.substr(8, 3));
  const auto year = digits(text.substr(12, 4));
  const auto hour = digits(text.substr(17, 2));
  const auto minute = digits(text.substr(20, 2));
  const auto second = digits(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  const bool in_range = *year >= 1970 && *year < 2200 && *hour < 24 && *minute < 60 && *second <= 60;
  if (!date.ok() || !in_range) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::optional<config::Duration> retry_hint_in(std::string_view body) {
  constexpr std::array<std::string_view, 5> openings = {"try again in ", "retry in ", "retry after ",
                                                        "try again after ", "retrydelay"};
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  std::size_t first = std::string_view::npos;
  for (const std::string_view opening : openings) {
    const auto found =
        std::search(body.begin(), body.end(), opening.begin(), opening.end(),
                    [&](char of_body, char of_opening) { return lower(of_body) == of_opening; });
    if (found == body.end()) continue;
    first = std::min(first, static_cast<std::size_t>(found - body.begin()) + opening.size());
  }
  if (first == std::string_view::npos) return std::nullopt;
  std::string_view rest = body.substr(first);
  // Between a member's name and the time in its value.
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("\": \\")));
  const auto spoken = spoken_time(rest);
  return spoken ? std::optional(bounded(*spoken)) : std::nullopt;
}

std::optional<config::Duration> retry_after(const Fields& fields, config::WallTime now) {
  if (const auto field = fields.find("retry-after-ms")) {
    if (const auto value = plain_number(*field)) return bounded(config::Seconds(*value / 1'000));
  }
  const auto field = fields.find("retry-after");
  if (!field) return std::nullopt;
  if (const auto value = plain_number(*field)) return bounded(config::Seconds(*value));
  if (const auto date = http_date(*field)) return bounded(*date - now);
  return std::nullopt;
}

std::optional<double> headroom(const Fields& fields) {
  std::optional<double> least;
  for (const Field& field : fields) {
    const char first = field.name.front();
    if (first != 'x' && first != 'X' && first != 'a' && first != 'A') continue;
    const LowerName name(field.name);
    if (!is_remaining(name.text())) continue;
    const auto remaining = plain_number(field.value);
    const auto limit = limit_of(fields, name.text());
    if (!remaining || !limit || *limit <= 0) continue;
    const double share = std::clamp(*remaining / *limit, 0.0, 1.0);
    least = std::min(least.value_or(1), share);
  }
  return least;
}

}  // namespace providers
