#include "gateway/surfaces/openai_chat/chat_prompt.hpp"

#include <algorithm>
#include <optional>

#include "gateway/surface/block_hash.hpp"
#include "gateway/surface/body_values.hpp"
#include "gateway/surface/prompt_estimate.hpp"
#include "gateway/surfaces/openai_chat/earlier_thoughts.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::JsonString;
using providers::JsonType;

// Of the messages so far.
std::uint64_t rough_tokens(const ChatPrompt& prompt) {
  return gateway::rough_tokens(prompt.messages.size(), prompt.attachments, prompt.text_bytes);
}

void need(config::Features& needs, Feature feature) {
  needs.set(static_cast<std::size_t>(feature));
}

class PromptReader {
 public:
  PromptReader(BodyWalk& walk, ChatPrompt& prompt) : walk_(walk), prompt_(prompt) {}

  bool message(const Path& path) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    const std::size_t begin = walk_.json.position();
    prompt_.ends_with_assistant = false;
    EarlierThoughts thoughts(walk_.body);
    const bool read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      thoughts.member(key);
      if (key.is("role")) return role(at);
      if (key.is("content")) return content(at);
      if (key.is("cache_control")) return note_cache_marks(walk_, prompt_.cache_marks);
      const std::size_t value = walk_.json.position();
      const bool is_read = key.is("reasoning_details") && walk_.json.type() == JsonType::array
                               ? thoughts.details(walk_.json)
                               : walk_.json.skip();
      if (is_read) count(value, most_bytes_of_unknown);
      return is_read;
    });
    if (!read) return false;
    thoughts.put_edits(walk_.json.end(), prompt_.details_edits);
    thoughts.leave_out(walk_.json.end(), prompt_.thought_edits);
    prompt_.messages.push_back({begin, walk_.json.end()});
    const std::uint64_t so_far = rough_tokens(prompt_);
    prompt_.tokens_so_far.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(so_far, UINT32_MAX)));
    return true;
  }

 private:
  bool role(const Path& path) {
    if (walk_.json.type() != JsonType::string) return walk_.wrong_type(path, "a string");
    const auto role = walk_.json.string();
    if (!role) return false;
    prompt_.ends_with_assistant = role->is("assistant");
    return true;
  }

  bool content(const Path& path) {
    switch (walk_.json.type()) {
      case JsonType::string:
        return text();
      case JsonType::array:
        return walk_.array(path, [&](const Path& at) { return part(at); });
      case JsonType::null:
        return walk_.json.null();
      default:
        return walk_.wrong_type(path, "a string or an array");
    }
  }

  bool part(const Path& path) {
    if (walk_.json.type() == JsonType::string) return text();
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("text")) {
        return walk_.json.type() == JsonType::string ? text() : walk_.wrong_type(at, "a string");
      }
      if (key.is("type")) return walk_.json.skip();
      if (key.is("cache_control")) return note_cache_marks(walk_, prompt_.cache_marks);
      if (key.is("image_url") || key.is("image")) return attachment(Feature::images);
      if (key.is("input_audio")) return attachment(Feature::audio);
      if (key.is("file")) return attachment(Feature::files);
      return counted(most_bytes_of_unknown);
    });
  }

  bool text() {
    const auto found = walk_.json.string();
    if (!found) return false;
    prompt_.text_bytes += found->escaped ? providers::decoded_size(found->raw) : found->raw.size();
    return true;
  }

  bool attachment(Feature feature) {
    need(prompt_.needs, feature);
    ++prompt_.attachments;
    if (feature == Feature::images) ++prompt_.pictures;
    return walk_.json.skip();
  }

  bool counted(std::size_t most) {
    const std::size_t begin = walk_.json.position();
    if (!walk_.json.skip()) return false;
    count(begin, most);
    return true;
  }

  // What was read since then.
  void count(std::size_t begin, std::size_t most) {
    const std::string_view value = walk_.body.substr(begin, walk_.json.end() - begin);
    prompt_.text_bytes += value.size() > most ? most : providers::decoded_size(value);
  }

  BodyWalk& walk_;
  ChatPrompt& prompt_;
};

}  // namespace

bool read_messages(BodyWalk& walk, const Path& path, ChatPrompt& prompt) {
  PromptReader reader(walk, prompt);
  return walk.array(path, [&](const Path& at) { return reader.message(at); });
}

config::Tokens estimated_tokens(const ChatPrompt& prompt, std::uint64_t tools_bytes) {
  return {static_cast<std::int64_t>(rough_tokens(prompt) + tokens_of_tools(tools_bytes))};
}

std::vector<std::uint32_t> prefix_tokens(const ChatPrompt& prompt, std::uint64_t tools_bytes) {
  const std::size_t count = prompt.tokens_so_far.size();
  std::vector<std::uint32_t> tokens(
      prompt.tokens_so_far.end() - static_cast<std::ptrdiff_t>(std::min(count, most_prefix_blocks)),
      prompt.tokens_so_far.end());
  for (std::uint32_t& each : tokens) {
    const std::uint64_t all = each + tokens_of_tools(tools_bytes);
    each = static_cast<std::uint32_t>(std::min<std::uint64_t>(all, UINT32_MAX));
  }
  return tokens;
}

}  // namespace gateway
