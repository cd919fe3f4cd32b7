#include "gateway/surfaces/anthropic_messages/message_blocks.hpp"

#include <optional>
#include <string>
#include <utility>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/media_values.hpp"
#include "gateway/surfaces/anthropic_messages/own_thinking.hpp"

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
using providers::Weight;

// One block. Its type may come last, so its members are kept until all of them are there.
class BlockReader {
 public:
  BlockReader(BodyWalk& walk, std::string_view body, Conversation& conversation)
      : walk_(walk), body_(body), conversation_(conversation) {}

  bool read(const Path& path, std::vector<Part>& parts) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    const bool is_read =
        walk_.object(path, [&](const JsonString& key, const Path& at) { return member(key, at); });
    return is_read && add(path, parts);
  }

 private:
  bool member(const JsonString& key, const Path& path) {
    if (key.is("type")) return read_text(walk_, path, type_);
    if (key.is("text")) return read_text(walk_, path, text_);
    if (key.is("source")) return source(path);
    if (key.is("content")) return content(path);
    if (key.is("cache_control")) return read_cache_control(walk_, path, cache_);
    if (key.is("id")) return read_text(walk_, path, id_);
    if (key.is("tool_use_id")) return read_text(walk_, path, tool_use_id_);
    if (key.is("name")) return read_text(walk_, path, name_);
    if (key.is("input") && walk_.json.type() == JsonType::object) {
      return read_object(walk_, path, body_, input_);
    }
    if (key.is("is_error")) return walk_.boolean(path, is_error_);
    if (key.is("thinking")) return read_text(walk_, path, thinking_);
    if (key.is("signature")) return read_text(walk_, path, signature_);
    if (key.is("data")) return read_text(walk_, path, data_);
    if (key.is("title")) return read_text(walk_, path, title_);
    if (key.is("context")) return read_text(walk_, path, context_);
    if (key.is("citations") && walk_.json.type() == JsonType::object) return citations(path);
    return walk_.json.skip();
  }

  // Of an image or a document; of a search result it is a text.
  bool source(const Path& path) {
    if (walk_.json.type() == JsonType::string) return read_text(walk_, path, origin_);
    Text media_type, url, file_id;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, source_type_);
      if (key.is("media_type")) return read_text(walk_, at, media_type);
      if (key.is("data")) return read_text(walk_, at, media_.content);
      if (key.is("url")) return read_text(walk_, at, url);
      if (key.is("file_id")) return read_text(walk_, at, file_id);
      if (key.is("content")) return content(at);
      return walk_.json.skip();
    });
    if (!is_read) return false;
    if (source_type_.is("url")) {
      media_.source = MediaPart::Source::url;
      media_.content = url;
    } else if (source_type_.is("file")) {
      media_.source = MediaPart::Source::id;
      media_.content = file_id;
    }
    media_.media_type = media_type;
    return true;
  }

  // What an answer is to name as where it has it from; of an answer it is a list.
  bool citations(const Path& path) {
    std::optional<bool> wanted;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      return key.is("enabled") ? walk_.boolean(at, wanted) : walk_.json.skip();
    });
    if (wanted.value_or(false)) add_hint(conversation_, "citations");
    return is_read;
  }

  bool content(const Path& path) {
    if (walk_.json.type() != JsonType::string && walk_.json.type() != JsonType::array) {
      return walk_.json.skip();  // of tools that ran at a host
    }
    return read_blocks(walk_, path, body_, conversation_, content_);
  }

  bool add(const Path& path, std::vector<Part>& parts) {
    if (type_.is("text")) return say(parts, text_);
    if (type_.is("image") || type_.is("document")) return media(path, parts);
    if (type_.is("search_result")) return texts(parts, {title_, origin_});
    if (type_.is("tool_use")) return call(path, parts);
    if (type_.is("tool_result")) return result(path, parts);
    if (type_.is("thinking") || type_.is("redacted_thinking")) return thought(parts);
    if (type_.raw.empty()) return walk_.wrong("missing_member", path.member("type"), "nothing", "a type");
    add_beyond(conversation_, path.text(), Weight::need);
    return true;
  }

  bool say(std::vector<Part>& parts, const Text& text) {
    parts.push_back({TextPart{text}, cache_});
    return true;
  }

  // What it is called, and then what it says.
  bool texts(std::vector<Part>& parts, std::initializer_list<Text> headings) {
    for (const Text& heading : headings) {
      if (!heading.raw.empty()) parts.push_back({TextPart{heading}});
    }
    for (Part& part : content_) parts.push_back(std::move(part));
    if (cache_ && !parts.empty()) parts.back().cache = cache_;
    return true;
  }

  bool media(const Path& path, std::vector<Part>& parts) {
    if (source_type_.raw.empty()) {
      return walk_.wrong("missing_member", path.member("source"), "nothing", "what it is, with its type");
    }
    const bool is_document = type_.is("document");
    if (is_document && source_type_.is("text")) content_.push_back({TextPart{media_.content}});
    if (is_document && (source_type_.is("text") || source_type_.is("content"))) {
      return texts(parts, {title_, context_});
    }
    if (!source_type_.is("base64") && !source_type_.is("url") && !source_type_.is("file")) {
      add_beyond(conversation_, path.text(), Weight::need);
      return true;
    }
    media_.kind = is_document ? MediaPart::Kind::file : MediaPart::Kind::image;
    if (!check_media(walk_, path.member("source"), media_)) return false;
    if (is_document) {
      media_.name = title_;
      if (media_.media_type.raw.empty()) media_.media_type = {"application/pdf", false};
      if (!context_.raw.empty()) parts.push_back({TextPart{context_}});
    }
    parts.push_back({media_, cache_});
    return true;
  }

  bool call(const Path& path, std::vector<Part>& parts) {
    if (name_.raw.empty())
      return walk_.wrong("missing_member", path.member("name"), "nothing", "the tool's name");
    parts.push_back({ToolCallPart{.id = id_, .name = name_, .arguments = input_}, cache_});
    return true;
  }

  bool result(const Path& path, std::vector<Part>& parts) {
    if (tool_use_id_.raw.empty()) {
      return walk_.wrong("missing_member", path.member("tool_use_id"), "nothing", "the id of the call");
    }
    ToolResultPart result{.call_id = tool_use_id_, .content = {}, .is_error = is_error_.value_or(false)};
    // A mark in what is within is one on the whole of it.
    for (Part& part : content_) {
      if (const auto within = std::exchange(part.cache, std::nullopt)) cache_ = within;
      result.content.push_back(std::move(part));
    }
    parts.push_back({std::move(result), cache_});
    return true;
  }

  bool thought(std::vector<Part>& parts) {
    const Text& kept = type_.is("redacted_thinking") ? data_ : signature_;
    ThinkingPart thinking;
    if (const auto of_others = thinking_kept_in(kept)) {
      thinking = *of_others;
    } else if (type_.is("redacted_thinking")) {
      thinking = {.redacted = data_, .format = {anthropic_format, false}};
    } else if (!signature_.is(unsigned_thinking)) {
      thinking = {.signature = signature_, .format = {anthropic_format, false}};
    }
    if (thinking.text.raw.empty() && thinking.redacted.raw.empty()) thinking.text = thinking_;
    parts.push_back({thinking});
    return true;
  }

  BodyWalk& walk_;
  std::string_view body_;
  Conversation& conversation_;
  Text type_, text_, id_, tool_use_id_, name_, thinking_, signature_, data_;
  Text title_, context_, origin_, source_type_;
  MediaPart media_;
  std::string_view input_;
  std::vector<Part> content_;
  std::optional<bool> is_error_;
  std::optional<providers::CacheLife> cache_;
};

}  // namespace

bool read_blocks(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation,
                 std::vector<Part>& parts) {
  if (walk.json.type() == JsonType::string) {
    Text text;
    if (!read_text(walk, path, text)) return false;
    parts.push_back({TextPart{text}});
    return true;
  }
  return walk.array(path,
                    [&](const Path& at) { return BlockReader(walk, body, conversation).read(at, parts); });
}

}  // namespace gateway
