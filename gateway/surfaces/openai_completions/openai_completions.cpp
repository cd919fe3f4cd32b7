#include "gateway/surfaces/openai_completions/openai_completions.hpp"

#include <algorithm>
#include <array>

#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/prompt_texts.hpp"
#include "gateway/surface/stream_events.hpp"

namespace gateway {
namespace {

// What an answer has where nothing is said of it.
constexpr config::Tokens usual_output{16};

// Of chat's members those that are the same here, by name and by value.
constexpr std::array<std::string_view, 10> as_in_chat{
    "max_tokens",        "temperature",      "top_p",      "stop", "seed", "n",
    "frequency_penalty", "presence_penalty", "logit_bias", "user"};

class CompletionReader final : public ClientBodyReader {
 public:
  using ClientBodyReader::ClientBodyReader;

 private:
  std::optional<bool> own_member(std::string_view name, const Path& path) override {
    if (name == "prompt") return read_texts(walk_, path, prompt_);
    if (name == "suffix") return walk_.string(path, suffix_, 32u << 20);
    if (name == "max_tokens") return output_bound(path, "max_tokens", max_tokens_);
    if (name == "best_of") return walk_.integer(path, 1, 128, best_of_);
    if (name == "logprobs") return walk_.integer(path, 0, 100, logprobs_);
    return std::nullopt;
  }

  bool is_complete(const Path& top) override {
    return prompt_.count > 0 || walk_.wrong("missing_member", top.member("prompt"), "nothing", "a prompt");
  }

  void complete() override {
    prompt_.bytes += suffix_.size();
    request_.prompt = estimated_tokens(prompt_);
    request_.max_output = max_tokens_ ? config::Tokens{*max_tokens_} : usual_output;
    // Each prompt has its own answers, and those that only compete to be the best are billed, too.
    constexpr std::size_t most = 128, most_made = 10'000;
    const std::int64_t of_each = std::max<std::int64_t>(request_.choices, best_of_.value_or(1));
    request_.made = static_cast<int>(std::min(most_made, prompt_.count * static_cast<std::size_t>(of_each)));
    request_.choices =
        static_cast<int>(std::min(most, prompt_.count * static_cast<std::size_t>(request_.choices)));
    if (logprobs_) need(config::Feature::logprobs);
  }

  PromptTexts prompt_;
  std::string suffix_;
  std::optional<std::int64_t> max_tokens_, best_of_, logprobs_;
};

class OpenAiCompletions final : public Surface {
 public:
  config::Format format() const override { return config::Format::completions; }
  std::string_view route() const override { return "/v1/completions"; }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    Inspected result{ClientBody()};
    if (auto fault = CompletionReader(body, tokens, *result).read()) result = *std::move(fault);
    tokens.shrink();
    return result;
  }
  std::string_view parameter(std::string_view name) const override {
    return name == "messages" ? "prompt" : name;
  }
  std::optional<SaidDefault> said_default(std::string_view name, std::string_view value) const override {
    if (std::ranges::find(as_in_chat, name) == as_in_chat.end()) return std::nullopt;
    return SaidDefault{name, std::string(value)};
  }
  std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const override {
    return gateway::error_event(error, stream, StreamShape::completions);
  }
  std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) const override {
    return gateway::usage_event(attempt, stream, StreamShape::completions);
  }
  std::string note_event(std::string_view members, const StreamIdentity& stream) const override {
    return gateway::note_event(members, stream, StreamShape::completions);
  }
};

}  // namespace

const Surface& openai_completions_surface() {
  static const OpenAiCompletions surface;
  return surface;
}

}  // namespace gateway
