#include "providers/dialects/openai_chat/chat_events.hpp"

#include <utility>

#include "providers/dialects/openai_chat/chat_reader.hpp"
#include "providers/reports/plain_message.hpp"

namespace providers {
namespace {

bool is_done(std::string_view data) {
  while (data.ends_with(' ')) data.remove_suffix(1);
  return data == "[DONE]";
}

}  // namespace

PassedEvent classify(const SseEvent& event, JsonTokens& tokens) {
  PassedEvent result;
  if (event.data.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    result.kind = PassedEvent::Kind::empty;
    return result;
  }
  if (is_done(event.data)) {
    result.kind = PassedEvent::Kind::done;
    return result;
  }
  JsonWalk walk(tokens, event.data, JsonWalk::Depth::any);
  ChatReader reader(walk);
  const bool read = reader.read();
  const bool named_error = event.name == "error";
  if (named_error && !read) {
    result.kind = PassedEvent::Kind::error;
    result.error.emplace().message = plain_message(event.data.substr(0, 8 * 1024), tokens);
    return result;
  }
  if (!read) return result;
  result.content = reader.content;
  result.usage = reader.usage;
  result.usage_value = reader.usage_value;
  result.names = reader.names;
  result.fingerprint = reader.fingerprint;
  result.error = std::move(reader.error);
  if (named_error && !result.error) result.error = reader.take_flat_error();
  if (result.error) result.error->message = plain_message(result.error->message, tokens);
  result.kind = result.error ? PassedEvent::Kind::error : PassedEvent::Kind::delta;
  return result;
}

PassedReply classify_whole(std::string_view body, JsonTokens& tokens) {
  PassedReply result;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  ChatReader reader(walk);
  if (reader.read()) {
    result.content = reader.content;
    result.usage = reader.usage;
    result.usage_value = reader.usage_value;
    result.names = reader.names;
    result.fingerprint = reader.fingerprint;
    result.error = std::move(reader.error);
    if (result.error) result.error->message = plain_message(result.error->message, tokens);
    const bool answers = result.content.any() || !result.content.finish_reason.empty();
    result.kind = result.error ? PassedReply::Kind::error
                  : answers    ? PassedReply::Kind::answer
                               : PassedReply::Kind::empty;
  }
  tokens.shrink();
  return result;
}

std::optional<JsonString> text_of_delta(std::string_view data, JsonTokens& tokens) {
  std::optional<JsonString> text;
  std::size_t choices = 0;
  JsonWalk walk(tokens, data);
  const auto delta = [&](const JsonString& key) {
    if (!key.is("content") || walk.type() != JsonType::string) return walk.skip();
    text = walk.string();
    return text.has_value();
  };
  const auto choice = [&](const JsonString& key) {
    const bool is_delta = key.is("delta") && walk.type() == JsonType::object;
    return is_delta ? walk.object(delta) : walk.skip();
  };
  walk.object([&](const JsonString& key) {
    if (!key.is("choices") || walk.type() != JsonType::array) return walk.skip();
    return walk.array([&] {
      ++choices;
      return walk.type() == JsonType::object ? walk.object(choice) : walk.skip();
    });
  });
  return choices == 1 ? text : std::nullopt;
}

}  // namespace providers
