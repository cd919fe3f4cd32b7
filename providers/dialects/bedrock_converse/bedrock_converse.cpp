#include "providers/dialects/bedrock_converse/bedrock_converse.hpp"

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/bedrock_converse/bedrock_dialect.hpp"
#include "providers/dialects/bedrock_converse/body.hpp"
#include "providers/dialects/bedrock_converse/stream.hpp"
#include "providers/dialects/bedrock_converse/whole.hpp"

namespace providers {
namespace {

class ConverseInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_converse(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery,
                       JsonTokens& tokens) const override {
    return write_converse_body(conversation, model, tokens);
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel& model, JsonTokens& tokens) const override {
    return std::make_unique<ConverseStream>(tokens, bedrock_thinking_format(model.name));
  }
  Reading whole(std::string_view body, const HostModel& model, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_converse_whole(body, bedrock_thinking_format(model.name), tokens, sink);
  }
};

class BedrockConverse final : public BedrockDialect {
 public:
  config::Format format() const override { return config::Format::converse; }
  const Interpreter* interpreter() const override { return &interpreter_; }
  std::vector<std::string> untold_betas(std::string_view list, const HostModel& model) const override {
    return converse_betas(list, model).untold;
  }

 private:
  std::string_view whole_call() const override { return "/converse"; }
  std::string_view streamed_call() const override { return "/converse-stream"; }

  ConverseInterpreter interpreter_;
};

}  // namespace

const Dialect& bedrock_converse_dialect() {
  static const BedrockConverse dialect;
  return dialect;
}

}  // namespace providers
