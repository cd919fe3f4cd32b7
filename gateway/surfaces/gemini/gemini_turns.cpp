#include "gateway/surfaces/gemini/gemini_turns.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/media_values.hpp"
#include "gateway/surfaces/gemini/gemini_names.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::MediaPart;
using providers::Part;
using providers::Text;
using providers::TextPart;
using providers::ThinkingPart;
using providers::ToolCallPart;
using providers::ToolResultPart;
using providers::Turn;
using providers::Weight;

// What tools give back under "function" was once a role of its own.
constexpr std::array<std::pair<std::string_view, Turn::Role>, 4> roles{{{"user", Turn::Role::user},
                                                                        {"model", Turn::Role::assistant},
                                                                        {"function", Turn::Role::user},
                                                                        {"tool", Turn::Role::user}}};

// Files that clients gave to Google lie there for their owner alone.
bool lies_at_google(const Text& said) {
  const std::string plain = said.escaped ? said.text() : std::string();
  const std::string_view address = said.escaped ? std::string_view(plain) : said.raw;
  return address.starts_with("gs://") || address.starts_with("https://generativelanguage.googleapis.com/");
}

class TurnReader {
 public:
  TurnReader(BodyWalk& walk, std::string_view body, Conversation& conversation)
      : walk_(walk), body_(body), conversation_(conversation) {}

