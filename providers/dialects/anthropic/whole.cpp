#include "providers/dialects/anthropic/whole.hpp"

#include "providers/dialect/told_count.hpp"
#include "providers/dialects/anthropic/answer.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/shown.hpp"

namespace providers {
namespace {

struct Message {
  Text id;
  Text model;
  ByteRange model_value;
  ByteRange usage_value;
  Text stop_reason;
  Text stop_sequence;
  std::string_view content;  // an array; empty: none
  AnthropicUsage usage;
  std::optional<ReportedError> error{};
};

// All of it is validated; the content is read after what it depends on.
std::optional<Message> read_message(std::string_view body, JsonTokens& tokens) {
  JsonWalk walk(tokens, body);
  Message message;
  if (!walk.ok() || walk.type() != JsonType::object) return std::nullopt;
  const bool read = walk.object([&](const JsonString& key) {
    if (key.is("id")) return take_text(walk, message.id);
    if (key.is("model")) {
      const std::size_t begin = walk.position();
      if (!take_text(walk, message.model)) return false;
      message.model_value = {begin, walk.end()};
      return true;
    }
    if (key.is("stop_reason")) return take_text(walk, message.stop_reason);
    if (key.is("stop_sequence")) return take_text(walk, message.stop_sequence);
    if (key.is("usage")) {
      const std::size_t begin = walk.position();
      const bool is_object = walk.type() == JsonType::object;
      if (!message.usage.read(walk)) return false;
      if (is_object) message.usage_value = {begin, walk.end()};
      return true;
    }
    if (key.is("error") && walk.type() != JsonType::null) {
      message.error = read_anthropic_error_value(walk);
      return walk.ok();
    }
    if (!key.is("content") || walk.type() != JsonType::array) return walk.skip();
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    message.content = body.substr(begin, walk.end() - begin);
    return true;
  });
  if (!read || !walk.finish()) return std::nullopt;
  return message;
}

void tell_content(std::string_view content, JsonTokens& tokens, AnthropicAnswer& answer, AnswerSink& sink) {
  JsonWalk walk(tokens, content);
  walk.array([&] {
    const auto block = read_anthropic_block(walk, content);
    if (block) answer.block(*block, sink);
    return walk.ok();
  });
  answer.block_ended(sink);
}

}  // namespace

Reading read_anthropic_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink) {
  const auto message = read_message(body, tokens);
  if (!message) return Reading::bad;
  AnthropicAnswer answer;
  if (message->error) {
    answer.fail(*message->error, sink);
    return Reading::failed;
  }
  answer.begin(message->id, message->model, sink);
  if (!message->content.empty()) tell_content(message->content, tokens, answer, sink);
  if (!message->stop_reason.raw.empty()) answer.end(message->stop_reason, message->stop_sequence, sink);
  answer.all_has_come(sink);
  answer.usage(message->usage, sink);
  return Reading::ended;
}

PassedReply pass_anthropic_whole(std::string_view body, JsonTokens& tokens) {
  PassedReply reply;
  auto message = read_message(body, tokens);
  if (!message) return reply;
  if (message->error) {
    reply.error = *std::move(message->error);
    reply.kind = PassedReply::Kind::error;
    return reply;
  }
  if (!message->content.empty()) {
    JsonWalk walk(tokens, message->content);
    walk.array([&] {
      const auto block = read_anthropic_block(walk, message->content);
      if (block) show_block(*block, reply.content);
      return walk.ok();
    });
  }
  show_end(message->stop_reason, reply.content);
  if (message->usage.is_known()) {
    reply.usage = {.usage = message->usage.usage(), .anomaly = message->usage.is_odd()};
    reply.usage_value = message->usage_value;
  }
  reply.names.model = message->model_value;
  reply.kind = reply.content.decisive() ? PassedReply::Kind::answer : PassedReply::Kind::empty;
  return reply;
}

}  // namespace providers
