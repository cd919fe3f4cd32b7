#include "providers/dialects/anthropic/anthropic.hpp"

#include <array>

#include "providers/dialects/anthropic/body.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"

namespace providers {
namespace {

// The version that still takes temperature, top_p and top_k; what is written from a conversation may say
// them.
constexpr std::array<HeadField, 1> head_fields{{{"anthropic-version", "2023-06-01"}}};

class Anthropic final : public Dialect {
 public:
  Format format() const override { return Format::anthropic_messages; }
  Matters carries(const HostModel& model) const override { return carried_by_anthropic(model); }
  std::string target(const HostModel&, routing::Delivery) const override { return "/messages"; }
  std::span<const HeadField> fields() const override { return head_fields; }
  CredentialField credential_field() const override { return {"x-api-key", ""}; }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery delivery,
                       JsonTokens& tokens) const override {
    return write_anthropic_body(conversation, model, delivery, tokens);
  }
  std::unique_ptr<AnswerReader> streamed(JsonTokens& tokens) const override {
    return std::make_unique<AnthropicStream>(tokens);
  }
  Reading whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink) const override {
    return read_anthropic_whole(body, tokens, sink);
  }
  ReportedError error_in(std::string_view body, JsonTokens& tokens) const override {
    return read_anthropic_error(body, tokens);
  }
  routing::FailureKind failure_of(int status, const ReportedError& error) const override {
    return failure_of_anthropic(status, error);
  }
};

}  // namespace

const Dialect& anthropic_dialect() {
  static const Anthropic dialect;
  return dialect;
}

}  // namespace providers
