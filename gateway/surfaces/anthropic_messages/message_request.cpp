#include "gateway/surfaces/anthropic_messages/message_request.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surfaces/anthropic_messages/message_prompt.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::ByteRange;
using providers::JsonString;
using providers::JsonType;

constexpr std::size_t most_bytes_of_user = 512;

// What everybody who serves Anthropic's models takes; the rest is for Anthropic itself.
constexpr std::array<std::string_view, 16> taken_elsewhere{"model",
                                                           "messages",
                                                           "system",
                                                           "max_tokens",
                                                           "metadata",
                                                           "stop_sequences",
                                                           "stream",
                                                           "temperature",
                                                           "top_k",
                                                           "top_p",
                                                           "thinking",
                                                           "tool_choice",
                                                           "tools",
                                                           "output_config",
                                                           "context_management",
                                                           "anthropic_version"};
// Of tools that are not the client's own, but run by it.
constexpr std::array<std::string_view, 6> tools_elsewhere{"custom",       "computer_", "bash_",
                                                          "text_editor_", "memory_",   "tool_search_tool_"};

// Those that the client runs.
constexpr auto clients_tools = std::span(tools_elsewhere).first<5>();

class MessageReader final : public ClientBodyReader {
 public:
  MessageReader(std::string_view body, providers::JsonTokens& tokens, ClientBody& request, Purpose purpose,
                Fallbacks fallbacks)
      : ClientBodyReader(body, tokens, request), purpose_(purpose), whose_fallbacks_(fallbacks) {}

 private:
  struct Own {
    std::string_view key;
    bool (MessageReader::*read)(const Path&);
  };
  static const std::array<Own, 15> own_;

  std::optional<bool> own_member(std::string_view name, const Path& path) override {
    if (is_fallbacks(name)) return fallbacks(path);
    if (name == "mcp_servers" && walk_.json.type() == JsonType::array) request_.host_runs_tools = true;
    if (std::ranges::find(taken_elsewhere, name) == taken_elsewhere.end() && !is_routers(name)) {
      request_.is_for_maker = true;
    }
    const auto own = std::ranges::find(own_, name, &Own::key);
    if (own == own_.end()) return std::nullopt;
    return (this->*own->read)(path);
  }

  bool is_complete(const Path& top) override {
    if (!has_messages_) {
      return walk_.wrong("missing_member", top.member("messages"), "nothing", "an array of messages");
    }
    if (!prompt_.has_messages()) {
      return walk_.wrong("invalid_value", top.member("messages"), "an empty array", "at least one message");
    }
    if (!fallbacks_.empty() && !request_.models.empty()) {
      return walk_.wrong("invalid_value", top.member("fallbacks"), "`models` beside it", "one of the two");
    }
    return max_tokens_ || purpose_ == Purpose::count ||
           walk_.wrong("missing_member", top.member("max_tokens"), "nothing",
                       "the most tokens that the answer may have");
  }

  void complete() override {
    if (!fallbacks_.empty()) request_.models = std::move(fallbacks_);
    if (max_tokens_) request_.max_output = config::Tokens{*max_tokens_};
    if (prompt_.ends_with_assistant()) need(Feature::prefill);
    request_.needs |= prompt_.needs();
    request_.pictures = prompt_.pictures();
    add_marks(prompt_.cache_marks(), request_.cache_marks);
    request_.wants_usage = true;
    request_.streams_tell_usage = true;
    const std::size_t tools_bytes = providers::decoded_size(request_.tools.of(body_));
    request_.prompt = prompt_.estimated(tools_bytes);
    request_.prefix_tokens = prompt_.prefix_tokens(tools_bytes);
    for (const MessagePrompt::Piece& piece : prompt_.pieces()) request_.messages.push_back(piece.range);
    for (const ByteRange& range : prompt_.unsigned_thoughts()) request_.edits.push_back({range, {}});
    // In the midst of calling tools, the turn that called them must begin with what was thought then.
    if (is_told_to_think_ && prompt_.goes_on_unsigned()) {
      request_.edits.push_back({thinking_, R"({"type":"disabled"})"});
    }
  }

  // Hosts say the version in the head, or have one of their own.
  // An empty place says nothing, and must not stand behind the one that its host is told.
  bool is_for_router(std::string_view name) const override {
    return name == "anthropic_version" || is_fallbacks(name) ||
           (name == "inference_geo" && request_.inference_geo.empty());
  }

  bool is_fallbacks(std::string_view name) const {
    return whose_fallbacks_ == Fallbacks::for_router && name == "fallbacks";
  }

  // OpenRouter's: models to turn to, each an object of its name.
  bool fallbacks(const Path& path) {
    constexpr std::size_t most = 3;
    return walk_.array(path, [&](const Path& element) {
      if (fallbacks_.size() == most) {
        return walk_.wrong("invalid_value", path, "more than 3 models", "so many at most");
      }
      if (walk_.json.type() != JsonType::object) return walk_.wrong_type(element, "an object");
      std::string model;
      const bool is_read = walk_.object(element, [&](const JsonString& key, const Path& at) {
        if (key.is("model")) return walk_.string(at, model);
        return walk_.wrong("unknown_member", at, "a member that is not known here", "`model` alone");
      });
      if (!is_read) return false;
      if (model.empty()) {
        return walk_.wrong("missing_member", element.member("model"), "nothing", "the name of a model");
      }
      fallbacks_.push_back(std::move(model));
      return true;
    });
  }

