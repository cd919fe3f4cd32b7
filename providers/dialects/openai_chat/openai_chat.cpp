#include "providers/dialects/openai_chat/openai_chat.hpp"

#include <algorithm>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/openai_chat/body.hpp"
#include "providers/dialects/openai_chat/native.hpp"
#include "providers/dialects/openai_chat/reasoning_switch.hpp"
#include "providers/dialects/openai_chat/stream.hpp"

namespace providers {
namespace {

// By its `index`; hosts that leave it out tell them in order.
class ChoiceAlone {
 public:
  ChoiceAlone(std::string_view data, std::size_t wanted, JsonTokens& tokens)
      : data_(data), wanted_(static_cast<std::int64_t>(wanted)) {
    JsonWalk walk(tokens, data, JsonWalk::Depth::any);
    if (!walk.ok() || walk.type() != JsonType::object) return;
    const bool is_good = walk.object([&](const JsonString& key) {
      if (!key.is("choices") || walk.type() != JsonType::array) return walk.skip();
      return walk.array([&] { return choice(walk); });
    });
    if (is_good && !found_.empty()) text_.append(R"({"choices":[)").append(found_).append("]}");
  }
  std::string take() { return std::move(text_); }

 private:
  bool choice(JsonWalk& walk) {
    std::int64_t index = place_++;
    const std::size_t begin = walk.position();
    const bool is_good =
        walk.type() != JsonType::object ? walk.skip() : walk.object([&](const JsonString& key) {
          if (!key.is("index") || walk.type() != JsonType::number) return walk.skip();
          const auto number = walk.number();
          if (number) index = number->integer().value_or(index);
          return number.has_value();
        });
    if (is_good && index == wanted_) found_ = data_.substr(begin, walk.end() - begin);
    return is_good;
  }

  const std::string_view data_;
  const std::int64_t wanted_;
  std::int64_t place_ = 0;
  std::string_view found_;
  std::string text_;
};

class ChatInterpreter final : public Interpreter {
 public:
  std::string alone(std::string_view data, std::size_t answer, JsonTokens& tokens) const override {
    return ChoiceAlone(data, answer, tokens).take();
  }
  Matters carries(const HostModel& model) const override { return carried_by_openai_chat(model); }
  WrittenRequest write(const Conversation& conversation, const HostModel& model, routing::Delivery delivery,
                       JsonTokens&) const override {
    return write_openai_chat_body(conversation, model, delivery);
  }
  std::unique_ptr<AnswerReader> streamed(const HostModel& model, JsonTokens& tokens) const override {
    return std::make_unique<OpenAiChatStream>(tokens, model.think_tags);
  }
  Reading whole(std::string_view body, const HostModel& model, JsonTokens& tokens,
                AnswerSink& sink) const override {
    const PassedReply reply = classify_whole(body, tokens);
    switch (reply.kind) {
      case PassedReply::Kind::bad:
        return Reading::bad;
      case PassedReply::Kind::error:
        sink.take({.kind = AnswerEvent::Kind::error, .error = &*reply.error});
        return Reading::failed;
      case PassedReply::Kind::empty:
      case PassedReply::Kind::answer:
        break;
    }
    OpenAiChatAnswer answer(model.think_tags);
    const bool is_answer = answer.tell(body, tokens, reply.content, reply.usage, sink);
    if (is_answer) answer.tell_end(sink);
    tokens.shrink();
    return is_answer ? Reading::ended : Reading::failed;
  }
};

class OpenAiChat final : public Dialect {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override {
    return "/chat/completions";
  }
  PassedMembers passed(const PassedWishes& wishes, const HostModel& model) const override {
    PassedMembers passed{.members = {}, .fields = std::string(wishes.fields)};
    const bool has_own_words = model.reasoning_switch != config::ReasoningSwitch::as_it_came;
    if (!has_own_words || !wishes.thinking) return passed;
    // Who speaks the host's words himself is not spoken for: the later of two members would count.
    const auto is_said = [&](std::string_view word) {
      return is_reasoning_member(model.reasoning_switch, word);
    };
    if (std::ranges::any_of(wishes.host_words, is_said)) return passed;
    passed.thinking = reasoning_members(model, *wishes.thinking);
    if (passed.thinking->empty() && wishes.thinking->is_on()) passed.left_out.emplace_back("reasoning");
    return passed;
  }
  // Without words for it the wish is taken out.
  bool thinks_anyway(const HostModel& model) const override {
    return model.reasoning_switch == config::ReasoningSwitch::none &&
           model.thinking != HostModel::Thinking::none;
  }
  const NativeReplies* native() const override { return &openai_native_replies(); }
  const Interpreter* interpreter() const override { return &interpreter_; }

 private:
  ChatInterpreter interpreter_;
};

}  // namespace

const Dialect& openai_chat_dialect() {
  static const OpenAiChat dialect;
  return dialect;
}

}  // namespace providers
