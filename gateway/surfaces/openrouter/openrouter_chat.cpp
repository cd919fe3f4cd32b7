#include "gateway/surfaces/openrouter/openrouter_chat.hpp"

#include "gateway/surface/stream_events.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_conversation.hpp"
#include "gateway/surfaces/openai_chat/chat_request.hpp"
#include "gateway/surfaces/openai_chat/chat_surface.hpp"
#include "gateway/surfaces/openrouter/chat_editor.hpp"
#include "gateway/surfaces/openrouter/generation_id.hpp"
#include "gateway/surfaces/openrouter/openrouter_errors.hpp"
#include "gateway/surfaces/openrouter/openrouter_usage.hpp"

namespace gateway {
namespace {

ThinkingShown shown(const providers::Conversation& asked) {
  return asked.thinking.is_hidden ? ThinkingShown::no : ThinkingShown::yes;
}

// The same reply by the name that OpenRouter's clients know it by.
class Generation {
 public:
  explicit Generation(const StreamIdentity& reply) : id_(generation_id(reply.id)), identity_(reply) {
    identity_.id = id_;
  }
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;
  const StreamIdentity& identity() const { return identity_; }

 private:
  std::string id_;
  StreamIdentity identity_;
};

class WholeChat final : public WholeAnswer {
 public:
  explicit WholeChat(const providers::Conversation& asked)
      : answer_(shown(asked), ChatShape::openrouter, text_tools_of(asked), calls_of(asked)) {}
  void take(const providers::AnswerEvent& event) override { answer_.take(event); }
  std::string body(const StreamIdentity& reply, std::string_view own_members) const override {
    return answer_.body(Generation(reply).identity(), own_members);
  }
  std::string_view left_out() const override { return answer_.left_out(); }

 private:
  ChatWhole answer_;
};

class OpenRouterConversing final : public Conversing {
 public:
  Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const override {
    return conversation_of(body, tokens);
  }
  std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool wants_usage,
                                           const StreamIdentity& stream, std::string& out) const override {
    return std::make_unique<ChatChunks>(Generation(stream).identity(), wants_usage, shown(asked), out,
                                        ChatShape::openrouter, text_tools_of(asked), calls_of(asked));
  }
  std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const override {
    return std::make_unique<WholeChat>(asked);
  }
};

class OpenRouterChat final : public ChatSurface {
 public:
  // Usage is told whether asked for or not.
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    Inspected inspected = inspect_chat(body, tokens, ChatShape::openrouter);
    if (inspected) inspected->wants_usage = true;
    return inspected;
  }
  const Conversing* conversing() const override { return &conversing_; }

  int unknown_model_status() const override { return 400; }
  std::string error_body(const ErrorReply& error, std::string_view) const override {
    return openrouter_envelope(error);
  }
  std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const override {
    return openrouter_error_event(error, Generation(stream).identity());
  }
  std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) const override {
    return priced_usage_event(attempt, {.all = attempt.cost, .prompt = attempt.cost}, stream);
  }
  std::string priced_usage_event(const routing::Attempt& attempt, const CostShown& cost,
                                 const StreamIdentity& stream) const override {
    return note_event("\"usage\":" + openrouter_usage(attempt, cost), stream);
  }
  std::string cost_members(const CostShown& cost) const override { return openrouter_cost_members(cost); }
  std::string note_event(std::string_view members, const StreamIdentity& stream) const override {
    std::string more;
    if (!stream.provider.empty()) {
      more = "\"provider\":\"";
      providers::append_escaped(more, stream.provider);
      more += "\",";
    }
    return gateway::note_event(more.append(members), Generation(stream).identity(), StreamShape::chat);
  }
  std::unique_ptr<ReplyEditor> editor(const StreamIdentity& reply, const ClientBody& asked) const override {
    const ThinkingShown thinking = asked.hides_reasoning ? ThinkingShown::no : ThinkingShown::yes;
    return std::make_unique<ChatEditor>(Generation(reply).identity(), thinking);
  }
  std::string_view waiting_event() const override { return ": OPENROUTER PROCESSING"; }
  std::string id_fields(std::string_view id) const override { return generation_field(id); }
  std::string reply_id(std::string_view id) const override { return generation_id(id); }

 private:
  OpenRouterConversing conversing_;
};

}  // namespace

const Surface& openrouter_chat_surface() {
  static const OpenRouterChat surface;
  return surface;
}

}  // namespace gateway
