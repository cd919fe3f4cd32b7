#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"

#include <array>
#include <utility>

#include "gateway/surfaces/anthropic_messages/message_answer.hpp"
#include "gateway/surfaces/anthropic_messages/message_conversation.hpp"
#include "gateway/surfaces/anthropic_messages/message_errors.hpp"
#include "gateway/surfaces/anthropic_messages/message_request.hpp"
#include "gateway/surfaces/anthropic_messages/message_usage.hpp"

namespace gateway {
namespace {

ThoughtShown shown(const providers::Conversation& asked) {
  if (!asked.thinking.is_hidden) return ThoughtShown::yes;
  return asked.thinking.comes_back ? ThoughtShown::unread : ThoughtShown::no;
}

class MessageConversing final : public Conversing {
 public:
  Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const override {
    return conversation_of_messages(body, tokens);
  }
  std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool /*wants_usage*/,
                                           const StreamIdentity& stream, std::string& out) const override {
    return std::make_unique<MessageEvents>(stream, shown(asked), out);
  }
  std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const override {
    return std::make_unique<MessageWhole>(shown(asked));
  }
};

class MessageCounting final : public Counting {
 public:
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_messages(body, tokens, Purpose::count);
  }
  std::string answer(config::Tokens tokens) const override {
    return "{\"input_tokens\":" + std::to_string(tokens.count) + "}";
  }
};

constexpr std::array<Renamed, 9> parameters{{{"reasoning", "thinking"},
                                             {"reasoning_details", "thinking blocks"},
                                             {"stop", "stop_sequences"},
                                             {"response_format", "output_config.format"},
                                             {"parallel_tool_calls", "tool_choice.disable_parallel_tool_use"},
                                             {"image_url", "image"},
                                             {"file", "document"},
                                             {"file_id", "source.file_id"},
                                             {"user", "metadata.user_id"}}};

// The one event that every client skips, whatever else is in it.
std::string ping(std::string_view members) {
  return std::string("event: ping\ndata: {\"type\":\"ping\",").append(members).append("}\n\n");
}

class AnthropicMessages final : public Surface {
 public:
  config::Format format() const override { return config::Format::messages; }
  std::string_view route() const override { return "/v1/messages"; }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_messages(body, tokens, Purpose::answer);
  }
  const Conversing* conversing() const override { return &conversing_; }
  const Counting* counting() const override { return &counting_; }
  // Which version and which betas an API speaks is between its client and a host that speaks it, too.
  std::string host_fields(const ApiFields& said) const override {
    if (said.version.empty() && said.betas.empty()) return {};
    std::string fields = "\r\nanthropic-version: " + (said.version.empty() ? "2023-06-01" : said.version);
    if (!said.betas.empty()) fields += "\r\nanthropic-beta: " + said.betas;
    return fields;
  }

  std::string_view parameter(std::string_view name) const override { return renamed(parameters, name); }
  std::optional<SaidDefault> said_default(std::string_view name, std::string_view value) const override {
    if (name == "max_tokens" || name == "max_completion_tokens")
      return SaidDefault{"max_tokens", std::string(value)};
    if (name == "reasoning_effort") {
      return SaidDefault{"output_config", std::string("{\"effort\":").append(value).append("}")};
    }
    if (name == "stop") {
      const bool is_list = value.starts_with('[');
      return SaidDefault{"stop_sequences", is_list ? std::string(value) : "[" + std::string(value) + "]"};
    }
    const bool is_same = name == "temperature" || name == "top_p" || name == "top_k";
    return is_same ? std::optional(SaidDefault{name, std::string(value)}) : std::nullopt;
  }
  std::string_view system_member() const override { return "system"; }
  std::string error_body(const ErrorReply& error, std::string_view id) const override {
    return message_error(error, id);
  }
  std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const override {
    return "event: error\ndata: " + message_error(error, stream.id) + "\n\n";
  }
  // Where a stream that was passed on told none, its end is written by the host.
  std::string usage_event(const routing::Attempt& attempt, const StreamIdentity&) const override {
    std::string members = "\"isocost\":{\"estimated\":true,\"usage\":";
    append_message_usage(members, attempt.usage.value_or(routing::Usage{}), UsageOf::end_of_stream);
    return ping(members + "}");
  }
  std::string note_event(std::string_view members, const StreamIdentity&) const override {
    return ping(members);
  }
  std::string_view waiting_event() const override { return "event: ping\ndata: {\"type\": \"ping\"}"; }
  std::string_view end_mark() const override {
    return "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  }
  std::string id_fields(std::string_view id) const override {
    return std::string("request-id: ").append(id).append("\r\n");
  }

 private:
  MessageConversing conversing_;
  MessageCounting counting_;
};

}  // namespace

const Surface& anthropic_messages_surface() {
  static const AnthropicMessages surface;
  return surface;
}

}  // namespace gateway
