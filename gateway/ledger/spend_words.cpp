#include "gateway/ledger/spend_words.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "config/values/timestamp.hpp"
#include "gateway/ledger/ledger_times.hpp"

namespace gateway {

SpendWord spend_word_of(std::string_view text) {
  const auto found = std::ranges::find(spend_words, text);
  if (found == spend_words.end())
    throw std::runtime_error("`" + std::string(text) +
                             "` is nothing to sum by; allowed are team, key, user, tag, model, endpoint, "
                             "provider, policy, hour, day, week and month");
  return static_cast<SpendWord>(found - spend_words.begin());
}

std::optional<Whose> kind_of(SpendWord word) {
  switch (word) {
    case SpendWord::team:
      return Whose::team;
    case SpendWord::key:
      return Whose::key;
    case SpendWord::user:
      return Whose::user;
    case SpendWord::tag:
      return Whose::tag;
    case SpendWord::model:
      return Whose::model;
    case SpendWord::endpoint:
      return Whose::endpoint;
    default:
      return std::nullopt;
  }
}

std::int64_t time_of(SpendWord word, std::int64_t hour_or_day) {
  if (word == SpendWord::week) return floor_to(hour_or_day + 3, 7) - 3;  // 1970 began on a Thursday
  if (word != SpendWord::month) return hour_or_day;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(hour_or_day))};
  return static_cast<int>(date.year()) * 12 + static_cast<std::int64_t>(unsigned(date.month())) - 1;
}

std::string date_of(std::int64_t day) {
  return config::day_text(std::chrono::sys_days(std::chrono::days(day)));
}

std::string time_text(SpendWord word, std::int64_t time) {
  std::array<char, 32> text{};
  if (word == SpendWord::month) {
    std::snprintf(text.data(), text.size(), "%04d-%02d", static_cast<int>(time / 12),
                  static_cast<int>(time % 12 + 1));
    return text.data();
  }
  if (word != SpendWord::hour) return date_of(time);
  std::snprintf(text.data(), text.size(), "T%02d:00Z", static_cast<int>(time - floor_to(time, 24)));
  return date_of(floor_to(time, 24) / 24) + text.data();
}

}  // namespace gateway