  bool messages(const Path& path) {
    has_messages_ = true;
    return prompt_.messages(walk_, path);
  }
  bool system(const Path& path) { return prompt_.system(walk_, path); }
  bool max_tokens(const Path& path) { return output_bound(path, "max_tokens", max_tokens_); }

  bool tools(const Path& path) {
    const std::size_t begin = walk_.json.position();
    bool any = false;
    const bool is_read = walk_.array(path, [&](const Path&) {
      any = true;
      if (walk_.json.type() != JsonType::object) return walk_.json.skip();
      OfferedTool tool;
      const bool is_tool = walk_.json.object([&](const JsonString& key) {
        if (key.is("eager_input_streaming") || key.is("allowed_callers")) request_.is_for_maker = true;
        return tool.member(walk_, key, request_.cache_marks);
      });
      const auto begins = [&](std::string_view each) { return tool.type->raw.starts_with(each); };
      if (tool.type && std::ranges::none_of(tools_elsewhere, begins)) request_.is_for_maker = true;
      if (tool.type && std::ranges::none_of(clients_tools, begins)) request_.host_runs_tools = true;
      offers(tool);
      return is_tool;
    });
    if (!is_read || !any) return is_read;
    need(Feature::tools);
    request_.tools = {begin, walk_.json.end()};
    return true;
  }

  bool cache_control(const Path&) { return note_cache_marks(walk_, request_.cache_marks); }
  bool inference_geo(const Path& path) { return walk_.string(path, request_.inference_geo, 64); }

  // What a model may do, any can; what it is told to do, not.
  bool thinking(const Path& path) {
    std::string type;
    const std::size_t begin = walk_.json.position();
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("budget_tokens") && walk_.json.type() == JsonType::number) {
        const auto budget = walk_.json.number();
        if (budget) request_.thinking_budget = budget->whole();
        return budget.has_value();
      }
      return key.is("type") ? walk_.string(at, type) : walk_.json.skip();
    });
    is_told_to_think_ = type == "enabled";
    // An effort says more than a budget, whichever stands first.
    if (type == "disabled") {
      asks_budget(0);
    } else if (request_.thinking_budget && request_.effort == routing::Effort::unsaid) {
      asks_budget(*request_.thinking_budget);
    }
    if (is_told_to_think_) need(Feature::reasoning);
    thinking_ = {begin, walk_.json.end()};
    return is_read;
  }

  bool output_config(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("effort") && walk_.json.type() == JsonType::string) {
        std::string effort;
        const bool is_read = walk_.string(at, effort);
        if (request_.effort != routing::Effort::off) asks_effort(effort);
        return is_read;
      }
      return key.is("format") ? output_format(at) : walk_.json.skip();
    });
  }
  bool output_format(const Path& path) { return output_form(path); }

  bool metadata(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path&) {
      if (!key.is("user_id") || walk_.json.type() != JsonType::string) return walk_.json.skip();
      const auto user = walk_.json.string();
      if (user && user->raw.size() <= most_bytes_of_user) request_.user = user->text();
      return user.has_value();
    });
  }

  // Of OpenAI's APIs; here it says nothing to us.
  bool of_others(const Path&) { return walk_.json.skip(); }

  const Purpose purpose_;
  const Fallbacks whose_fallbacks_;
  std::vector<std::string> fallbacks_;
  MessagePrompt prompt_;
  ByteRange thinking_;
  bool is_told_to_think_ = false;
  bool has_messages_ = false;
  std::optional<std::int64_t> max_tokens_;
};

const std::array<MessageReader::Own, 15> MessageReader::own_{{
    {"messages", &MessageReader::messages},
    {"system", &MessageReader::system},
    {"max_tokens", &MessageReader::max_tokens},
    {"tools", &MessageReader::tools},
    {"thinking", &MessageReader::thinking},
    {"output_config", &MessageReader::output_config},
    {"output_format", &MessageReader::output_format},
    {"metadata", &MessageReader::metadata},
    {"inference_geo", &MessageReader::inference_geo},
    {"cache_control", &MessageReader::cache_control},
    {"anthropic_version", &MessageReader::of_others},
    {"n", &MessageReader::of_others},
    {"user", &MessageReader::of_others},
    {"stream_options", &MessageReader::of_others},
    {"prompt_cache_key", &MessageReader::of_others},
}};

}  // namespace

Inspected inspect_messages(std::string_view body, providers::JsonTokens& tokens, Purpose purpose,
                           Fallbacks fallbacks) {
  Inspected result{ClientBody()};
  if (auto fault = MessageReader(body, tokens, *result, purpose, fallbacks).read())
    result = *std::move(fault);
  tokens.shrink();
  return result;
}

}  // namespace gateway
