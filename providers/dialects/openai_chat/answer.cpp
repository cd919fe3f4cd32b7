#include "providers/dialects/openai_chat/answer.hpp"

#include <functional>

namespace providers {
namespace {

using Kind = AnswerEvent::Kind;

// No answer has more; some hosts count wrongly.
constexpr std::size_t most_calls = 256;

bool take_text(JsonWalk& walk, Text& text) {
  if (walk.type() != JsonType::string) return walk.skip();
  const auto found = walk.string();
  if (found) text = *found;
  return found.has_value();
}

EndReason end_reason_of(std::string_view reason) {
  if (reason == "length") return EndReason::length;
  if (reason == "tool_calls" || reason == "function_call") return EndReason::tool_calls;
  return reason == "content_filter" ? EndReason::content_filter : EndReason::stop;
}

}  // namespace

void OpenAiChatAnswer::tell(std::string_view data, JsonTokens& tokens, const PassedContent& content,
                            const ReportedUsage& usage, AnswerSink& sink) {
  if (!has_begun_) begin(data, tokens, sink);
  found_.clear();
  if (content.any()) {
    has_thinking_ = false;
    JsonWalk walk(tokens, data);
    walk.object([&](const JsonString& key) {
      if (!key.is("choices") || walk.type() != JsonType::array) return walk.skip();
      return walk.array([&] { return choice(walk); });
    });
    // Thought comes first, also in a whole reply that tells it last.
    for (const AnswerEvent& event : found_) {
      if (event.kind == Kind::thinking) sink.take(event);
    }
    for (const AnswerEvent& event : found_) {
      if (event.kind != Kind::thinking) sink.take(event);
    }
  }
  // Once, for hosts that end in every chunk.
  if (!content.finish_reason.empty() && !has_ended_) {
    has_ended_ = true;
    sink.take({.kind = Kind::end,
               .name = {content.finish_reason, true},
               .reason = end_reason_of(content.finish_reason)});
  }
  if (usage.usage) sink.take({.kind = Kind::usage, .usage = *usage.usage, .usage_is_odd = usage.anomaly});
}

void OpenAiChatAnswer::begin(std::string_view data, JsonTokens& tokens, AnswerSink& sink) {
  has_begun_ = true;
  AnswerEvent event{.kind = Kind::begin};
  JsonWalk walk(tokens, data);
  walk.object([&](const JsonString& key) {
    if (key.is("id")) return take_text(walk, event.id);
    if (key.is("model")) return take_text(walk, event.name);
    return walk.skip();
  });
  sink.take(event);
}

// Only of the first one: no more are asked for.
bool OpenAiChatAnswer::choice(JsonWalk& walk) {
  if (walk.type() != JsonType::object) return walk.skip();
  return walk.object([&](const JsonString& key) {
    const bool is_message = (key.is("delta") || key.is("message")) && walk.type() == JsonType::object;
    return is_message ? message(walk) : walk.skip();
  });
}

bool OpenAiChatAnswer::message(JsonWalk& walk) {
  return walk.object([&](const JsonString& key) {
    if (key.is("content")) return content(walk);
    if (key.is("refusal")) return piece(walk, Kind::refusal);
    if (key.is("reasoning_content") || key.is("reasoning")) return thinking(walk);
    if (key.is("tool_calls") && walk.type() == JsonType::array) return tool_calls(walk);
    return walk.skip();
  });
}

// A text, or Mistral's array of texts and thoughts.
bool OpenAiChatAnswer::content(JsonWalk& walk) {
  if (walk.type() != JsonType::array) return piece(walk, Kind::text);
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (key.is("text")) return piece(walk, Kind::text);
      if (!key.is("thinking")) return walk.skip();
      if (walk.type() != JsonType::array) return piece(walk, Kind::thinking);
      return walk.array([&] {
        if (walk.type() != JsonType::object) return walk.skip();
        return walk.object([&](const JsonString& inner) {
          return inner.is("text") ? piece(walk, Kind::thinking) : walk.skip();
        });
      });
    });
  });
}

bool OpenAiChatAnswer::piece(JsonWalk& walk, Kind kind) {
  Text text;
  if (!take_text(walk, text)) return false;
  if (!text.raw.empty()) found_.push_back({.kind = kind, .text = text});
  return true;
}

// Some hosts tell it twice, under both names.
bool OpenAiChatAnswer::thinking(JsonWalk& walk) {
  if (has_thinking_ || walk.type() != JsonType::string) return walk.skip();
  const std::size_t before = found_.size();
  if (!piece(walk, Kind::thinking)) return false;
  has_thinking_ = found_.size() > before;
  return true;
}

bool OpenAiChatAnswer::tool_calls(JsonWalk& walk) {
  std::size_t place = 0;
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    CallPiece found;
    const bool read = walk.object([&](const JsonString& key) {
      if (key.is("id")) return take_text(walk, found.id);
      if (key.is("index") && walk.type() == JsonType::number) {
        const auto number = walk.number();
        if (number) found.index = number->integer();
        return number.has_value();
      }
      if (!key.is("function") || walk.type() != JsonType::object) return walk.skip();
      return walk.object([&](const JsonString& inner) {
        if (inner.is("name")) return take_text(walk, found.name);
        return inner.is("arguments") ? take_text(walk, found.arguments) : walk.skip();
      });
    });
    if (read) take(found, place++);
    return read;
  });
}

// Hosts begin to count at 0, at 1, or call every call the first one: an id that is new is a call that is new.
void OpenAiChatAnswer::take(const CallPiece& piece, std::size_t place) {
  const std::int64_t host_index = piece.index.value_or(static_cast<std::int64_t>(place));
  const std::size_t id_hash = piece.id.raw.empty() ? 0 : std::hash<std::string_view>()(piece.id.raw);
  std::size_t at = calls_.size();
  while (at > 0 && calls_[at - 1].host_index != host_index) --at;
  const bool is_new = at == 0 || (id_hash != 0 && calls_[at - 1].id_hash != id_hash);
  if (is_new) {
    if (calls_.size() == most_calls) return;
    calls_.push_back({host_index, id_hash});
    at = calls_.size();
    found_.push_back({.kind = Kind::tool_call, .index = at - 1, .id = piece.id, .name = piece.name});
  }
  if (!piece.arguments.raw.empty()) {
    found_.push_back({.kind = Kind::arguments, .index = at - 1, .text = piece.arguments});
  }
}

}  // namespace providers
