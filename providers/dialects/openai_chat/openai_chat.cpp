#include "providers/dialects/openai_chat/openai_chat.hpp"

#include "providers/dialects/openai_chat/body.hpp"
#include "providers/dialects/openai_chat/stream.hpp"
#include "routing/terms/failure_of_status.hpp"

namespace providers {
namespace {

class OpenAiChat final : public Dialect {
 public:
  Format format() const override { return Format::openai_chat; }
  Matters carries(const HostModel& model) const override { return carried_by_openai_chat(model); }
  std::string target(const HostModel&, routing::Delivery) const override { return "/chat/completions"; }
  std::span<const HeadField> fields() const override { return {}; }
  CredentialField credential_field() const override { return {"Authorization", "Bearer "}; }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery delivery,
                       JsonTokens&) const override {
    return write_openai_chat_body(conversation, model, delivery);
  }
  std::unique_ptr<AnswerReader> streamed(JsonTokens& tokens) const override {
    return std::make_unique<OpenAiChatStream>(tokens);
  }
  Reading whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink) const override {
    const ChatReply reply = classify_whole(body, tokens);
    switch (reply.kind) {
      case ChatReply::Kind::bad:
        return Reading::bad;
      case ChatReply::Kind::error:
        sink.take({.kind = AnswerEvent::Kind::error, .error = &*reply.error});
        return Reading::failed;
      case ChatReply::Kind::empty:
      case ChatReply::Kind::answer:
        break;
    }
    OpenAiChatAnswer().tell(body, tokens, reply.content, reply.usage, sink);
    tokens.shrink();
    return Reading::ended;
  }
  ReportedError error_in(std::string_view body, JsonTokens& tokens) const override {
    return read_error(body, tokens);
  }
  routing::FailureKind failure_of(int status, const ReportedError& error) const override {
    return routing::failure_of_status(status);
  }
};

}  // namespace

const Dialect& openai_chat_dialect() {
  static const OpenAiChat dialect;
  return dialect;
}

}  // namespace providers
