// Values of a host's reply, as far as its editors look at them.
#pragma once

#include <string>
#include <string_view>

#include "gateway/surface/json_edits.hpp"

namespace gateway {

// Of a stream, or of a reply that comes whole.
enum class ReplyShape { chunk, whole };

// Consumes the value. Raw; empty where it is no string.
inline std::string_view text_or_nothing(providers::JsonWalk& walk) {
  if (walk.type() != providers::JsonType::string) return walk.skip(), std::string_view();
  const auto text = walk.string();
  return text ? text->raw : std::string_view();
}

// Consumes the value: whether it is of the only kind that clients take there.
inline Member only(providers::JsonWalk& walk, providers::JsonType type) {
  const bool is_right = walk.type() == type;
  walk.skip();
  return is_right ? Member::stays : Member::goes;
}

// Consumes the value.
inline Member unless_null(providers::JsonWalk& walk) {
  const bool is_null = walk.type() == providers::JsonType::null;
  walk.skip();
  return is_null ? Member::goes : Member::stays;
}

inline std::string raw_in_quotes(std::string_view raw) {
  return std::string("\"").append(raw).append("\"");
}

}  // namespace gateway
