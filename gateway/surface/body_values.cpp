#include "gateway/surface/body_values.hpp"

namespace gateway {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Part;
using providers::Text;
using providers::ToolCallPart;
using providers::Turn;

namespace {

bool is_object(std::string_view text, providers::JsonTokens& tokens) {
  providers::JsonWalk walk(tokens, text);
  return walk.ok() && walk.type() == JsonType::object && walk.skip() && walk.finish();
}

}  // namespace

bool read_text(BodyWalk& walk, const Path& path, Text& text) {
  if (walk.json.type() == JsonType::null) return walk.json.null();
  if (walk.json.type() != JsonType::string) return walk.wrong_type(path, "a string");
  const auto found = walk.json.string();
  if (found) text = *found;
  return found.has_value();
}

bool read_object(BodyWalk& walk, const Path& path, std::string_view body, std::string_view& json) {
  if (walk.json.type() == JsonType::null) return walk.json.null();
  if (walk.json.type() != JsonType::object) return walk.wrong_type(path, "an object");
  const std::size_t begin = walk.json.position();
  if (!walk.json.skip()) return false;
  json = body.substr(begin, walk.json.end() - begin);
  return true;
}

bool read_number(BodyWalk& walk, const Path& path, std::optional<providers::JsonNumber>& value) {
  if (walk.json.type() == JsonType::null) return walk.json.null();
  if (walk.json.type() != JsonType::number) return walk.wrong_type(path, "a number");
  value = walk.json.number();
  return value.has_value();
}

bool read_cache_control(BodyWalk& walk, const Path& path, std::optional<providers::CacheLife>& cache) {
  const bool is_said = walk.json.type() == JsonType::object;
  Text life;
  const bool read = walk.object(path, [&](const JsonString& key, const Path& at) {
    return key.is("ttl") ? read_text(walk, at, life) : walk.json.skip();
  });
  if (is_said) cache = life.is("1h") ? providers::CacheLife::hour : providers::CacheLife::five_minutes;
  return read;
}

void check_arguments(Conversation& conversation, providers::JsonTokens& tokens) {
  for (Turn& turn : conversation.turns) {
    for (Part& part : turn.parts) {
      auto* call = std::get_if<ToolCallPart>(&part.what);
      if (!call) continue;
      // Many models say nothing for nothing.
      if (call->arguments.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        call->arguments = "{}";
      } else {
        call->is_broken = !is_object(call->arguments, tokens);
      }
    }
  }
}

}  // namespace gateway
