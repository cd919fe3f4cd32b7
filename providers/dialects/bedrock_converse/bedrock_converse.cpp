#include "providers/dialects/bedrock_converse/bedrock_converse.hpp"

#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/dialects/bedrock_converse/body.hpp"
#include "providers/dialects/bedrock_converse/errors.hpp"
#include "providers/dialects/bedrock_converse/stream.hpp"
#include "providers/dialects/bedrock_converse/whole.hpp"

namespace providers {
namespace {

class ConverseInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_converse(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery,
                       JsonTokens&) const override {
    return write_converse_body(conversation, model);
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel& model, JsonTokens& tokens) const override {
    return std::make_unique<ConverseStream>(tokens, bedrock_thinking_format(model.name));
  }
  Reading whole(std::string_view body, const HostModel& model, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_converse_whole(body, bedrock_thinking_format(model.name), tokens, sink);
  }
};

class BedrockConverse final : public Dialect {
 public:
  config::Format format() const override { return config::Format::converse; }
  std::string_view target(const HostModel& model, routing::Delivery delivery,
                          std::string& scratch) const override {
    scratch = "/model/";
    append_segment(scratch, model.name);
    scratch += delivery == routing::Delivery::streamed ? "/converse-stream" : "/converse";
    return scratch;
  }
  ReportedError error_in(std::string_view body, JsonTokens& tokens) const override {
    return read_bedrock_error(body, tokens);
  }
  ReadFault fault_of(int status, const ReportedError& error) const override {
    return fault_of_bedrock(status, error);
  }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  ConverseInterpreter interpreter_;
};

}  // namespace

const Dialect& bedrock_converse_dialect() {
  static const BedrockConverse dialect;
  return dialect;
}

}  // namespace providers
