#include "gateway/surface/body_values.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace gateway {

using providers::Beyond;
using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Part;
using providers::Text;
using providers::ToolCallPart;
using providers::Turn;
using providers::Weight;

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

bool note_cache_marks(BodyWalk& walk, routing::CacheMarks& marks) {
  if (walk.json.type() != JsonType::object) return walk.json.skip();
  add_marks(routing::CacheMarks::usual, marks);
  return walk.json.object([&](const JsonString& key) {
    if (!key.is("ttl") || walk.json.type() != JsonType::string) return walk.json.skip();
    const auto life = walk.json.string();
    if (life && life->is("1h")) marks = routing::CacheMarks::hour;
    return life.has_value();
  });
}

namespace {

struct HandlingMember {
  std::string_view name;
  Text providers::Handling::*text;
};
constexpr std::array<HandlingMember, 4> handling_members{
    {{"prompt_cache_key", &providers::Handling::cache_key},
     {"prompt_cache_retention", &providers::Handling::cache_retention},
     {"safety_identifier", &providers::Handling::safety_id},
     {"service_tier", &providers::Handling::service_tier}}};
constexpr std::string_view cache_options = "prompt_cache_options";

// A cache that is warmed without an answer is no request that a conversation could be.
bool read_cache_options(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  const std::size_t begin = walk.json.position();
  const bool is_object = walk.json.type() == JsonType::object;
  bool says_more = false;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (!key.is("prewarm")) {
      says_more |= walk.json.type() != JsonType::null;
      return walk.json.skip();
    }
    std::optional<bool> prewarm;
    if (!walk.boolean(at, prewarm)) return false;
    if (prewarm.value_or(false)) add_beyond(conversation, at.text(), Weight::need);
    return true;
  });
  if (is_read && is_object && says_more) {
    conversation.handling.cache_options = body.substr(begin, walk.json.end() - begin);
  }
  return is_read;
}

}  // namespace

bool is_handling(const JsonString& key) {
  return key.is(cache_options) || std::ranges::any_of(handling_members, [&](const HandlingMember& member) {
           return key.is(member.name);
         });
}

bool read_handling(BodyWalk& walk, const JsonString& key, const Path& path, std::string_view body,
                   Conversation& conversation) {
  if (key.is(cache_options)) return read_cache_options(walk, path, body, conversation);
  for (const HandlingMember& member : handling_members) {
    if (key.is(member.name)) return read_text(walk, path, conversation.handling.*member.text);
  }
  return walk.json.skip();
}

void add_beyond(Conversation& conversation, std::string param, Weight weight) {
  constexpr std::size_t most = 32;
  std::vector<Beyond>& beyond = conversation.beyond;
  if (beyond.size() < most) {
    beyond.push_back({std::move(param), weight});
  } else if (weight == Weight::need && std::ranges::find(beyond, weight, &Beyond::weight) == beyond.end()) {
    beyond.back() = {std::move(param), weight};
  }
}

void add_hint(Conversation& conversation, std::string_view param) {
  const auto& known = conversation.beyond;
  if (std::ranges::find(known, param, &Beyond::param) != known.end()) return;
  add_beyond(conversation, std::string(param), Weight::hint);
}

bool read_hint(BodyWalk& walk, const Path& path, const JsonString& key, Conversation& conversation) {
  std::optional<bool> is_wanted;
  if (!walk.boolean(path, is_wanted)) return false;
  if (is_wanted.value_or(false)) add_hint(conversation, key.text());
  return true;
}

bool are_texts(const std::vector<Part>& parts) {
  return std::ranges::all_of(
      parts, [](const Part& part) { return std::holds_alternative<providers::TextPart>(part.what); });
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
