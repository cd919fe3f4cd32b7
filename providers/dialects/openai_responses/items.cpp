#include "providers/dialects/openai_responses/items.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/owner_mark.hpp"
#include "providers/dialect/call_id.hpp"
#include "providers/dialects/openai_responses/answer.hpp"

namespace providers {
namespace {

constexpr CallIdForm id_form{.most = 64};

template <class What>
const What* as(const Part& part) {
  return std::get_if<What>(&part.what);
}

bool is_sent(const MediaPart& media) {
  if (media.source == MediaPart::Source::id || media.kind == MediaPart::Kind::audio) return false;
  return media.kind == MediaPart::Kind::image || media.media_type.is("application/pdf");
}

void write_text(JsonWriter& json, std::string_view type, const Text& text) {
  json.begin_object();
  json.key("type").plain(type);
  json.key("text").string(text);
  json.end_object();
}

// As an address that holds it.
std::string data_address(const MediaPart& media) {
  std::string address("\"data:");
  return address.append(media.media_type.raw).append(";base64,").append(media.content.raw).append("\"");
}

void write_media(JsonWriter& json, const MediaPart& media) {
  const bool is_url = media.source == MediaPart::Source::url;
  json.begin_object();
  if (media.kind == MediaPart::Kind::image) {
    json.key("type").plain("input_image");
    json.key("detail").string(media.detail.raw.empty() ? Text{"auto", false} : media.detail);
    json.key("image_url");
    is_url ? json.string(media.content) : json.raw(data_address(media));
  } else {
    json.key("type").plain("input_file");
    if (is_url) {
      json.key("file_url").string(media.content);
    } else {
      json.key("filename").string(media.name.raw.empty() ? Text{"file.pdf", false} : media.name);
      json.key("file_data").raw(data_address(media));
    }
  }
  json.end_object();
}

class ItemWriter {
 public:
  ItemWriter(JsonWriter& json, std::uint64_t owner) : json_(json), owner_(owner) {}

  EarlierThinking thinking = EarlierThinking::kept;

  void write(const Turn& turn) {
    for (const Part& part : turn.parts) {
      if (const auto* result = as<ToolResultPart>(part)) write_result(*result);
    }
    if (turn.role == Turn::Role::assistant) {
      write_assistant(turn);
    } else {
      write_message(turn.role == Turn::Role::system ? "developer" : "user", turn.parts);
    }
  }

  // Texts and media.
  void write_message(std::string_view role, const std::vector<Part>& parts) {
    if (!has_content(parts)) return;
    json_.begin_object();
    json_.key("type").plain("message");
    json_.key("role").plain(role);
    json_.key("content");
    write_content(parts);
    json_.end_object();
  }

 private:
  static bool has_content(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      const auto* media = as<MediaPart>(part);
      if (as<TextPart>(part) || (media && is_sent(*media))) return true;
    }
    return false;
  }

  // There is no other word for it here.
  static constexpr std::string_view error = "Error:";

  void write_content(const std::vector<Part>& parts, std::string_view heading = {}) {
    json_.begin_array();
    if (!heading.empty()) write_text(json_, "input_text", {heading, false});
    for (const Part& part : parts) {
      if (const auto* text = as<TextPart>(part)) write_text(json_, "input_text", text->text);
      if (const auto* media = as<MediaPart>(part); media && is_sent(*media)) write_media(json_, *media);
    }
    json_.end_array();
  }

  void write_result(const ToolResultPart& result) {
    const bool is_of_text = std::ranges::find(text_calls_, result.call_id.raw) != text_calls_.end();
    json_.begin_object();
    json_.key("type").plain(is_of_text ? "custom_tool_call_output" : "function_call_output");
    write_call_id(json_.key("call_id"), result.call_id, id_form);
    json_.key("output");
    bool has_media = false;
    for (const Part& part : result.content) has_media |= as<MediaPart>(part) != nullptr;
    if (has_media) {
      write_content(result.content, result.is_error ? error : std::string_view());
    } else {
      std::string raw(result.is_error ? error : std::string_view());
      for (const Part& part : result.content) {
        if (const auto* text = as<TextPart>(part))
          raw.append(raw.empty() ? "" : "\\n\\n").append(text->text.raw);
      }
      json_.string({raw, true});
    }
    json_.end_object();
  }

  // In its order, since what was thought stands before what it led to.
  void write_assistant(const Turn& turn) {
    for (const Part& part : turn.parts) {
      if (const auto* text = as<TextPart>(part); text && !text->text.raw.empty()) {
        json_.begin_object();
        json_.key("type").plain("message");
        json_.key("role").plain("assistant");
        json_.key("content").string(text->text);
        json_.end_object();
      }
      if (const auto* call = as<ToolCallPart>(part)) write_call(*call);
      if (const auto* thought = as<ThinkingPart>(part)) write_thinking(*thought);
    }
  }

  void write_call(const ToolCallPart& call) {
    json_.begin_object();
    json_.key("type").plain(call.input ? "custom_tool_call" : "function_call");
    write_call_id(json_.key("call_id"), call.id, id_form);
    json_.key("name").string(call.name);
    if (call.input) {
      text_calls_.push_back(call.id.raw);
      json_.key("input").string(*call.input);
    } else {
      json_.key("arguments").plain(call.arguments);
    }
    json_.end_object();
  }

  // Its id belongs to what is encrypted: a wrong one is refused, and one that is not known is left out.
  void write_thinking(const ThinkingPart& thought) {
    const auto redacted = opaque_for(owner_, thought.redacted);
    if (!redacted || redacted->raw.empty() || !thought.format.is(responses_thinking_format)) {
      thinking = EarlierThinking::lost;
      return;
    }
    json_.begin_object();
    json_.key("type").plain("reasoning");
    if (!thought.id.raw.empty()) json_.key("id").string(thought.id);
    json_.key("summary").begin_array();
    json_.end_array();
    json_.key("encrypted_content").string(*redacted);
    json_.end_object();
  }

  JsonWriter& json_;
  const std::uint64_t owner_;
  std::vector<std::string_view> text_calls_;  // raw ids
};

}  // namespace

EarlierThinking write_responses_items(JsonWriter& json, const Conversation& conversation,
                                      std::uint64_t owner) {
  std::string instructions;
  for (const Part& part : conversation.system) {
    const auto* text = as<TextPart>(part);
    if (!text || text->text.raw.empty()) continue;
    instructions.append(instructions.empty() ? "" : "\\n\\n").append(text->text.raw);
  }
  ItemWriter items(json, owner);
  // One item there must be: where the system alone speaks, it is what is asked.
  const bool is_alone = conversation.turns.empty();
  if (!instructions.empty() && !is_alone) json.key("instructions").string({instructions, true});
  json.key("input").begin_array();
  if (is_alone) items.write_message("user", conversation.system);
  for (const Turn& turn : conversation.turns) items.write(turn);
  json.end_array();
  return items.thinking;
}

}  // namespace providers
