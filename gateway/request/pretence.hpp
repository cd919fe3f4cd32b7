// As whom, and when, a call that is only explained is to be seen: as another key, as one of a team, at
// another hour. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/values/settings.hpp"

namespace gateway {

struct Pretence {
  const config::KeySettings* key = nullptr;  // of the settings; null: as the one who asks
  std::optional<config::WallTime> wall{};
};

// `key` and `team` are names, `at` is a moment in UTC: "2026-11-28T03:00", or "03:00" of the day of `now`.
// Empty ones say nothing. Else what is wrong, as a sentence.
std::variant<Pretence, std::string> pretence(std::string_view key, std::string_view team, std::string_view at,
                                             const config::Settings& settings, config::WallTime now);

}  // namespace gateway
