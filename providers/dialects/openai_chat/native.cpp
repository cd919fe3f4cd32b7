#include "providers/dialects/openai_chat/native.hpp"

#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/relay.hpp"

namespace providers {
namespace {

class OpenAiNativeReplies final : public NativeReplies {
 public:
  PassedEvent event(const SseEvent& event, JsonTokens& tokens) const override {
    return classify(event, tokens);
  }
  Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown usage, std::string& scratch,
                  std::string_view cost) const override {
    return providers::relayed(event, passed, usage, scratch, cost);
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override {
    return classify_whole(body, tokens);
  }
};

}  // namespace

const NativeReplies& openai_native_replies() {
  static const OpenAiNativeReplies replies;
  return replies;
}

}  // namespace providers
