#include "gateway/surfaces/openai_responses/responses_prompt.hpp"

#include <algorithm>
#include <optional>

#include "gateway/surface/block_hash.hpp"
#include "gateway/surface/kept_thinking.hpp"
#include "gateway/surface/prompt_estimate.hpp"
#include "gateway/surfaces/openai_responses/response_object.hpp"
#include "providers/conversation/owner_mark.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::JsonString;
using providers::JsonType;

std::uint64_t rough_tokens(const ResponsesPrompt& prompt) {
  return gateway::rough_tokens(prompt.items.size(), prompt.attachments, prompt.text_bytes);
}

std::uint64_t tokens_of_instructions(std::uint64_t bytes) {
  return bytes > 0 ? tokens_per_message + (bytes + 3) / 4 : 0;
}

std::uint32_t narrowed(std::uint64_t tokens) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(tokens, UINT32_MAX));
}

class PromptReader {
 public:
  PromptReader(BodyWalk& walk, ResponsesPrompt& prompt) : walk_(walk), prompt_(prompt) {}

  bool item(const Path& path) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    const std::size_t begin = walk_.json.position();
    Item item;
    const bool read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return word(at, item.type);
      if (key.is("role")) return item.has_role = true, walk_.json.skip();
      if (key.is("id")) return id(item);
      if (key.is("call_id") || key.is("status") || key.is("phase")) return walk_.json.skip();
      if (key.is("content")) return content(at, item);
      if (key.is("output")) return content(at, item);
      if (key.is("encrypted_content")) return encrypted(at, item);
      return counted(most_bytes_of_unknown);
    });
    if (!read || !stands_for_itself(path, item)) return false;
    if (item.type.is("reasoning") && (item.is_kept_here || (!item.is_encrypted && !item.has_content))) {
      prompt_.unusable.push_back(prompt_.items.size());
    }
    if (item.type.is("image_generation_call") && item.has_own_id) {
      prompt_.unusable.push_back(prompt_.items.size());
    }
    prompt_.items.push_back({begin, walk_.json.end()});
    prompt_.tokens_so_far.push_back(narrowed(rough_tokens(prompt_)));
    return true;
  }

  bool text() {
    const auto found = walk_.json.string();
    if (!found) return false;
    prompt_.text_bytes += found->escaped ? providers::decoded_size(found->raw) : found->raw.size();
    return true;
  }

 private:
  struct Item {
    JsonString type{};
    bool has_id = false;
    bool has_own_id = false;  // of a picture that we named
    bool has_role = false;
    bool has_content = false;
    bool is_encrypted = false;
    bool is_kept_here = false;  // what is encrypted is of ours
  };

  bool id(Item& item) {
    item.has_id = true;
    if (walk_.json.type() != JsonType::string) return walk_.json.skip();
    const auto found = walk_.json.string();
    if (found) item.has_own_id = found->raw.starts_with(own_picture_prefix);
    return found.has_value();
  }

  bool word(const Path& path, JsonString& value) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    if (walk_.json.type() != JsonType::string) return walk_.wrong_type(path, "a string");
    const auto found = walk_.json.string();
    if (found) value = *found;
    return found.has_value();
  }

  bool stands_for_itself(const Path& path, const Item& item) {
    const bool is_reference =
        item.type.is("item_reference") || (item.type.raw.empty() && item.has_id && !item.has_role);
    if (!is_reference) return true;
    return walk_.wrong("unsupported_value", path, "a reference to a stored item",
                       "the item itself: nothing is stored here, so all of the history must be sent, as "
                       "clients do that are told to ask with `store: false`");
  }

  bool encrypted(const Path& path, Item& item) {
    JsonString value;
    if (!word(path, value)) return false;
    item.is_encrypted = !value.raw.empty();
    item.is_kept_here = is_kept_thinking(value);
    if (const auto owner = providers::owner_in(value.raw)) {
      const auto end = static_cast<std::size_t>(value.raw.data() - walk_.body.data()) + value.raw.size();
      prompt_.owned.push_back({prompt_.items.size(), {end - providers::owner_mark_size, end}, *owner});
    }
    // Of its size only that it is thought: hosts count what it stands for.
    prompt_.text_bytes += value.raw.size() / 2;
    return true;
  }

  bool content(const Path& path, Item& item) {
    switch (walk_.json.type()) {
      case JsonType::string:
        return item.has_content = true, text();
      case JsonType::array:
        return walk_.array(path, [&](const Path& at) { return item.has_content = true, part(at); });
      case JsonType::null:
        return walk_.json.null();
      default:
        return counted(most_bytes_of_unknown);
    }
  }

  bool part(const Path& path) {
    if (walk_.json.type() == JsonType::string) return text();
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    JsonString type;
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return word(at, type) && needs_of(type);
      if (key.is("text") || key.is("refusal")) {
        return walk_.json.type() == JsonType::string ? text() : walk_.wrong_type(at, "a string");
      }
      if (key.is("image_url") || key.is("file_data") || key.is("file_url") || key.is("input_audio") ||
          key.is("file_id") || key.is("detail") || key.is("filename") || key.is("annotations") ||
          key.is("logprobs")) {
        return walk_.json.skip();
      }
      return counted(most_bytes_of_unknown);
    });
  }

  bool needs_of(const JsonString& type) {
    const bool is_image = type.is("input_image");
    const bool is_audio = type.is("input_audio");
    if (!is_image && !is_audio && !type.is("input_file")) return true;
    const Feature feature = is_image ? Feature::images : is_audio ? Feature::audio : Feature::files;
    prompt_.needs.set(static_cast<std::size_t>(feature));
    ++prompt_.attachments;
    if (is_image) ++prompt_.pictures;
    return true;
  }

  bool counted(std::size_t most) {
    const std::size_t begin = walk_.json.position();
    if (!walk_.json.skip()) return false;
    const std::string_view value = walk_.body.substr(begin, walk_.json.end() - begin);
    prompt_.text_bytes += value.size() > most ? most : providers::decoded_size(value);
    return true;
  }

  BodyWalk& walk_;
  ResponsesPrompt& prompt_;
};

}  // namespace

