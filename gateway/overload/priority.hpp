// How urgent a request is: as it says itself, or as its key's setting has it, which no request goes beyond.
// Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

// Nothing: it is no priority.
inline std::optional<config::Priority> priority_named(std::string_view word) {
  const auto found = std::ranges::find(config::priority_names, word);
  if (found == config::priority_names.end()) return std::nullopt;
  return static_cast<config::Priority>(found - config::priority_names.begin());
}

// `wanted`: what the request says.
inline config::Priority priority_of(const config::KeySettings* key, std::optional<config::Priority> wanted) {
  const std::optional<config::Priority> most = key ? key->priority : std::nullopt;
  if (!wanted) return most.value_or(config::Priority::normal);
  return most ? std::max(*most, *wanted) : *wanted;
}

}  // namespace gateway
