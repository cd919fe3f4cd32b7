#include "providers/dialects/openai_responses/openai_responses.hpp"

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/openai_responses/body.hpp"
#include "providers/dialects/openai_responses/native.hpp"
#include "providers/dialects/openai_responses/stream.hpp"

namespace providers {
namespace {

class ResponsesInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_responses(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery delivery,
                       JsonTokens&) const override {
    return write_responses_body(conversation, model, delivery);
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel&, JsonTokens& tokens) const override {
    return std::make_unique<ResponsesStreamReader>(tokens);
  }
  Reading whole(std::string_view body, const HostModel&, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_responses_whole(body, tokens, sink);
  }
};

class OpenAiResponses final : public Dialect {
 public:
  config::Format format() const override { return config::Format::responses; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override {
    return "/responses";
  }
  bool keeps_answers() const override { return true; }
  const NativeReplies* native() const override { return &responses_native_replies(); }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  ResponsesInterpreter interpreter_;
};

}  // namespace

const Dialect& openai_responses_dialect() {
  static const OpenAiResponses dialect;
  return dialect;
}

}  // namespace providers
