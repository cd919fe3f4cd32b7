#include "providers/dialects/anthropic_elsewhere/anthropic_elsewhere.hpp"

#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/dialects/anthropic/body.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"
#include "providers/dialects/anthropic_elsewhere/framed_stream.hpp"
#include "providers/dialects/bedrock_converse/bedrock_dialect.hpp"

namespace providers {
namespace {

using routing::Delivery;

class VertexInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_anthropic(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, Delivery delivery,
                       JsonTokens& tokens) const override {
    return write_anthropic_body(conversation, model, delivery, tokens,
                                {.version = "vertex-2023-10-16", .says_stream = true});
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel&, JsonTokens& tokens) const override {
    return std::make_unique<AnthropicStream>(tokens);
  }
  Reading whole(std::string_view body, const HostModel&, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_anthropic_whole(body, tokens, sink);
  }
};

class BedrockInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_anthropic(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, Delivery delivery,
                       JsonTokens& tokens) const override {
    return write_anthropic_body(conversation, model, delivery, tokens,
                                {.version = "bedrock-2023-05-31", .says_stream = false});
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel&, JsonTokens& tokens) const override {
    return std::make_unique<FramedStream>(tokens);
  }
  Reading whole(std::string_view body, const HostModel&, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_anthropic_whole(body, tokens, sink);
  }
};

class VertexMessages final : public Dialect {
 public:
  config::Format format() const override { return config::Format::vertex_messages; }
  std::string_view target(const HostModel& model, Delivery delivery, std::string& scratch) const override {
    scratch = "/models/";
    append_segment(scratch, model.name);
    scratch += delivery == Delivery::streamed ? ":streamRawPredict" : ":rawPredict";
    return scratch;
  }
  ReportedError error_in(std::string_view body, JsonTokens& tokens) const override {
    return read_anthropic_error(body, tokens);
  }
  ReadFault fault_of(int status, const ReportedError& error) const override {
    return fault_of_anthropic(status, error);
  }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  VertexInterpreter interpreter_;
};

class BedrockMessages final : public BedrockDialect {
 public:
  config::Format format() const override { return config::Format::bedrock_messages; }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  std::string_view whole_call() const override { return "/invoke"; }
  std::string_view streamed_call() const override { return "/invoke-with-response-stream"; }

  BedrockInterpreter interpreter_;
};

}  // namespace

const Dialect& vertex_messages_dialect() {
  static const VertexMessages dialect;
  return dialect;
}

const Dialect& bedrock_messages_dialect() {
  static const BedrockMessages dialect;
  return dialect;
}

}  // namespace providers
