#include "gateway/surfaces/openai_chat/chat_request.hpp"

#include <algorithm>
#include <array>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surfaces/openai_chat/chat_prompt.hpp"
#include "providers/conversation/wishes.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

// OpenRouter's object.
struct AskedReasoning {
  bool any = false;
  std::string effort;
  std::optional<bool> enabled{}, exclude{};
  std::optional<std::int64_t> max_tokens{};
};

// The same in a word of OpenAI's; empty where there is nothing to say. Static.
std::string_view effort_word(const AskedReasoning& reasoning) {
  std::string_view word = reasoning.effort;
  if (word.empty() && reasoning.max_tokens) {
    const std::int64_t budget = *reasoning.max_tokens;
    word = budget == 0 ? "none" : budget <= 2'048 ? "low" : budget <= 8'192 ? "medium" : "high";
  }
  if (word.empty() && reasoning.enabled) word = "medium";
  if (!reasoning.enabled.value_or(true)) word = "none";
  for (const auto& [known, effort] : providers::effort_words) {
    if (known == word) return known;
  }
  return {};
}

// In which single hosts are told to think; the last is OpenRouter's.
constexpr std::array<std::string_view, 5> host_words{"thinking", "enable_thinking", "thinking_budget",
                                                     "chat_template_kwargs", "reasoning"};

class ChatReader final : public ClientBodyReader {
 public:
  ChatReader(std::string_view body, providers::JsonTokens& tokens, ClientBody& request, ChatShape shape)
      : ClientBodyReader(body, tokens, request), shape_(shape) {}

 private:
  struct Own {
    std::string_view key;
    bool (ChatReader::*read)(const Path&);
  };
  static const std::array<Own, 15> own_;

  std::optional<bool> own_member(std::string_view name, const Path& path) override {
    const auto word = std::ranges::find(host_words, name);
    if (word != host_words.end() && !is_for_router(name)) request_.thinking.host_words.push_back(*word);
    const auto own = std::ranges::find(own_, name, &Own::key);
    if (own == own_.end()) return std::nullopt;
    return (this->*own->read)(path);
  }

  // OpenRouter's words for it; hosts are told in OpenAI's, which an empty one beside them does not undo.
  bool is_for_router(std::string_view name) const override {
    if (shape_ != ChatShape::openrouter) return false;
    return name == "reasoning" || name == "include_reasoning" ||
           (name == "reasoning_effort" && said_effort_.empty());
  }

  bool is_of_thinking(std::string_view name) const override {
    return name == "reasoning_effort" || name == "reasoning";
  }

  bool is_complete(const Path& top) override {
    if (!has_messages_) {
      return walk_.wrong("missing_member", top.member("messages"), "nothing", "an array of messages");
    }
    if (prompt_.messages.empty()) {
      return walk_.wrong("invalid_value", top.member("messages"), "an empty array", "at least one message");
    }
    return shape_ != ChatShape::openrouter || says_one_effort(top);
  }

  // As OpenRouter has it: which of two was meant nobody knows.
  bool says_one_effort(const Path& top) {
    const std::string& effort = reasoning_.effort;
    if (!effort.empty() && !said_effort_.empty() && effort != said_effort_) {
      return walk_.wrong("invalid_value", top.member("reasoning_effort"), "another one in `reasoning.effort`",
                         "the same in both, or one of them alone");
    }
    if (!effort.empty() && reasoning_.max_tokens) {
      return walk_.wrong("invalid_value", top.member("reasoning"), "`effort` and `max_tokens`",
                         "one of the two");
    }
    return true;
  }

  void complete() override {
    if (const auto most = max_completion_tokens_ ? max_completion_tokens_ : max_tokens_) {
      request_.max_output = config::Tokens{*most};
    }
    if (logprobs_.value_or(false)) need(Feature::logprobs);
    if (include_reasoning_.value_or(false)) need(Feature::reasoning);
    if (prompt_.ends_with_assistant) need(Feature::prefill);
    request_.needs |= prompt_.needs;
    request_.pictures = prompt_.pictures;
    add_marks(prompt_.cache_marks, request_.cache_marks);
    complete_thinking();
    if (shape_ == ChatShape::openrouter) {
      request_.hides_reasoning = reasoning_.exclude.value_or(false) || !include_reasoning_.value_or(true);
    }
    const std::size_t tools_bytes = providers::decoded_size(request_.tools.of(body_));
    request_.prompt = estimated_tokens(prompt_, tools_bytes);
    request_.prefix_tokens = prefix_tokens(prompt_, tools_bytes);
    request_.messages = std::move(prompt_.messages);
    request_.details_edits = std::move(prompt_.details_edits);
    request_.thought_edits = std::move(prompt_.thought_edits);
  }

