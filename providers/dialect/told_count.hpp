// A count of tokens as a host tells it: money, and so distrusted. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "providers/json/json_walk.hpp"

namespace providers {

// Consumes the value. What could be no count leaves `value` as it is and is noted as odd.
inline bool take_count(JsonWalk& walk, std::optional<std::int64_t>& value, bool& is_odd) {
  // No context is near to it; beyond it is an error of the host's.
  constexpr std::int64_t most_tokens = 100'000'000;
  if (walk.type() != JsonType::number) {
    is_odd |= walk.type() != JsonType::null;
    return walk.skip();
  }
  const auto number = walk.number();
  if (!number) return false;
  const auto found = number->integer();
  if (found && *found >= 0 && *found <= most_tokens) {
    value = found;
  } else {
    is_odd = true;
  }
  return true;
}

// Takes a text; what is of another type is as if it were not there.
inline bool take_text(JsonWalk& walk, JsonString& text) {
  if (walk.type() != JsonType::string) return walk.skip();
  const auto found = walk.string();
  if (found) text = *found;
  return found.has_value();
}

// Consumes the value and says where it stands in `text`.
inline bool take_range(JsonWalk& walk, std::string_view text, std::string_view& value) {
  const std::size_t begin = walk.position();
  if (!walk.skip()) return false;
  value = text.substr(begin, walk.end() - begin);
  return true;
}

// Consumes the value. Of an array that is not empty, where it stands in `text`.
inline bool take_array(JsonWalk& walk, std::string_view text, std::string_view& array) {
  if (walk.type() != JsonType::array) return walk.skip();
  bool is_empty = true;
  const std::size_t begin = walk.position();
  if (!walk.array([&] { return is_empty = false, walk.skip(); })) return false;
  if (!is_empty) array = text.substr(begin, walk.end() - begin);
  return true;
}

}  // namespace providers