  bool turn(const Path& path) {
    std::optional<Turn::Role> role;
    std::vector<Part> parts;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("role")) return walk_.choice(at, roles, role);
      if (!key.is("parts")) return walk_.json.skip();
      if (walk_.json.type() == JsonType::object) return part(at, parts);
      return walk_.array(at, [&](const Path& each) { return part(each, parts); });
    });
    if (!is_read) return false;
    const bool is_of_list = path.name.empty();
    conversation_.turns.push_back({role.value_or(Turn::Role::user), std::move(parts),
                                   is_of_list ? std::optional(path.index) : std::nullopt});
    return true;
  }

  bool part(const Path& path, std::vector<Part>& parts) {
    Text text, signature;
    const std::size_t first = parts.size();
    bool has_text = false, is_beyond = false, is_known = false;
    std::optional<bool> is_thought;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (walk_.json.type() == JsonType::null) return walk_.json.null();
      if (key.is("text")) return has_text = true, read_text(walk_, at, text);
      if (key.is("thought")) return walk_.boolean(at, is_thought);
      if (is(key, "inlineData", "inline_data")) return is_known = true, media(at, parts);
      if (is(key, "fileData", "file_data")) return is_known = true, media(at, parts);
      if (is(key, "functionCall", "function_call")) return is_known = true, call(at, parts);
      if (is(key, "functionResponse", "function_response")) return is_known = true, result(at, parts);
      if (is(key, "thoughtSignature", "thought_signature")) return read_text(walk_, at, signature);
      // What says more of a medium is a hint.
      const bool is_hint =
          is(key, "videoMetadata", "video_metadata") || is(key, "mediaResolution", "media_resolution");
      is_beyond |= !is_hint;
      if (is_hint) add_hint(conversation_, key.text());
      return walk_.json.skip();
    });
    if (!is_read) return false;
    // It belongs to the call that it came with, and goes before it as what was thought.
    const bool is_call = first < parts.size() && std::holds_alternative<ToolCallPart>(parts[first].what);
    if (is_call && !signature.raw.empty()) {
      parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(first),
                   {ThinkingPart{.signature = signature, .format = {gemini_thinking_format, false}}});
    }
    if (has_text && is_thought.value_or(false)) {
      parts.push_back({ThinkingPart{.text = text}});
    } else if (has_text) {
      parts.push_back({TextPart{text}});
    } else if (is_beyond && !is_known) {
      add_beyond(conversation_, path.text(), Weight::need);
    }
    return true;
  }

 private:
  struct Called {
    Text id;
    Text name;
    bool is_answered = false;
  };
  // Calls of one id or name, in their order.
  struct Alike {
    std::vector<std::size_t> calls{};  // places in called_
    std::size_t next = 0;              // all before it are answered
  };

  bool media(const Path& path, std::vector<Part>& parts) {
    MediaPart media{.kind = MediaPart::Kind::file, .content = {}};
    bool has_content = false;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (is(key, "mimeType", "mime_type")) return read_text(walk_, at, media.media_type);
      if (is(key, "displayName", "display_name")) return read_text(walk_, at, media.name);
      if (is(key, "fileUri", "file_uri")) {
        if (!read_text(walk_, at, media.content)) return false;
        const bool is_anybodys = !lies_at_google(media.content);
        media.source = is_anybodys ? MediaPart::Source::url : MediaPart::Source::id;
        return has_content = true;
      }
      return key.is("data") ? (has_content = true, read_text(walk_, at, media.content)) : walk_.json.skip();
    });
    if (!is_read) return false;
    if (!has_content) return walk_.wrong("missing_member", path, "no data", "data, or the address of a file");
    if (media.media_type.raw.starts_with("image/")) media.kind = MediaPart::Kind::image;
    if (media.media_type.raw.starts_with("audio/")) media.kind = MediaPart::Kind::audio;
    guess_type(media);
    if (media.source == MediaPart::Source::base64 && !check_media(walk_, path, media)) return false;
    parts.push_back({media});
    return true;
  }

  // Many clients leave the ids out: calls and results belong together by their order.
  bool call(const Path& path, std::vector<Part>& parts) {
    ToolCallPart call{.arguments = "{}"};
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("id")) return read_text(walk_, at, call.id);
      if (key.is("name")) return read_text(walk_, at, call.name);
      return key.is("args") ? read_object(walk_, at, body_, call.arguments) : walk_.json.skip();
    });
    if (!is_read) return false;
    if (call.name.raw.empty()) return walk_.wrong("missing_member", path.member("name"), "nothing", "a name");
    if (call.id.raw.empty()) {
      call.id = conversation_.own.keep_plain("call_" + std::to_string(called_.size()));
    }
    by_id_[call.id.raw].calls.push_back(called_.size());
    by_name_[call.name.raw].calls.push_back(called_.size());
    called_.push_back({call.id, call.name});
    parts.push_back({call});
    return true;
  }

  bool result(const Path& path, std::vector<Part>& parts) {
    ToolResultPart result;
    Text name, said{"{}", false};
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("id")) return read_text(walk_, at, result.call_id);
      if (key.is("name")) return read_text(walk_, at, name);
      return key.is("response") ? response(at, said, result.is_error) : walk_.json.skip();
    });
    if (!is_read) return false;
    Called* const called = answered(result.call_id, name);
    if (!called) {
      return walk_.wrong("invalid_value", path, "the result of a call that was not made before",
                         "one for each `functionCall`, by its `id` or its `name`");
    }
    called->is_answered = true;
    result.call_id = called->id;
    result.content.push_back({TextPart{said}});
    parts.push_back({std::move(result)});
    return true;
  }

  // A lone text under the names that Google's SDKs give it is what was said; all else stays JSON.
  bool response(const Path& path, Text& said, bool& is_error) {
    std::size_t members = 0;
    bool is_text = false;
    const std::size_t begin = walk_.json.position();
    const bool is_read = walk_.json.type() != JsonType::object
                             ? walk_.json.skip()
                             : walk_.object(path, [&](const JsonString& key, const Path& at) {
                                 ++members;
                                 is_error |= key.is("error");
                                 const bool is_named =
                                     key.is("result") || key.is("output") || key.is("error");
                                 if (!is_named || walk_.json.type() != JsonType::string)
                                   return walk_.json.skip();
                                 return is_text = true, read_text(walk_, at, said);
                               });
    if (!is_read) return false;
    if (!is_text || members > 1) {
      said = conversation_.own.keep_plain(body_.substr(begin, walk_.json.end() - begin));
    }
    return true;
  }

  Called* answered(const Text& id, const Text& name) {
    auto& alike = id.raw.empty() ? by_name_ : by_id_;
    const auto found = alike.find(id.raw.empty() ? name.raw : id.raw);
    if (found == alike.end()) return nullptr;
    Alike& meant = found->second;
    while (meant.next < meant.calls.size() && called_[meant.calls[meant.next]].is_answered) ++meant.next;
    return meant.next < meant.calls.size() ? &called_[meant.calls[meant.next]] : nullptr;
  }

  BodyWalk& walk_;
  std::string_view body_;
  Conversation& conversation_;
  std::vector<Called> called_;
  std::unordered_map<std::string_view, Alike> by_id_, by_name_;
};

}  // namespace

bool read_gemini_turns(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  TurnReader reader(walk, body, conversation);
  if (walk.json.type() == JsonType::object) return reader.turn(path);
  return walk.array(path, [&](const Path& at) {
    return walk.json.type() == JsonType::object ? reader.turn(at) : walk.wrong_type(at, "an object");
  });
}

bool read_gemini_system(BodyWalk& walk, const Path& path, Conversation& conversation) {
  const auto text = [&](const Path& at) {
    Text said;
    if (!read_text(walk, at, said)) return false;
    if (!said.raw.empty()) conversation.system.push_back({TextPart{said}});
    return true;
  };
  if (walk.json.type() == JsonType::string) return text(path);
  const auto part = [&](const Path& at) {
    return walk.object(at, [&](const JsonString& key, const Path& inner) {
      if (key.is("text")) return text(inner);
      // Elsewhere only texts stand before everything else.
      const bool is_media = is(key, "inlineData", "inline_data") || is(key, "fileData", "file_data");
      if (is_media) add_beyond(conversation, inner.text(), providers::Weight::need);
      return walk.json.skip();
    });
  };
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (!key.is("parts")) return walk.json.skip();
    return walk.json.type() == JsonType::object ? part(at) : walk.array(at, part);
  });
}

}  // namespace gateway
