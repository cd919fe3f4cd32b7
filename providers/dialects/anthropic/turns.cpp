#include "providers/dialects/anthropic/turns.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "providers/dialect/call_id.hpp"
#include "providers/dialects/anthropic/signed_thinking.hpp"

namespace providers {
namespace {

bool is_sent(const Part& part) {
  return is_sent_to_anthropic(part);
}

bool is_result(const AnthropicBlock& block) {
  return std::holds_alternative<ToolResultPart>(block.part->what);
}

constexpr CallIdForm id_form{.most = 256, .has_few_signs = true};

void write_text(JsonWriter& json, const Text& text, bool is_system) {
  json.key("type").plain("text");
  if (is_system) {
    json.key("text").raw(std::string("\"<system>\\n").append(text.raw).append("\\n</system>\""));
  } else {
    json.key("text").string(text);
  }
}

void write_source(JsonWriter& json, const MediaPart& media) {
  json.key("source").begin_object();
  if (media.source == MediaPart::Source::url) {
    json.key("type").plain("url");
    json.key("url").string(media.content);
  } else {
    json.key("type").plain("base64");
    json.key("media_type").string(media.media_type);
    json.key("data").string(media.content);
  }
  json.end_object();
}

void write_media(JsonWriter& json, const MediaPart& media) {
  const bool is_image = media.kind == MediaPart::Kind::image;
  json.key("type").plain(is_image ? "image" : "document");
  write_source(json, media);
  if (!is_image && !media.name.raw.empty()) json.key("title").string(media.name);
}

void write_call(JsonWriter& json, const ToolCallPart& call) {
  json.key("type").plain("tool_use");
  write_call_id(json.key("id"), call.id, id_form);
  json.key("name").string(call.name);
  json.key("input");
  if (!call.is_broken) return json.raw(call.arguments);
  // The model should see what it had written; only an object may stand here.
  json.begin_object();
  json.key("invalid_arguments").plain(call.arguments);
  json.end_object();
}

void write_thinking(JsonWriter& json, const ThinkingPart& thinking) {
  if (!thinking.redacted.raw.empty()) {
    json.key("type").plain("redacted_thinking");
    json.key("data").string(thinking.redacted);
    return;
  }
  json.key("type").plain("thinking");
  json.key("thinking").string(thinking.text);
  json.key("signature").string(thinking.signature);
}

void write_block(JsonWriter& json, const AnthropicBlock& block);

void write_result(JsonWriter& json, const ToolResultPart& result) {
  json.key("type").plain("tool_result");
  write_call_id(json.key("tool_use_id"), result.call_id, id_form);
  if (std::any_of(result.content.begin(), result.content.end(), is_sent)) {
    json.key("content").begin_array();
    for (const Part& part : result.content) {
      if (is_sent(part)) write_block(json, {&part, false});
    }
    json.end_array();
  }
  if (result.is_error) json.key("is_error").boolean(true);
}

void write_block(JsonWriter& json, const AnthropicBlock& block) {
  const Part& part = *block.part;
  json.begin_object();
  if (const auto* text = std::get_if<TextPart>(&part.what)) write_text(json, text->text, block.is_system);
  if (const auto* media = std::get_if<MediaPart>(&part.what)) write_media(json, *media);
  if (const auto* call = std::get_if<ToolCallPart>(&part.what)) write_call(json, *call);
  if (const auto* result = std::get_if<ToolResultPart>(&part.what)) write_result(json, *result);
  if (const auto* thinking = std::get_if<ThinkingPart>(&part.what)) {
    write_thinking(json, *thinking);
  } else {
    write_cache_control(json, part.cache);
  }
  json.end_object();
}

// An answer that is to be gone on with may not end in white space.
void write_last_of_prefill(JsonWriter& json, const AnthropicBlock& block) {
  const auto* text = std::get_if<TextPart>(&block.part->what);
  if (!text) return write_block(json, block);
  std::string plain = text->text.text();
  plain.erase(plain.find_last_not_of(" \t\r\n") + 1);
  json.begin_object();
  json.key("type").plain("text");
  json.key("text").plain(plain);
  write_cache_control(json, block.part->cache);
  json.end_object();
}

}  // namespace

bool is_sent_to_anthropic(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part.what)) return !is_blank(text->text);
  if (const auto* thinking = std::get_if<ThinkingPart>(&part.what)) return is_signed_by_anthropic(*thinking);
  if (const auto* media = std::get_if<MediaPart>(&part.what)) {
    if (media->source == MediaPart::Source::id || media->kind == MediaPart::Kind::audio) return false;
    return media->kind == MediaPart::Kind::image || media->media_type.is("application/pdf");
  }
  return true;
}

AnthropicMessages anthropic_messages(const Conversation& conversation) {
  AnthropicMessages messages;
  std::vector<AnthropicTurn>& turns = messages.turns;
  const auto add = [&](Turn::Role role, const Part& part, bool is_system) {
    const bool is_shown = role == Turn::Role::assistant && std::holds_alternative<MediaPart>(part.what);
    if (is_shown || !is_sent(part)) return;
    if (turns.empty() || turns.back().role != role) turns.push_back({role, {}});
    turns.back().blocks.push_back({&part, is_system});
  };
  for (const Turn& turn : conversation.turns) {
    const bool is_system = turn.role == Turn::Role::system;
    for (const Part& part : turn.parts) add(is_system ? Turn::Role::user : turn.role, part, is_system);
  }
  // One turn there must be: where the system alone speaks, it is what is asked.
  if (turns.empty()) {
    messages.are_system = true;
    for (const Part& part : conversation.system) add(Turn::Role::user, part, false);
  }
  for (AnthropicTurn& turn : turns) std::stable_partition(turn.blocks.begin(), turn.blocks.end(), is_result);
  for (const Turn& turn : conversation.turns) {
    for (const Part& part : turn.parts) {
      messages.lose_thinking |= std::holds_alternative<ThinkingPart>(part.what) && !is_sent(part);
    }
  }
  return messages;
}

void write_anthropic_turns(JsonWriter& json, const std::vector<AnthropicTurn>& turns) {
  json.begin_array();
  for (const AnthropicTurn& turn : turns) {
    const bool is_assistant = turn.role == Turn::Role::assistant;
    json.begin_object();
    json.key("role").plain(is_assistant ? "assistant" : "user");
    json.key("content").begin_array();
    for (const AnthropicBlock& block : turn.blocks) {
      if (is_assistant && &turn == &turns.back() && &block == &turn.blocks.back()) {
        write_last_of_prefill(json, block);
      } else {
        write_block(json, block);
      }
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_anthropic_system(JsonWriter& json, const std::vector<Part>& system) {
  json.begin_array();
  for (const Part& part : system) {
    if (is_sent(part)) write_block(json, {&part, false});
  }
  json.end_array();
}

void write_cache_control(JsonWriter& json, const std::optional<CacheLife>& cache) {
  if (!cache) return;
  json.key("cache_control").begin_object();
  json.key("type").plain("ephemeral");
  if (*cache == CacheLife::hour) json.key("ttl").plain("1h");
  json.end_object();
}

}  // namespace providers
