#include "providers/simulated/simulated_prompt.hpp"

#include <optional>
#include <utility>

#include "providers/simulated/simulated_json.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {}  // namespace

SimulatedPrompt::SimulatedPrompt(int block_tokens)
    : block_bytes_(static_cast<std::size_t>(block_tokens * bytes_per_token)), hash_(routing::hash_of("")) {}

void SimulatedPrompt::text(std::string_view text) {
  bytes_ += text.size();
  while (!text.empty()) {
    const auto part = text.substr(0, block_bytes_ - in_block_);
    hash_ = routing::hash_of(part, hash_);
    text.remove_prefix(part.size());
    in_block_ += part.size();
    if (in_block_ < block_bytes_) continue;
    blocks_.push_back(hash_);
    in_block_ = 0;
  }
}

void SimulatedPrompt::give_to(SimulatedRequest& request) {
  request.prompt = {(static_cast<std::int64_t>(bytes_) + bytes_per_token - 1) / bytes_per_token + extra_};
  request.hash = hash_;
  request.prefix_blocks = std::move(blocks_);
}

void read_content(std::string_view content, SimulatedPrompt& prompt, MessageSeen& seen) {
  if (auto text = text_of(content)) {
    prompt.text(*text);
    seen.last_text = *std::move(text);
    return;
  }
  if (!content.starts_with('[')) return;
  each_element(content, [&](std::string_view part) {
    std::optional<std::string> text;
    std::string_view inner, input;
    if (part.starts_with('{')) {
      each_member(part, [&](const JsonString& key, std::string_view value) {
        if (key.is("text") || key.is("thinking")) text = text_of(value);
        if (key.is("content")) inner = value;
        if (key.is("input")) input = value;
        if (key.is("type")) seen.has_result |= text_of(value) == "tool_result";
      });
    }
    if (text) {
      prompt.text(*text);
      seen.last_text = *std::move(text);
    } else if (!inner.empty()) {
      read_content(inner, prompt, seen);
    } else if (!input.empty()) {
      prompt.text(minified(input));
    } else {
      prompt.tokens(tokens_per_image);
    }
  });
}

bool read_message(std::string_view message, SimulatedPrompt& prompt, SimulatedRequest& request) {
  std::optional<std::string> role;
  std::string_view content, tool_calls;
  const bool is_object = message.starts_with('{');
  if (is_object) {
    each_member(message, [&](const JsonString& key, std::string_view value) {
      if (key.is("role")) role = text_of(value);
      if (key.is("content")) content = value;
      if (key.is("tool_calls")) tool_calls = value;
    });
  }
  if (!role) return false;
  prompt.text(*role);
  prompt.tokens(tokens_per_message);
  MessageSeen seen;
  read_content(content, prompt, seen);
  if (!tool_calls.empty()) prompt.text(minified(tool_calls));
  // What a program adds between the turns is no question.
  if (*role == "system" || *role == "developer") return true;
  request.follows_result = seen.has_result || *role == "tool";
  request.last_text = std::move(seen.last_text);
  return true;
}

}  // namespace providers
