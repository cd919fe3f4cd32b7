#include "gateway/surfaces/anthropic_messages/message_answer.hpp"
#include "gateway/surfaces/anthropic_messages/message_usage.hpp"
#include "providers/json/json_walk.hpp"
#include "providers/json/json_writer.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::JsonWriter;
using Kind = AnswerEvent::Kind;

namespace {

// Of raw text.
providers::Text raw(std::string_view text) {
  return {text, true};
}

// What is no object cannot stand here, and the client should see what the model wrote.
void write_input(JsonWriter& json, const std::string& raw_arguments) {
  const std::string arguments = raw(raw_arguments).text();
  if (arguments.find_first_not_of(" \t\r\n") == std::string::npos) return json.raw("{}");
  providers::JsonTokens tokens;
  providers::JsonWalk walk(tokens, arguments);
  const bool is_object =
      walk.ok() && walk.type() == providers::JsonType::object && walk.skip() && walk.finish();
  if (is_object) return json.raw(arguments);
  json.begin_object();
  json.key("invalid_arguments").string(raw(raw_arguments));
  json.end_object();
}

}  // namespace

// The block that goes on, or a new one.
MessageWhole::Block& MessageWhole::last(Block::Kind kind, std::size_t index) {
  const bool goes_on = !blocks_.empty() && blocks_.back().kind == kind && blocks_.back().index == index;
  if (!goes_on)
    blocks_.push_back(
        {.kind = kind, .index = index, .text = {}, .signature = {}, .format = {}, .id = {}, .name = {}});
  return blocks_.back();
}

void MessageWhole::take(const AnswerEvent& event) {
  end_.take(event);
  switch (event.kind) {
    case Kind::text:
    case Kind::refusal:
      if (!event.text.raw.empty()) last(Block::Kind::text, 0).text.append(event.text.raw);
      return;
    case Kind::image:
      last(Block::Kind::text, 0).text.append(untold_image);
      return;
    case Kind::thinking:
    case Kind::signature:
    case Kind::redacted:
      return think(event);
    case Kind::tool_call: {
      Block& block = last(Block::Kind::call, event.index);
      block.id = event.id.raw;
      block.name = event.name.raw;
      return;
    }
    case Kind::arguments:
      for (Block& block : blocks_) {
        if (block.kind == Block::Kind::call && block.index == event.index) block.text.append(event.text.raw);
      }
      return;
    case Kind::usage:
      usage_ = event.usage;
      return;
    case Kind::citation:
      // Of a page it would need what Anthropic's own search alone can read (`encrypted_index`).
      left_out_ = citations_left_out;
      return;
    case Kind::begin:
    case Kind::end:
    case Kind::error:
      return;
  }
}

// What another maker signed or encrypted is kept for it.
void MessageWhole::think(const AnswerEvent& event) {
  if (thoughts_ == ThoughtShown::no) return;
  const bool is_redacted = event.kind == Kind::redacted;
  Block& block = last(is_redacted ? Block::Kind::redacted : Block::Kind::thinking, event.index);
  block.format = event.format;
  (event.kind == Kind::signature ? block.signature : block.text).append(event.text.raw);
}

std::string MessageWhole::body(const StreamIdentity& reply, std::string_view own_members) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("id").plain(message_id(reply.id));
  json.key("type").plain("message");
  json.key("role").plain("assistant");
  json.key("model").plain(reply.model);
  json.key("content").begin_array();
  for (const Block& block : blocks_) {
    json.begin_object();
    switch (block.kind) {
      case Block::Kind::text:
        json.key("type").plain("text");
        json.key("text").string(raw(block.text));
        json.key("citations").raw("null");
        break;
      case Block::Kind::thinking:
        json.key("type").plain("thinking");
        json.key("thinking").string(raw(thoughts_ == ThoughtShown::yes ? block.text : ""));
        json.key("signature")
            .string(raw(signature_of(
                {.text = raw(block.text), .signature = raw(block.signature), .format = raw(block.format)},
                thoughts_, reply.owner)));
        break;
      case Block::Kind::redacted:
        json.key("type").plain("redacted_thinking");
        json.key("data").string(raw(
            block.format == anthropic_format
                ? block.text
                : kept_thinking({.redacted = raw(block.text), .format = raw(block.format)}, reply.owner)));
        break;
      case Block::Kind::call:
        json.key("type").plain("tool_use");
        json.key("id").plain(allowed_call_id(block.id, block.index));
        json.key("name").string(raw(block.name));
        write_input(json.key("input"), block.text);
        break;
    }
    json.end_object();
  }
  json.end_array();
  json.key("stop_reason").plain(end_.stop_reason());
  json.key("stop_sequence").raw(end_.stop_sequence());
  std::string usage;
  append_message_usage(usage, usage_.value_or(routing::Usage{}), UsageOf::reply, own_members);
  json.key("usage").raw(usage);
  json.end_object();
  return out;
}

}  // namespace gateway
