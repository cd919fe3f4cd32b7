#include "providers/dialects/bedrock_converse/blocks.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "providers/dialect/call_id.hpp"

namespace providers {
namespace {

constexpr CallIdForm id_form{.most = 64, .has_few_signs = true};

bool is_taken_back(const ThinkingPart& thinking, std::string_view format) {
  return thinking.format.is(format) && (!thinking.signature.raw.empty() || !thinking.redacted.raw.empty());
}

// Blank texts are refused.
bool is_sent(const Part& part) {
  if (const auto* text = std::get_if<TextPart>(&part.what)) return !is_blank(text->text);
  if (const auto* media = std::get_if<MediaPart>(&part.what)) {
    if (media->source != MediaPart::Source::base64) return false;
    return media->kind == MediaPart::Kind::image || media->media_type.is("application/pdf");
  }
  return true;
}

void write_text(JsonWriter& json, const Text& text, bool is_system) {
  if (is_system) {
    json.key("text").raw(std::string("\"<system>\\n").append(text.raw).append("\\n</system>\""));
  } else {
    json.key("text").string(text);
  }
}

void write_source(JsonWriter& json, const MediaPart& media) {
  json.key("source").begin_object();
  json.key("bytes").string(media.content);
  json.end_object();
}

// "image/png" is "png" here.
std::string_view image_format(const Text& type) {
  const std::string_view word = type.raw.substr(std::min(type.raw.find('/') + 1, type.raw.size()));
  return word == "jpg" ? "jpeg" : word;
}

// A document has a name, of few kinds of characters, and another one than any other document of the request.
class DocumentNames {
 public:
  std::string next(const Text& name) {
    const std::string plain = plain_name(name);
    std::string unique = plain;
    int& last = counted_.try_emplace(plain, 1).first->second;
    while (!given_.insert(unique).second) unique = plain + "-" + std::to_string(++last);
    return unique;
  }

 private:
  static std::string plain_name(const Text& name);

  std::unordered_set<std::string> given_;
  std::unordered_map<std::string, int> counted_;  // the last number of each
};

std::string DocumentNames::plain_name(const Text& name) {
  std::string plain;
  for (const char c : name.text()) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain += is_plain ? c : '-';
  }
  return plain.empty() ? "document" : plain.substr(0, 190);
}

void write_media(JsonWriter& json, const MediaPart& media, DocumentNames& names) {
  const bool is_image = media.kind == MediaPart::Kind::image;
  json.key(is_image ? "image" : "document").begin_object();
  if (is_image) {
    json.key("format").plain(image_format(media.media_type));
  } else {
    json.key("format").plain("pdf");
    json.key("name").plain(names.next(media.name));
  }
  write_source(json, media);
  json.end_object();
}

void write_call(JsonWriter& json, const ToolCallPart& call) {
  json.key("toolUse").begin_object();
  write_call_id(json.key("toolUseId"), call.id, id_form);
  json.key("name").string(call.name);
  json.key("input");
  if (call.is_broken) {
    json.begin_object();
    json.key("invalid_arguments").plain(call.arguments);
    json.end_object();
  } else {
    json.raw(call.arguments.empty() ? "{}" : call.arguments);
  }
  json.end_object();
}

void write_thinking(JsonWriter& json, const ThinkingPart& thinking) {
  json.key("reasoningContent").begin_object();
  if (!thinking.redacted.raw.empty()) {
    json.key("redactedContent").string(thinking.redacted);
  } else {
    json.key("reasoningText").begin_object();
    json.key("text").string(thinking.text);
    json.key("signature").string(thinking.signature);
    json.end_object();
  }
  json.end_object();
}

void write_block(JsonWriter& json, const ConverseTurn::Sent& sent, DocumentNames& names);

void write_result(JsonWriter& json, const ToolResultPart& result, DocumentNames& names) {
  json.key("toolResult").begin_object();
  write_call_id(json.key("toolUseId"), result.call_id, id_form);
  json.key("content").begin_array();
  for (const Part& part : result.content) {
    if (is_sent(part)) write_block(json, {&part, false}, names);
  }
  json.end_array();
  if (result.is_error) json.key("status").plain("error");
  json.end_object();
}

void write_block(JsonWriter& json, const ConverseTurn::Sent& sent, DocumentNames& names) {
  const auto& what = sent.part->what;
  json.begin_object();
  if (const auto* text = std::get_if<TextPart>(&what)) write_text(json, text->text, sent.is_system);
  if (const auto* media = std::get_if<MediaPart>(&what)) write_media(json, *media, names);
  if (const auto* call = std::get_if<ToolCallPart>(&what)) write_call(json, *call);
  if (const auto* result = std::get_if<ToolResultPart>(&what)) write_result(json, *result, names);
  if (const auto* thinking = std::get_if<ThinkingPart>(&what)) write_thinking(json, *thinking);
  json.end_object();
  if (sent.part->cache) write_cache_point(json, *sent.part->cache);
}

}  // namespace

