#include "gateway/surface/prompt_texts.hpp"

#include <algorithm>
#include <optional>

namespace gateway {
namespace {

using providers::JsonType;

constexpr std::string_view allowed = "a string, a list of strings, a list of tokens, or a list of such lists";

bool read_text(BodyWalk& walk, PromptTexts& texts) {
  const auto text = walk.json.string();
  if (!text) return false;
  ++texts.count;
  texts.bytes += providers::decoded_size(text->raw);
  return true;
}

bool read_token(BodyWalk& walk, const Path& path, PromptTexts& texts) {
  const auto number = walk.json.number();
  if (!number) return false;
  if (const auto token = number->integer(); !token || *token < 0) {
    return walk.wrong("invalid_value", path, number->text, "the number of a token");
  }
  ++texts.tokens;
  return true;
}

bool read_tokens(BodyWalk& walk, const Path& path, PromptTexts& texts) {
  ++texts.count;
  const bool is_read = walk.array(path, [&](const Path& at) {
    if (walk.json.type() != JsonType::number) return walk.wrong_type(at, "the number of a token");
    return read_token(walk, at, texts);
  });
  return is_read;
}

}  // namespace

bool read_texts(BodyWalk& walk, const Path& path, PromptTexts& texts) {
  if (walk.json.type() == JsonType::string) return read_text(walk, texts);
  if (walk.json.type() != JsonType::array) return walk.wrong_type(path, allowed);
  std::optional<JsonType> type;
  const bool is_read = walk.array(path, [&](const Path& at) {
    const JsonType found = walk.json.type();
    if (type && *type != found) return walk.wrong_type(at, "the same as the elements before it");
    type = found;
    const std::size_t begin = walk.json.position();
    const auto kept = [&](bool is_whole) {
      if (is_whole) texts.elements.push_back({begin, walk.json.end()});
      return is_whole;
    };
    switch (found) {
      case JsonType::string:
        return kept(read_text(walk, texts));
      case JsonType::number:
        texts.count = 1;
        return read_token(walk, at, texts);
      case JsonType::array:
        return kept(read_tokens(walk, at, texts));
      default:
        return walk.wrong_type(at, "a string, a token or a list of tokens");
    }
  });
  if (!is_read) return false;
  return type || walk.wrong("invalid_value", path, "an empty array", allowed);
}

config::Tokens estimated_tokens(const PromptTexts& texts) {
  constexpr std::uint64_t most = 1'000'000'000;
  return {static_cast<std::int64_t>(std::min(most, texts.tokens + (texts.bytes + 3) / 4))};
}

}  // namespace gateway
