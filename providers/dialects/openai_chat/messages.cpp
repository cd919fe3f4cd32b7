#include "providers/dialects/openai_chat/messages.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace providers {
namespace {

using Parts = std::vector<const Part*>;

template <class What>
const What* as(const Part& part) {
  return std::get_if<What>(&part.what);
}

// Texts of one message as one, since models that read nothing else take no arrays.
void write_texts(JsonWriter& json, const Parts& parts, std::string_view between) {
  std::string_view first;  // which is all that most messages have, and may be large
  std::string raw;
  for (const Part* part : parts) {
    const auto* text = as<TextPart>(*part);
    if (!text || text->text.raw.empty()) continue;
    if (first.empty()) {
      first = text->text.raw;
      continue;
    }
    if (raw.empty()) raw.append(first);
    raw.append(between).append(text->text.raw);
  }
  json.string({raw.empty() ? first : std::string_view(raw), true});
}

constexpr std::string_view blank_line = "\\n\\n";

void write_image(JsonWriter& json, const MediaPart& media) {
  json.key("type").plain("image_url");
  json.key("image_url").begin_object();
  if (media.source == MediaPart::Source::url) {
    json.key("url").string(media.content);
  } else {
    std::string address("\"data:");
    address.append(media.media_type.raw).append(";base64,").append(media.content.raw).append("\"");
    json.key("url").raw(address);
  }
  if (!media.detail.raw.empty()) json.key("detail").string(media.detail);
  json.end_object();
}

void write_media(JsonWriter& json, const MediaPart& media) {
  json.begin_object();
  switch (media.kind) {
    case MediaPart::Kind::image:
      write_image(json, media);
      break;
    case MediaPart::Kind::audio: {
      const std::string_view type = media.media_type.raw;
      json.key("type").plain("input_audio");
      json.key("input_audio").begin_object();
      json.key("data").string(media.content);
      json.key("format").string({type.substr(type.rfind('/') + 1), media.media_type.escaped});
      json.end_object();
      break;
    }
    case MediaPart::Kind::file: {
      std::string data("\"data:");
      data.append(media.media_type.raw).append(";base64,").append(media.content.raw).append("\"");
      json.key("type").plain("file");
      json.key("file").begin_object();
      json.key("filename").string(media.name.raw.empty() ? Text{"file", false} : media.name);
      json.key("file_data").raw(data);
      json.end_object();
      break;
    }
  }
  json.end_object();
}

bool is_sent(const MediaPart& media) {
  if (media.source == MediaPart::Source::id) return false;
  if (media.kind == MediaPart::Kind::file) {
    return media.source == MediaPart::Source::base64 && media.media_type.is("application/pdf");
  }
  return media.kind == MediaPart::Kind::image || media.source == MediaPart::Source::base64;
}

void write_content(JsonWriter& json, const Parts& parts) {
  bool has_media = false;
  for (const Part* part : parts) has_media |= as<MediaPart>(*part) != nullptr;
  if (!has_media) return write_texts(json, parts, blank_line);
  json.begin_array();
  for (const Part* part : parts) {
    if (const auto* media = as<MediaPart>(*part)) write_media(json, *media);
    if (const auto* text = as<TextPart>(*part)) {
      json.begin_object();
      json.key("type").plain("text");
      json.key("text").string(text->text);
      json.end_object();
    }
  }
  json.end_array();
}

void write_message(JsonWriter& json, std::string_view role, const Parts& parts) {
  json.begin_object();
  json.key("role").plain(role);
  write_content(json.key("content"), parts);
  json.end_object();
}

void write_call(JsonWriter& json, const ToolCallPart& call) {
  json.begin_object();
  json.key("id").string(call.id);
  json.key("type").plain("function");
  json.key("function").begin_object();
  json.key("name").string(call.name);
  json.key("arguments").plain(call.arguments);
  json.end_object();
  json.end_object();
}

// Hosts that think between calls of tools refuse a call of theirs that does not say what led to it, were it
// nothing.
void write_thoughts(JsonWriter& json, const Turn& turn, bool has_calls, std::string_view member) {
  std::string raw;
  for (const Part& part : turn.parts) {
    const auto* thinking = as<ThinkingPart>(part);
    if (!thinking || thinking->text.raw.empty()) continue;
    if (!raw.empty()) raw.append(blank_line);
    raw.append(thinking->text.raw);
  }
  if (!raw.empty() || has_calls) json.key(member).string({raw, true});
}

void write_assistant(JsonWriter& json, const Turn& turn, std::string_view thoughts) {
  Parts texts;
  std::vector<const ToolCallPart*> calls;
  for (const Part& part : turn.parts) {
    if (as<TextPart>(part)) texts.push_back(&part);
    if (const auto* call = as<ToolCallPart>(part)) calls.push_back(call);
  }
  if (texts.empty() && calls.empty()) return;
  json.begin_object();
  json.key("role").plain("assistant");
  json.key("content");
  if (texts.empty()) {
    json.raw("null");
  } else {
    write_texts(json, texts, "");
  }
  if (!thoughts.empty()) write_thoughts(json, turn, !calls.empty(), thoughts);
  if (!calls.empty()) {
    json.key("tool_calls").begin_array();
    for (const ToolCallPart* call : calls) write_call(json, *call);
    json.end_array();
  }
  json.end_object();
}

void write_results(JsonWriter& json, const Turn& turn) {
  for (const Part& part : turn.parts) {
    const auto* result = as<ToolResultPart>(part);
    if (!result) continue;
    Parts texts;
    for (const Part& inner : result->content) {
      if (as<TextPart>(inner)) texts.push_back(&inner);
    }
    json.begin_object();
    json.key("role").plain("tool");
    json.key("tool_call_id").string(result->call_id);
    // There is no other word for it here.
    const Part error{TextPart{{"Error:", false}}};
    if (result->is_error) texts.insert(texts.begin(), &error);
    write_texts(json.key("content"), texts, blank_line);
    json.end_object();
  }
}

// What a tool shows that is no text can only be shown by the user.
void write_user(JsonWriter& json, const Turn& turn) {
  Parts rest;
  const auto keep = [&](const Part& part) {
    if (const auto* media = as<MediaPart>(part); media && is_sent(*media)) rest.push_back(&part);
  };
  for (const Part& part : turn.parts) {
    if (as<TextPart>(part)) rest.push_back(&part);
    keep(part);
    if (const auto* result = as<ToolResultPart>(part)) {
      for (const Part& inner : result->content) keep(inner);
    }
  }
  if (!rest.empty()) write_message(json, "user", rest);
}

bool has_calls(const Turn& turn) {
  return std::ranges::any_of(turn.parts, [](const Part& part) { return as<ToolCallPart>(part) != nullptr; });
}

bool has_text(const Turn& turn) {
  return std::ranges::any_of(turn.parts, [](const Part& part) {
    const auto* text = as<TextPart>(part);
    return text && !text->text.raw.empty();
  });
}

}  // namespace