  bool messages(const Path& path) {
    if (walk_.json.type() != JsonType::array) return walk_.wrong_type(path, "an array");
    has_messages_ = true;
    return read_messages(walk_, path, prompt_);
  }

  bool max_tokens(const Path& path) { return output_bound(path, "max_tokens", max_tokens_); }
  bool max_completion_tokens(const Path& path) {
    return output_bound(path, "max_completion_tokens", max_completion_tokens_);
  }

  bool response_format(const Path& path) { return output_form(path); }

  bool reasoning_effort(const Path& path) {
    if (!walk_.string(path, said_effort_)) return false;
    if (!said_effort_.empty() && said_effort_ != "none") need(Feature::reasoning);
    return true;
  }

  bool reasoning(const Path& path) {
    const bool read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      reasoning_.any = true;
      if (key.is("effort")) return walk_.string(at, reasoning_.effort);
      if (key.is("enabled")) return walk_.boolean(at, reasoning_.enabled);
      if (key.is("exclude")) return walk_.boolean(at, reasoning_.exclude);
      if (key.is("max_tokens")) return walk_.integer(at, 0, most_tokens, reasoning_.max_tokens);
      return walk_.json.skip();
    });
    if (reasoning_.any && reasoning_.effort != "none" && reasoning_.enabled.value_or(true)) {
      need(Feature::reasoning);
    }
    return read;
  }

  // As Groq and llama.cpp have it, and as SGLang has it.
  bool reasoning_format(const Path&) {
    if (walk_.json.type() != JsonType::string) return walk_.json.skip();
    const auto format = walk_.json.string();
    if (format && (format->is("raw") || format->is("none"))) request_.keeps_think_tags = true;
    return format.has_value();
  }
  bool separate_reasoning(const Path& path) {
    std::optional<bool> separate;
    if (walk_.json.type() != JsonType::boolean) return walk_.json.skip();
    if (!walk_.boolean(path, separate)) return false;
    if (separate == false) request_.keeps_think_tags = true;
    return true;
  }

  // As the one word that OpenAI's hosts take for it, unless the client says that itself.
  void complete_thinking() {
    AskedReasoning said = reasoning_;
    if (!said_effort_.empty()) said = {.any = true, .effort = said_effort_};
    if (!said.any) return;
    request_.thinking.effort = effort_word(said);
    asks_effort(request_.thinking.effort);
    if (said.effort.empty() && request_.thinking.effort != "none") request_.thinking.budget = said.max_tokens;
  }

  bool web_search(const Path&) {
    if (walk_.json.type() == JsonType::object) offers({.type = {}, .searches = true});
    return walk_.json.skip();
  }
  bool cache_control(const Path&) { return note_cache_marks(walk_, request_.cache_marks); }
  bool include_reasoning(const Path& path) { return walk_.boolean(path, include_reasoning_); }
  bool logprobs(const Path& path) { return walk_.boolean(path, logprobs_); }

  bool modalities(const Path& path) {
    std::vector<std::string> asked;
    if (!walk_.strings(path, asked)) return false;
    if (std::find(asked.begin(), asked.end(), "audio") != asked.end()) need(Feature::audio);
    return true;
  }

  ChatShape shape_;
  ChatPrompt prompt_;
  AskedReasoning reasoning_;
  std::string said_effort_;  // reasoning_effort
  bool has_messages_ = false;
  std::optional<bool> logprobs_, include_reasoning_;
  std::optional<std::int64_t> max_tokens_, max_completion_tokens_;
};

const std::array<ChatReader::Own, 15> ChatReader::own_{{
    {"messages", &ChatReader::messages},
    {"max_tokens", &ChatReader::max_tokens},
    {"max_completion_tokens", &ChatReader::max_completion_tokens},
    {"tools", &ChatReader::tools},
    {"functions", &ChatReader::tools},
    {"response_format", &ChatReader::response_format},
    {"reasoning_effort", &ChatReader::reasoning_effort},
    {"reasoning", &ChatReader::reasoning},
    {"include_reasoning", &ChatReader::include_reasoning},
    {"reasoning_format", &ChatReader::reasoning_format},
    {"separate_reasoning", &ChatReader::separate_reasoning},
    {"logprobs", &ChatReader::logprobs},
    {"modalities", &ChatReader::modalities},
    {"cache_control", &ChatReader::cache_control},
    {"web_search_options", &ChatReader::web_search},
}};

}  // namespace

Inspected inspect_chat(std::string_view body, providers::JsonTokens& tokens, ChatShape shape) {
  Inspected result{ClientBody()};
  if (auto fault = ChatReader(body, tokens, *result, shape).read()) result = *std::move(fault);
  tokens.shrink();
  return result;
}

}  // namespace gateway
