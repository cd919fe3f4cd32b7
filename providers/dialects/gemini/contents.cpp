#include "providers/dialects/gemini/contents.hpp"

#include <deque>
#include <string>

#include "providers/conversation/owner_mark.hpp"

namespace providers {
namespace {

// What Google takes for the signature of what it did not make, or whose own the client did not keep. Newer
// models refuse the first call of a turn without one, and pictures of theirs.
constexpr std::string_view no_signature = "skip_thought_signature_validator";

// Empty: it is another maker's, or another endpoint's, or none.
Text signature_for(std::uint64_t owner, const ThinkingPart& thinking) {
  if (!thinking.format.is(gemini_thinking_format)) return {};
  return opaque_for(owner, thinking.signature).value_or(Text{});
}

bool is_sent(const Part& part) {
  if (std::holds_alternative<ThinkingPart>(part.what)) return false;
  if (const auto* text = std::get_if<TextPart>(&part.what)) return !text->text.raw.empty();
  if (const auto* media = std::get_if<MediaPart>(&part.what)) {
    return media->source == MediaPart::Source::base64;
  }
  return true;
}

void write_signature(JsonWriter& json, std::string_view signature) {
  if (!signature.empty()) json.key("thoughtSignature").raw("\"" + std::string(signature) + "\"");
}

void write_media(JsonWriter& json, const MediaPart& media, std::string_view signature = {}) {
  json.begin_object();
  json.key("inlineData").begin_object();
  json.key("mimeType").string(media.media_type);
  json.key("data").string(media.content);
  json.end_object();
  write_signature(json, signature);
  json.end_object();
}

void write_text(JsonWriter& json, const Text& text, bool is_system) {
  json.begin_object();
  if (is_system) {
    json.key("text").raw(std::string("\"<system>\\n").append(text.raw).append("\\n</system>\""));
  } else {
    json.key("text").string(text);
  }
  json.end_object();
}

// A broken one is shown to the model as what it had written.
void write_call(JsonWriter& json, const ToolCallPart& call, std::string_view signature) {
  json.begin_object();
  json.key("functionCall").begin_object();
  if (!call.id.raw.empty()) json.key("id").string(call.id);
  json.key("name").string(call.name);
  json.key("args");
  if (call.is_broken) {
    json.begin_object();
    json.key("invalid_arguments").plain(call.arguments);
    json.end_object();
  } else {
    json.raw(call.arguments.empty() ? "{}" : call.arguments);
  }
  json.end_object();
  write_signature(json, signature);
  json.end_object();
}

// The texts are one; pictures stand behind the result.
void write_result(JsonWriter& json, const ToolResultPart& result, const GeminiContents& contents) {
  std::string said;
  for (const Part& part : result.content) {
    const auto* text = std::get_if<TextPart>(&part.what);
    if (text) said.append(said.empty() ? "" : "\\n").append(text->text.raw);
  }
  const auto found = contents.called.find(result.call_id.identity());
  json.begin_object();
  json.key("functionResponse").begin_object();
  if (!result.call_id.raw.empty()) json.key("id").string(result.call_id);
  json.key("name").string(found == contents.called.end() ? result.call_id : found->second);
  json.key("response").begin_object();
  json.key(result.is_error ? "error" : "output").string({said, true});
  json.end_object();
  json.end_object();
  json.end_object();
  for (const Part& part : result.content) {
    if (const auto* media = std::get_if<MediaPart>(&part.what); media && is_sent(part)) {
      write_media(json, *media);
    }
  }
}

void write_parts(JsonWriter& json, const GeminiContent& turn, const GeminiContents& contents,
                 const HostModel& model) {
  const bool wants_signatures = model.thinking == HostModel::Thinking::adaptive;
  const bool is_models = turn.role == Turn::Role::assistant;
  bool is_first_call = true;
  for (const GeminiContent::Sent& each : turn.parts) {
    const auto& what = each.part->what;
    if (const auto* text = std::get_if<TextPart>(&what)) write_text(json, text->text, each.is_system);
    if (const auto* media = std::get_if<MediaPart>(&what)) {
      write_media(json, *media, is_models && wants_signatures ? no_signature : "");
    }
    if (const auto* result = std::get_if<ToolResultPart>(&what)) write_result(json, *result, contents);
    if (const auto* call = std::get_if<ToolCallPart>(&what)) {
      std::string_view signature = each.signature.raw;
      if (signature.empty() && is_first_call && wants_signatures) signature = no_signature;
      write_call(json, *call, signature);
      is_first_call = false;
    }
  }
}

// Signatures stand before the calls that they were given with, in the same order.
void sign_call(GeminiContent& turn, std::deque<Text>& signatures) {
  if (signatures.empty()) return;
  turn.parts.back().signature = signatures.front();
  signatures.pop_front();
}

}  // namespace

GeminiContents gemini_contents(const Conversation& conversation, std::uint64_t owner) {
  GeminiContents contents;
  std::deque<Text> signatures;  // whose call is still to come
  const auto begin = [&](Turn::Role role) -> GeminiContent& {
    if (contents.turns.empty() || contents.turns.back().role != role) contents.turns.push_back({role});
    return contents.turns.back();
  };
  for (const Part& part : conversation.system) {
    if (is_sent(part) && std::holds_alternative<TextPart>(part.what)) contents.system.push_back(&part);
  }
  for (const Turn& turn : conversation.turns) {
    const bool is_system = turn.role == Turn::Role::system;
    const Turn::Role role = is_system ? Turn::Role::user : turn.role;
    if (role != Turn::Role::assistant) signatures.clear();
    for (const Part& part : turn.parts) {
      if (const auto* thinking = std::get_if<ThinkingPart>(&part.what)) {
        // The thoughts themselves are a summary for people; the signature is what goes back.
        const Text signature = signature_for(owner, *thinking);
        const bool has_none = thinking->format.is(gemini_thinking_format) && thinking->signature.raw.empty();
        if (!signature.raw.empty()) signatures.push_back(signature);
        contents.lose_thinking |= signature.raw.empty() && !has_none;
      } else if (is_sent(part)) {
        begin(role).parts.push_back({&part, is_system});
      }
      if (const auto* call = std::get_if<ToolCallPart>(&part.what)) {
        sign_call(contents.turns.back(), signatures);
        contents.called.emplace(call->id.identity(), call->name);
      }
    }
  }
  std::erase_if(contents.turns, [](const GeminiContent& turn) { return turn.parts.empty(); });
  // Somebody must ask: where the system alone speaks, it is what is asked.
  if (contents.turns.empty()) {
    for (const Part* part : std::exchange(contents.system, {})) {
      begin(Turn::Role::user).parts.push_back({part, false});
    }
  }
  return contents;
}

void write_gemini_contents(JsonWriter& json, const GeminiContents& contents, const HostModel& model) {
  json.begin_array();
  for (const GeminiContent& turn : contents.turns) {
    json.begin_object();
    json.key("role").plain(turn.role == Turn::Role::assistant ? "model" : "user");
    json.key("parts").begin_array();
    write_parts(json, turn, contents, model);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace providers
