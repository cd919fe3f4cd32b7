#include "providers/dialects/anthropic/anthropic.hpp"

#include <array>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/anthropic/body.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/native.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"

namespace providers {
namespace {

// The version that still takes temperature, top_p and top_k; what is written from a conversation may say
// them.
constexpr std::array<HeadField, 1> head_fields{{{"anthropic-version", "2023-06-01"}}};

class AnthropicInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_anthropic(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery delivery,
                       JsonTokens& tokens) const override {
    return write_anthropic_body(conversation, model, delivery, tokens);
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel&, JsonTokens& tokens) const override {
    return std::make_unique<AnthropicStream>(tokens);
  }
  Reading whole(std::string_view body, const HostModel&, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_anthropic_whole(body, tokens, sink);
  }
};

class Anthropic final : public Dialect {
 public:
  config::Format format() const override { return config::Format::messages; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override {
    return "/messages";
  }
  std::span<const HeadField> fields() const override { return head_fields; }
  ReportedError error_in(std::string_view body, JsonTokens& tokens) const override {
    return read_anthropic_error(body, tokens);
  }
  ReadFault fault_of(int status, const ReportedError& error) const override {
    return fault_of_anthropic(status, error);
  }
  PassedMembers passed(const PassedWishes& wishes, const HostModel& model) const override {
    PassedMembers passed{.members = {}, .fields = std::string(wishes.fields)};
    if (!model.inference_geo.empty() && !wishes.says_geo) {
      passed.members.append("\"inference_geo\":\"").append(model.inference_geo).append("\",");
    }
    return passed;
  }
  std::vector<std::string> untold_betas(std::string_view, const HostModel&) const override { return {}; }
  const NativeReplies* native() const override { return &anthropic_native_replies(); }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  AnthropicInterpreter interpreter_;
};

}  // namespace

const Dialect& anthropic_dialect() {
  static const Anthropic dialect;
  return dialect;
}

}  // namespace providers