bool read_input(BodyWalk& walk, const Path& path, ResponsesPrompt& prompt) {
  PromptReader reader(walk, prompt);
  if (walk.json.type() == JsonType::string) {
    const std::size_t begin = walk.json.position();
    if (!reader.text()) return false;
    prompt.items.push_back({begin, walk.json.end()});
    prompt.tokens_so_far.push_back(narrowed(rough_tokens(prompt)));
    return true;
  }
  if (walk.json.type() != JsonType::array) return walk.wrong_type(path, "a string or an array of items");
  return walk.array(path, [&](const Path& at) { return reader.item(at); });
}

config::Tokens estimated_tokens(const ResponsesPrompt& prompt, std::uint64_t instructions_bytes,
                                std::uint64_t tools_bytes) {
  return {static_cast<std::int64_t>(rough_tokens(prompt) + tokens_of_instructions(instructions_bytes) +
                                    tokens_of_tools(tools_bytes))};
}

std::vector<std::uint32_t> prefix_tokens(const ResponsesPrompt& prompt, std::uint64_t instructions_bytes,
                                         std::uint64_t tools_bytes) {
  const std::uint64_t before = tokens_of_instructions(instructions_bytes) + tokens_of_tools(tools_bytes);
  std::vector<std::uint32_t> tokens;
  if (instructions_bytes > 0) tokens.push_back(narrowed(tokens_of_any_prompt + before));
  for (const std::uint32_t each : prompt.tokens_so_far) tokens.push_back(narrowed(each + before));
  const std::size_t count = tokens.size();
  tokens.erase(tokens.begin(),
               tokens.begin() + static_cast<std::ptrdiff_t>(count - std::min(count, most_prefix_blocks)));
  return tokens;
}

}  // namespace gateway
