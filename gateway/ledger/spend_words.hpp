// The words that spending is summed by, and moments as they are called then. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

enum class SpendWord { team, key, user, tag, model, endpoint, provider, policy, hour, day, week, month };
inline constexpr std::array<std::string_view, 12> spend_words{
    "team", "key", "user", "tag", "model", "endpoint", "provider", "policy", "hour", "day", "week", "month"};
inline constexpr std::size_t spend_names = 8;  // the first of them; behind them stand times

inline bool is_time(SpendWord word) {
  return static_cast<std::size_t>(word) >= spend_names;
}

inline std::string_view text_of(SpendWord word) {
  return spend_words[static_cast<std::size_t>(word)];
}

// Throws std::runtime_error where there is no such word.
SpendWord spend_word_of(std::string_view text);
// Whose names they are in the ledger; nothing of those that only single entries have.
std::optional<Whose> kind_of(SpendWord word);

// The number of an hour or day since 1970 (UTC) for the number of the time that it lies in, and what that is
// called: the day itself, the Monday of its week, a month since year 0.
std::int64_t time_of(SpendWord word, std::int64_t hour_or_day);
std::string time_text(SpendWord word, std::int64_t time);
std::string date_of(std::int64_t day);

}  // namespace gateway
