#include "providers/dialects/anthropic_elsewhere/framed_event.hpp"

#include <algorithm>

#include "providers/dialect/base64.hpp"
#include "providers/dialect/told_count.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

std::optional<std::string> event_in_frame(const EventFrame& frame, JsonTokens& tokens) {
  JsonString bytes;
  JsonWalk walk(tokens, frame.payload);
  const bool is_read =
      walk.ok() && walk.type() == JsonType::object && walk.object([&](const JsonString& key) {
        return key.is("bytes") ? take_text(walk, bytes) : walk.skip();
      });
  auto event = is_read ? from_base64(bytes.text()) : std::nullopt;
  // JSON has no line's end that is not written as an escape, but for white space.
  if (event)
    std::ranges::replace_if(
        *event, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return event;
}

}  // namespace providers