bool has_untold_thoughts(const Conversation& conversation) {
  for (const Turn& turn : conversation.turns) {
    for (const Part& part : turn.parts) {
      const auto* thinking = as<ThinkingPart>(part);
      if (thinking && thinking->text.raw.empty()) return true;
    }
  }
  return false;
}

void write_openai_chat_messages(JsonWriter& json, const Conversation& conversation,
                                std::string_view thoughts) {
  const auto views = [](const std::vector<Part>& parts) {
    Parts result;
    for (const Part& part : parts) result.push_back(&part);
    return result;
  };
  json.begin_array();
  if (!conversation.system.empty()) write_message(json, "system", views(conversation.system));
  // All that the model called is one message here, and the results are those behind it, before anything else.
  for (auto turn = conversation.turns.begin(); turn != conversation.turns.end();) {
    const auto is_models = [](const Turn& each) { return each.role == Turn::Role::assistant; };
    if (is_models(*turn)) {
      const Turn* said = &*turn;
      Turn together;
      const bool calls = has_calls(*said);
      bool has_said = calls && has_text(*said);
      for (++turn; calls && turn != conversation.turns.end() && is_models(*turn); ++turn) {
        if (said != &together) together = *std::exchange(said, &together);
        const bool says = has_text(*turn);
        if (says && has_said) together.parts.push_back(Part{TextPart{{blank_line, true}}});
        has_said |= says;
        together.parts.insert(together.parts.end(), turn->parts.begin(), turn->parts.end());
      }
      write_assistant(json, *said, thoughts);
    }
    const auto end = std::find_if(turn, conversation.turns.end(), is_models);
    for (auto each = turn; each != end; ++each) write_results(json, *each);
    for (; turn != end; ++turn) {
      if (turn->role == Turn::Role::user) {
        write_user(json, *turn);
      } else {
        write_message(json, "system", views(turn->parts));
      }
    }
  }
  json.end_array();
}

}  // namespace providers
