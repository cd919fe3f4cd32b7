#include "providers/dialects/anthropic_elsewhere/framed_event.hpp"

#include <algorithm>
#include <cstdint>

#include "providers/dialect/told_count.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {
namespace {

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) out += static_cast<char>(bits >> (held -= 8) & 0xff);
  }
  return out;
}

}  // namespace

std::optional<std::string> event_in_frame(const EventFrame& frame, JsonTokens& tokens) {
  JsonString bytes;
  JsonWalk walk(tokens, frame.payload);
  const bool is_read =
      walk.ok() && walk.type() == JsonType::object && walk.object([&](const JsonString& key) {
        return key.is("bytes") ? take_text(walk, bytes) : walk.skip();
      });
  auto event = is_read ? decoded(bytes.text()) : std::nullopt;
  // JSON has no line's end that is not written as an escape, but for white space.
  if (event)
    std::ranges::replace_if(
        *event, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return event;
}

}  // namespace providers
