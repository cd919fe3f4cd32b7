#include "gateway/surfaces/openai_chat/openai_chat.hpp"

#include "gateway/surface/stream_events.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_conversation.hpp"
#include "gateway/surfaces/openai_chat/chat_request.hpp"
#include "gateway/surfaces/openai_chat/chat_surface.hpp"

namespace gateway {
namespace {

ThinkingShown shown(const providers::Conversation& asked) {
  return asked.thinking.is_hidden ? ThinkingShown::no : ThinkingShown::yes;
}

class ChatConversing final : public Conversing {
 public:
  Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const override {
    return conversation_of(body, tokens);
  }
  std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool wants_usage,
                                           const StreamIdentity& stream, std::string& out) const override {
    return std::make_unique<ChatChunks>(stream, wants_usage, shown(asked), out, ChatShape::openai,
                                        text_tools_of(asked), calls_of(asked));
  }
  std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const override {
    return std::make_unique<ChatWhole>(shown(asked), ChatShape::openai, text_tools_of(asked),
                                       calls_of(asked));
  }
};

class OpenAiChat final : public ChatSurface {
 public:
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    return inspect_chat(body, tokens);
  }
  const Conversing* conversing() const override { return &conversing_; }
  std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const override {
    return gateway::error_event(error, stream, StreamShape::chat);
  }
  std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) const override {
    return gateway::usage_event(attempt, stream, StreamShape::chat);
  }
  std::string note_event(std::string_view members, const StreamIdentity& stream) const override {
    return gateway::note_event(members, stream, StreamShape::chat);
  }

 private:
  ChatConversing conversing_;
};

}  // namespace

const Surface& openai_chat_surface() {
  static const OpenAiChat surface;
  return surface;
}

}  // namespace gateway
