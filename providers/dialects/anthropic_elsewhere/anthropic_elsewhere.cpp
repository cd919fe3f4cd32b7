#include "providers/dialects/anthropic_elsewhere/anthropic_elsewhere.hpp"

#include <algorithm>
#include <array>

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

// What others than Anthropic take of its betas; one that they do not know has them refuse the whole request.
constexpr std::array<std::string_view, 13> betas_elsewhere{"computer-use-2024-10-22",
                                                           "computer-use-2025-01-24",
                                                           "computer-use-2025-11-24",
                                                           "token-efficient-tools-2025-02-19",
                                                           "interleaved-thinking-2025-05-14",
                                                           "output-128k-2025-02-19",
                                                           "dev-full-thinking-2025-05-14",
                                                           "context-1m-2025-08-07",
                                                           "context-management-2025-06-27",
                                                           "effort-2025-11-24",
                                                           "tool-search-tool-2025-10-19",
                                                           "tool-examples-2025-10-29",
                                                           "compact-2026-01-12"};

// Those that say who calls, and change nothing in what is said.
bool is_of_caller(std::string_view beta) {
  return beta.starts_with("claude-code-") || beta.starts_with("oauth-");
}

// Those of the client's that the host takes; the others are left out.
std::vector<std::string_view> taken_betas(std::string_view list, std::string_view further,
                                          std::vector<std::string>& left_out) {
  std::vector<std::string_view> taken;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view beta = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (beta.starts_with(' ')) beta.remove_prefix(1);
    while (beta.ends_with(' ')) beta.remove_suffix(1);
    if (beta.empty()) continue;
    const bool is_taken =
        beta == further || std::ranges::find(betas_elsewhere, beta) != betas_elsewhere.end();
    if (is_taken) {
      taken.push_back(beta);
    } else if (!is_of_caller(beta)) {
      left_out.push_back("betas." + std::string(beta));
    }
  }
  return taken;
}

std::string version_member(std::string_view version) {
  return std::string("\"anthropic_version\":\"").append(version).append("\",");
}

class VertexInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_anthropic(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, Delivery delivery,
                       JsonTokens& tokens) const override {
    return write_anthropic_body(conversation, model, delivery, tokens,
                                {.version = vertex_version, .says_stream = true});
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
                                {.version = bedrock_version, .says_stream = false});
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
    PassedMembers passed{.members = version_member(vertex_version), .fields = {}, .says_model = false};
    const auto betas = taken_betas(wishes.betas, "web-search-2025-03-05", passed.left_out);
    for (const std::string_view beta : betas) {
      passed.fields.append(passed.fields.empty() ? "\r\nanthropic-beta: " : ",").append(beta);
    }
    return passed;
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
    const auto betas = taken_betas(wishes.betas, {}, passed.left_out);
    if (betas.empty()) return passed;
    passed.members += "\"anthropic_beta\":";
    JsonWriter json(passed.members);
    json.begin_array();
    for (const std::string_view beta : betas) json.plain(beta);
    json.end_array();
    passed.members += ',';
    return passed;
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
