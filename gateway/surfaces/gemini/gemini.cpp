#include "gateway/surfaces/gemini/gemini.hpp"

#include <array>
#include <boost/json.hpp>

#include "gateway/surfaces/gemini/gemini_answer.hpp"
#include "gateway/surfaces/gemini/gemini_call.hpp"
#include "gateway/surfaces/gemini/gemini_conversation.hpp"
#include "gateway/surfaces/gemini/gemini_embeddings.hpp"
#include "gateway/surfaces/gemini/gemini_errors.hpp"
#include "gateway/surfaces/gemini/gemini_request.hpp"

namespace gateway {
namespace {

// What the SDKs' type checkers want of an event: candidates, if none.
constexpr std::string_view no_candidates = R"({"candidates":[])";

constexpr std::array<Renamed, 17> parameters{{{"messages", "contents"},
                                              {"max_tokens", "generationConfig.maxOutputTokens"},
                                              {"temperature", "generationConfig.temperature"},
                                              {"top_p", "generationConfig.topP"},
                                              {"top_k", "generationConfig.topK"},
                                              {"seed", "generationConfig.seed"},
                                              {"stop", "generationConfig.stopSequences"},
                                              {"n", "generationConfig.candidateCount"},
                                              {"logprobs", "generationConfig.responseLogprobs"},
                                              {"frequency_penalty", "generationConfig.frequencyPenalty"},
                                              {"presence_penalty", "generationConfig.presencePenalty"},
                                              {"response_format", "generationConfig.responseSchema"},
                                              {"reasoning", "generationConfig.thinkingConfig"},
                                              {"tool_choice", "toolConfig"},
                                              {"image_url", "inlineData"},
                                              {"input_audio", "inlineData"},
                                              {"file", "inlineData"}}};

class GeminiConversing final : public Conversing {
 public:
  explicit GeminiConversing(GeminiFraming framing) : framing_(framing) {}
  Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const override {
    return gemini_conversation_of(body, tokens);
  }
  std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool /*wants_usage*/,
                                           const StreamIdentity& stream, std::string& out) const override {
    return std::make_unique<GeminiEvents>(stream, shown(asked), framing_, out);
  }
  std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const override {
    return std::make_unique<GeminiWhole>(shown(asked));
  }

 private:
  static ThoughtsShown shown(const providers::Conversation& asked) {
    return asked.thinking.is_hidden ? ThoughtsShown::no : ThoughtsShown::yes;
  }

  GeminiFraming framing_;
};

class GeminiCounting final : public Counting {
 public:
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_gemini(body, tokens);
  }
  std::string answer(config::Tokens tokens) const override {
    return "{\"totalTokens\":" + std::to_string(tokens.count) + "}";
  }
};

class Gemini final : public Surface {
 public:
  explicit Gemini(GeminiFraming framing) : framing_(framing), conversing_(framing) {}
  // Google's own clients ask for events; an array is what comes unasked.
  const Surface& of_call(std::string_view action, std::string_view query) const override;
  config::Format format() const override { return config::Format::gemini; }
  std::string_view route() const override { return "/v1beta/models/{model}:generateContent"; }
  std::optional<ErrorReply> complete(const PathSaid& said, std::string& body) const override {
    if (auto error = strip_gemini_call(said, body)) return error;
    const bool streams = said.action == "streamGenerateContent";
    const std::size_t begin = body.find_first_not_of(" \t\r\n");
    if (said.model.empty() || begin == std::string::npos || body[begin] != '{') return std::nullopt;
    const std::size_t next = body.find_first_not_of(" \t\r\n", begin + 1);
    std::string members = "\"model\":\"";
    providers::append_escaped(members, said.model);
    members += streams ? "\",\"stream\":true" : "\"";
    if (next != std::string::npos && body[next] != '}') members += ',';
    body.insert(begin + 1, members);
    return std::nullopt;
  }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_gemini(body, tokens);
  }
  const Conversing* conversing() const override { return &conversing_; }
  const Counting* counting() const override { return &counting_; }
  std::string_view parameter(std::string_view name) const override { return renamed(parameters, name); }

  std::string error_body(const ErrorReply& error, std::string_view /*id*/) const override {
    return gemini_error(error);
  }
  std::string error_event(const ErrorReply& error, const StreamIdentity&) const override {
    const std::string object = gemini_error(error);
    return is_array() ? object + "]" : gemini_part(framing_, object);
  }
  // Hosts are asked for events, whatever their client asked for.
  const PartFraming* part_framing() const override {
    static constexpr PartFraming array{.behind = "\n,", .last = R"({"candidates":[]})"};
    return is_array() ? &array : nullptr;
  }
  // Where a stream that was passed on told none.
  std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) const override {
    std::string members = "\"isocost\":{\"estimated\":true,\"usage\":";
    append_gemini_usage(members, attempt.usage.value_or(routing::Usage{}), {});
    return note_event(members + "}", stream);
  }
  std::string note_event(std::string_view members, const StreamIdentity&) const override {
    return gemini_part(framing_, std::string(no_candidates).append(",").append(members).append("}"));
  }
  std::string_view waiting_event() const override { return is_array() ? "" : R"(data: {"candidates":[]})"; }
  std::string_view stream_type() const override {
    return is_array() ? "application/json; charset=utf-8" : Surface::stream_type();
  }
  std::string_view begin_mark() const override { return is_array() ? "[" : ""; }
  std::string_view end_mark() const override { return is_array() ? "]" : ""; }

 private:
  bool is_array() const { return framing_ == GeminiFraming::array; }

  GeminiFraming framing_;
  GeminiConversing conversing_;
  GeminiCounting counting_;
};

const Gemini& gemini_of(GeminiFraming framing) {
  static const Gemini events(GeminiFraming::events), array(GeminiFraming::array);
  return framing == GeminiFraming::events ? events : array;
}

const Surface& Gemini::of_call(std::string_view action, std::string_view query) const {
  if (action.find("mbedContent") != std::string_view::npos) return gemini_embeddings_surface(action);
  const bool wants_array =
      action == "streamGenerateContent" && query.find("alt=sse") == std::string_view::npos;
  return gemini_of(wants_array ? GeminiFraming::array : GeminiFraming::events);
}

}  // namespace

const Surface& gemini_surface() {
  return gemini_of(GeminiFraming::events);
}

}  // namespace gateway
