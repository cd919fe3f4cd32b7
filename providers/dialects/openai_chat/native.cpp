#include "providers/dialects/openai_chat/native.hpp"

#include "providers/dialect/finish_words.hpp"
#include "providers/dialects/openai_chat/chat_correction.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/relay.hpp"

namespace providers {
namespace {

class OpenAiNativeReplies final : public NativeReplies {
 public:
  enum class Api { chat, completions };
  explicit OpenAiNativeReplies(Api api) : api_(api) {}

  PassedEvent event(const SseEvent& event, JsonTokens& tokens) const override {
    PassedEvent passed = classify(event, tokens);
    if (passed.kind == PassedEvent::Kind::delta) {
      look_whether_broken(passed, PassedEvent::Kind::error);
    }
    return passed;
  }
  Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown usage, std::string& scratch,
                  std::string_view cost) const override {
    return providers::relayed(event, passed, usage, scratch, cost);
  }
  std::unique_ptr<Correction> correction(const HostModel& model) const override {
    if (api_ == Api::chat) return std::make_unique<ChatCorrection>(model.think_tags);
    return std::make_unique<ChatCorrection>(config::ThinkTags::text, ChatCorrection::Api::completions);
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override {
    PassedReply passed = classify_whole(body, tokens);
    if (passed.kind == PassedReply::Kind::answer) look_whether_broken(passed, PassedReply::Kind::error);
    return passed;
  }
  std::optional<JsonString> plain_text(const SseEvent& event, JsonTokens& tokens) const override {
    return api_ == Api::chat ? text_of_delta(event.data, tokens) : std::nullopt;
  }

 private:
  // An answer that its host says it broke off is none, also where some of it is there.
  template <class Passed>
  static void look_whether_broken(Passed& passed, typename Passed::Kind error) {
    const std::string_view word = passed.content.finish_reason;
    if (word.empty() || is_usual_finish(word) || !is_broken_off(word)) return;
    passed.error = broken_off_error(word);
    passed.kind = error;
  }

  Api api_;
};

}  // namespace

const NativeReplies& openai_native_replies() {
  static const OpenAiNativeReplies replies(OpenAiNativeReplies::Api::chat);
  return replies;
}

const NativeReplies& openai_completion_replies() {
  static const OpenAiNativeReplies replies(OpenAiNativeReplies::Api::completions);
  return replies;
}

}  // namespace providers
