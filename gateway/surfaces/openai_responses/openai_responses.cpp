#include "gateway/surfaces/openai_responses/openai_responses.hpp"

#include <algorithm>
#include <array>

#include "gateway/surfaces/openai_responses/response_object.hpp"
#include "gateway/surfaces/openai_responses/responses_answer.hpp"
#include "gateway/surfaces/openai_responses/responses_conversation.hpp"
#include "gateway/surfaces/openai_responses/responses_request.hpp"
#include "gateway/surfaces/openai_responses/said_back.hpp"
#include "providers/json/json_writer.hpp"

namespace gateway {
namespace {

class ResponsesConversing final : public Conversing {
 public:
  Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const override {
    return responses_conversation_of(body, tokens);
  }
  std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool /*wants_usage*/,
                                           const StreamIdentity& stream, std::string& out) const override {
    return std::make_unique<ResponsesStream>(asked, stream, out);
  }
  std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const override {
    return std::make_unique<ResponsesWhole>(asked);
  }
};

class ResponsesCounting final : public Counting {
 public:
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_responses_count(body, tokens);
  }
  std::string answer(config::Tokens tokens) const override {
    return R"({"object":"response.input_tokens","input_tokens":)" + std::to_string(tokens.count) +
           R"(,"isocost":{"estimated":true}})";
  }
};

// As OpenAI sends it, and with the members at the top where its SDKs' types have them.
std::string error_text(const ErrorReply& error, std::int64_t number) {
  const std::string message = response_error_message(error);
  std::string text = "event: error\ndata: ";
  providers::JsonWriter json(text);
  const auto text_or_null = [&](std::string_view key, std::string_view value) {
    json.key(key);
    value.empty() ? json.raw("null") : json.plain(value);
  };
  json.begin_object();
  json.key("type").plain("error");
  json.key("sequence_number").integer(number);
  json.key("code").plain(shown_code(error));
  json.key("message").plain(message);
  text_or_null("param", error.param);
  json.key("error").begin_object();
  json.key("type").plain(error.type);
  json.key("code").plain(shown_code(error));
  json.key("message").plain(message);
  text_or_null("param", error.param);
  json.end_object();
  json.end_object();
  return text + "\n\n";
}

constexpr std::array<Renamed, 9> parameters{{{"image_url", "input_image"},
                                             {"file", "input_file"},
                                             {"response_format", "text.format"},
                                             {"logprobs", "top_logprobs"},
                                             {"reasoning", "reasoning.effort"},
                                             {"reasoning_details", "reasoning"},
                                             {"max_tokens", "max_output_tokens"},
                                             {"verbosity", "text.verbosity"},
                                             {"messages", "input"}}};

// Of chat's members those that are the same here, by name and by value.
constexpr std::array<std::string_view, 7> as_in_chat{
    "temperature", "top_p", "top_logprobs", "parallel_tool_calls", "service_tier", "metadata", "user"};

class OpenAiResponses final : public Surface {
 public:
  config::Format format() const override { return config::Format::responses; }
  std::string_view route() const override { return "/v1/responses"; }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_responses(body, tokens);
  }
  const Conversing* conversing() const override { return &conversing_; }
  const Counting* counting() const override { return &counting_; }
  std::string_view parameter(std::string_view name) const override { return renamed(parameters, name); }
  std::optional<SaidDefault> said_default(std::string_view name, std::string_view value) const override {
    if (name == "max_tokens" || name == "max_completion_tokens") {
      return SaidDefault{"max_output_tokens", std::string(value)};
    }
    if (name == "reasoning_effort") {
      return SaidDefault{"reasoning", std::string("{\"effort\":").append(value).append("}")};
    }
    if (std::ranges::find(as_in_chat, name) == as_in_chat.end()) return std::nullopt;
    return SaidDefault{name, std::string(value)};
  }
  std::string_view system_member() const override { return "instructions"; }

  std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const override {
    std::string text = error_text(error, stream.events);
    std::string object;
    append_response(object, stream, SaidBack().members(),
                    {.status = ResponseStatus::failed, .error = &error});
    text += "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":";
    text.append(std::to_string(stream.events + 1)).append(",\"response\":").append(object).append("}\n\n");
    return text;
  }
  // Each stream ends with its usage, where a host has told any; there is no place for it behind that.
  std::string usage_event(const routing::Attempt&, const StreamIdentity&) const override { return {}; }
  // Clients count on each event being one that they know.
  std::string note_event(std::string_view members, const StreamIdentity&) const override {
    return std::string(": {").append(members).append("}\n\n");
  }
  std::string reply_id(std::string_view id) const override { return response_id(id); }
  std::string_view end_mark() const override { return {}; }

 private:
  ResponsesConversing conversing_;
  ResponsesCounting counting_;
};

}  // namespace

const Surface& openai_responses_surface() {
  static const OpenAiResponses surface;
  return surface;
}

}  // namespace gateway