namespace {

// A document is refused where no text stands beside it.
bool lacks_text(const ConverseTurn& turn) {
  bool has_document = false;
  for (const ConverseTurn::Sent& sent : turn.blocks) {
    const auto* media = std::get_if<MediaPart>(&sent.part->what);
    has_document |= media && media->kind == MediaPart::Kind::file;
    if (std::holds_alternative<TextPart>(sent.part->what)) return false;
  }
  return has_document;
}

void write_words(JsonWriter& json, std::string_view words) {
  json.begin_object();
  json.key("text").plain(words);
  json.end_object();
}

}  // namespace

ConverseTurns converse_turns(const Conversation& conversation, std::string_view thinking_format) {
  ConverseTurns result;
  const auto add = [&](Turn::Role role, const Part& part, bool is_system) {
    if (result.turns.empty() || result.turns.back().role != role) result.turns.push_back({role, {}});
    result.turns.back().blocks.push_back({&part, is_system});
  };
  for (const Part& part : conversation.system) {
    if (is_sent(part) && std::holds_alternative<TextPart>(part.what)) result.system.push_back(&part);
  }
  for (const Turn& turn : conversation.turns) {
    const bool is_system = turn.role == Turn::Role::system;
    for (const Part& part : turn.parts) {
      if (turn.role == Turn::Role::assistant && std::holds_alternative<MediaPart>(part.what)) continue;
      const auto* const thinking = std::get_if<ThinkingPart>(&part.what);
      if (thinking ? is_taken_back(*thinking, thinking_format) : is_sent(part)) {
        add(is_system ? Turn::Role::user : turn.role, part, is_system);
      } else {
        result.lose_thinking |= thinking != nullptr;
      }
    }
  }
  // Somebody must ask: where the system alone speaks, it is what is asked.
  if (result.turns.empty()) {
    for (const Part* part : std::exchange(result.system, {})) add(Turn::Role::user, *part, false);
  }
  const auto is_result = [](const ConverseTurn::Sent& sent) {
    return std::holds_alternative<ToolResultPart>(sent.part->what);
  };
  for (ConverseTurn& turn : result.turns) {
    std::stable_partition(turn.blocks.begin(), turn.blocks.end(), is_result);
  }
  return result;
}

bool has_tool_parts(const Conversation& conversation) {
  return std::ranges::any_of(conversation.turns, [](const Turn& turn) {
    return std::ranges::any_of(turn.parts, [](const Part& part) {
      return std::holds_alternative<ToolCallPart>(part.what) ||
             std::holds_alternative<ToolResultPart>(part.what);
    });
  });
}

void write_converse_system(JsonWriter& json, const std::vector<const Part*>& system) {
  DocumentNames names;
  json.begin_array();
  for (const Part* part : system) write_block(json, {part, false}, names);
  json.end_array();
}

void write_converse_turns(JsonWriter& json, const ConverseTurns& turns,
                          const std::optional<CacheLife>& last) {
  DocumentNames names;
  json.begin_array();
  for (const ConverseTurn& turn : turns.turns) {
    json.begin_object();
    json.key("role").plain(turn.role == Turn::Role::assistant ? "assistant" : "user");
    json.key("content").begin_array();
    for (const ConverseTurn::Sent& each : turn.blocks) write_block(json, each, names);
    if (lacks_text(turn)) write_words(json, "The document is above.");
    const bool is_last = &turn == &turns.turns.back();
    if (is_last && last && !turn.blocks.back().part->cache) write_cache_point(json, *last);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_cache_point(JsonWriter& json, CacheLife life) {
  json.begin_object();
  json.key("cachePoint").begin_object();
  json.key("type").plain("default");
  if (life == CacheLife::hour) json.key("ttl").plain("1h");
  json.end_object();
  json.end_object();
}

}  // namespace providers
