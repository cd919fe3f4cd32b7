// What a turn of a conversation is made of. Values of views; see text.hpp for what must outlive them.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "providers/conversation/text.hpp"

namespace providers {

// How long a host is asked to remember everything up to here.
enum class CacheLife { five_minutes, hour };

struct TextPart {
  Text text{};
};

struct MediaPart {
  enum class Kind { image, audio, file };
  enum class Source { base64, url, id };  // id: of a file that lies at one host

  Kind kind = Kind::image;
  Source source = Source::base64;
  Text content{};     // what the source says
  Text media_type{};  // "image/png"; empty where the client did not say it
  Text name{};        // of a file; empty: none
  Text detail{};      // how closely to look at an image, in OpenAI's words; empty: not said
};

// Of the model. Broken arguments are what models write at times, and clients send back: text, but no object.
struct ToolCallPart {
  Text id{};
  Text name{};
  std::string_view arguments{};  // JSON, an object; where it is broken, any text
  bool is_broken = false;
  std::optional<Text> input{};  // of a tool that takes a text: it, which `arguments` say as an object
};

// What the model thought. It is valid only for those who made it, and only with what they signed it by.
struct ThinkingPart {
  Text text{};
  Text signature{};  // empty: not signed
  Text redacted{};   // instead of both: encrypted
  Text format{};     // whose it is, in OpenRouter's words: "anthropic-claude-v1"; empty: not said
  Text id{};         // as the host called it; empty: not said
};

struct Part;

struct ToolResultPart {
  Text call_id{};
  std::vector<Part> content;  // texts and media
  bool is_error = false;
};

struct Part {
  std::variant<TextPart, MediaPart, ToolCallPart, ToolResultPart, ThinkingPart> what;
  std::optional<CacheLife> cache{};  // up to and including this part
};

struct Turn {
  enum class Role { system, user, assistant };  // results of tools are the user's

  Role role = Role::user;
  std::vector<Part> parts{};
  std::optional<std::size_t> place{};  // of the message, in the client's list, that it begins with
};

}  // namespace providers
