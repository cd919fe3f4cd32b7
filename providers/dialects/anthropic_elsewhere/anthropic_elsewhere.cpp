#include "providers/dialects/anthropic_elsewhere/anthropic_elsewhere.hpp"

#include "providers/dialect/betas.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/dialects/anthropic/body.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/native.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"
#include "providers/dialects/anthropic_elsewhere/framed_stream.hpp"
#include "providers/dialects/anthropic_elsewhere/native.hpp"
#include "providers/dialects/bedrock_converse/bedrock_dialect.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {
namespace {

using routing::Delivery;

constexpr std::string_view vertex_version = "vertex-2023-10-16";
constexpr std::string_view bedrock_version = "bedrock-2023-05-31";

std::string version_member(std::string_view version) {
  return std::string("\"anthropic_version\":\"").append(version).append("\",");
}

// For Vertex; empty: none.
std::string beta_field(const std::vector<std::string_view>& betas) {
  std::string field;
  for (const std::string_view beta : betas) {
    field.append(field.empty() ? "\r\nanthropic-beta: " : ",").append(beta);
  }
  return field;
}

class VertexInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_anthropic(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, Delivery delivery,
                       JsonTokens& tokens) const override {
    WrittenRequest written = write_anthropic_body(conversation, model, delivery, tokens,
                                                  {.version = vertex_version, .says_stream = true});
    written.fields = beta_field(betas_at(BetasAt::vertex, conversation.betas).taken);
    return written;
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
    const Betas betas = betas_at(BetasAt::bedrock, conversation.betas);
    return write_anthropic_body(conversation, model, delivery, tokens,
                                {.version = bedrock_version, .says_stream = false, .betas = betas.taken});
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
  config::Format native_format() const override { return config::Format::messages; }
  PassedMembers passed(const PassedWishes& wishes, const HostModel&) const override {
    return {.members = version_member(vertex_version),
            .fields = beta_field(betas_at(BetasAt::vertex, wishes.betas).taken),
            .says_model = false};
  }
  std::vector<std::string> untold_betas(std::string_view list, const HostModel&) const override {
    return betas_at(BetasAt::vertex, list).untold;
  }
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
  const NativeReplies* native() const override { return &anthropic_native_replies(); }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  VertexInterpreter interpreter_;
};

class BedrockMessages final : public BedrockDialect {
 public:
  config::Format format() const override { return config::Format::bedrock_messages; }
  config::Format native_format() const override { return config::Format::messages; }
  PassedMembers passed(const PassedWishes& wishes, const HostModel&) const override {
    PassedMembers passed{
        .members = version_member(bedrock_version), .fields = {}, .says_model = false, .says_stream = false};
    const Betas betas = betas_at(BetasAt::bedrock, wishes.betas);
    if (betas.taken.empty()) return passed;
    passed.members += "\"anthropic_beta\":";
    JsonWriter json(passed.members);
    json.begin_array();
    for (const std::string_view beta : betas.taken) json.plain(beta);
    json.end_array();
    passed.members += ',';
    return passed;
  }
  std::vector<std::string> untold_betas(std::string_view list, const HostModel&) const override {
    return betas_at(BetasAt::bedrock, list).untold;
  }
  const NativeReplies* native() const override { return &framed_native_replies(); }
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
