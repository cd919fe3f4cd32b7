#include "providers/dialects/gemini/gemini.hpp"

#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/dialects/gemini/body.hpp"
#include "providers/dialects/gemini/native.hpp"
#include "providers/dialects/gemini/reply.hpp"

namespace providers {
namespace {

class GeminiInterpreter final : public Interpreter {
 public:
  Matters carries(const HostModel& model) const override { return carried_by_gemini(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery,
                       JsonTokens&) const override {
    return write_gemini_body(conversation, model);
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel&, JsonTokens& tokens) const override {
    return std::make_unique<GeminiStream>(tokens);
  }
  Reading whole(std::string_view body, const HostModel&, JsonTokens& tokens,
                AnswerSink& sink) const override {
    return read_gemini_whole(body, tokens, sink);
  }
};

class Gemini final : public Dialect {
 public:
  config::Format format() const override { return config::Format::gemini; }
  std::string_view target(const HostModel& model, routing::Delivery delivery,
                          std::string& scratch) const override {
    scratch = "/models/";
    append_segment(scratch, model.name);
    scratch +=
        delivery == routing::Delivery::streamed ? ":streamGenerateContent?alt=sse" : ":generateContent";
    return scratch;
  }
  PassedMembers passed(const PassedWishes&, const HostModel&) const override {
    return {.members = {}, .fields = {}, .says_model = false, .says_stream = false};
  }
  const NativeReplies* native() const override { return &gemini_native_replies(); }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  GeminiInterpreter interpreter_;
};

}  // namespace

const Dialect& gemini_dialect() {
  static const Gemini dialect;
  return dialect;
}

}  // namespace providers
