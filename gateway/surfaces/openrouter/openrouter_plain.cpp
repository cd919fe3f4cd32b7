#include "gateway/surfaces/openrouter/openrouter_plain.hpp"

#include <memory>
#include <vector>

#include "gateway/surface/json_edits.hpp"
#include "gateway/surface/json_string_of.hpp"
#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "gateway/surfaces/anthropic_messages/message_request.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "gateway/surfaces/openrouter/generation_id.hpp"
#include "gateway/surfaces/openrouter/openrouter_errors.hpp"
#include "gateway/surfaces/openrouter/openrouter_usage.hpp"
#include "gateway/surfaces/openrouter/own_members.hpp"
#include "gateway/surfaces/openrouter/usage_editor.hpp"

namespace gateway {
namespace {

// Vectors come whole.
class EmbeddingsEditor final : public ReplyEditor {
 public:
  explicit EmbeddingsEditor(const StreamIdentity& reply)
      : id_(json_string_of(generation_id(reply.id))),
        model_(json_string_of(reply.model)),
        provider_(json_string_of(reply.provider)) {}

  void event(std::string_view data, const std::optional<CostShown>&, providers::JsonTokens&,
             std::string& out) override {
    out.append(data);
  }
  void whole(std::string_view body, const CostShown& cost, const routing::Attempt&,
             providers::JsonTokens& tokens, std::string& out) override {
    edits_.of(body);
    providers::JsonWalk walk(tokens, body, providers::JsonWalk::Depth::any);
    if (reply(walk, cost)) {
      edits_.write(out);
    } else {
      out.append(body);
    }
    tokens.shrink();
  }

 private:
  bool reply(providers::JsonWalk& walk, const CostShown& cost) {
    OwnMembers<4> own({{{"id", id_}, {"object", "\"list\""}, {"model", model_}, {"provider", provider_}}});
    EditedObject object(walk, edits_);
    const bool read = object.walk([&](const providers::JsonString& key) {
      if (own.take(key, walk, object, edits_)) return Member::stays;
      if (!key.is("usage")) return walk.skip(), Member::stays;
      if (walk.type() != providers::JsonType::object) return walk.skip(), Member::goes;
      return edit_usage(walk, edits_, cost), Member::stays;
    });
    if (!read) return false;
    own.add_missing(object);
    return walk.finish();
  }

  std::string id_, model_, provider_;
  JsonEdits edits_;
};

// What hosts of other APIs are told of a call to Messages: nothing of what is for the router here.
class ConversingMessages final : public Conversing {
 public:
  Conversed conversation(std::string_view body, providers::JsonTokens& tokens) const override {
    Conversed read = plain().conversation(body, tokens);
    if (read) std::erase_if(read->beyond, [](const auto& beyond) { return beyond.param == "fallbacks"; });
    return read;
  }
  std::unique_ptr<StreamedAnswer> streamed(const providers::Conversation& asked, bool wants_usage,
                                           const StreamIdentity& stream, std::string& out) const override {
    return plain().streamed(asked, wants_usage, stream, out);
  }
  std::unique_ptr<WholeAnswer> whole(const providers::Conversation& asked) const override {
    return plain().whole(asked);
  }

 private:
  static const Conversing& plain() { return *anthropic_messages_surface().conversing(); }
};

class OpenRouterPlain final : public Surface {
 public:
  explicit OpenRouterPlain(const Surface& plain) : plain_(plain) {}

  config::Format format() const override { return plain_.format(); }
  std::string_view route() const override { return plain_.route(); }
  Inspected inspect(std::string_view body, providers::JsonTokens& tokens) const override {
    if (is_anthropics()) return inspect_messages(body, tokens, Purpose::answer, Fallbacks::for_router);
    Inspected inspected = plain_.inspect(body, tokens);
    if (inspected && format() == config::Format::completions) inspected->wants_usage = true;
    return inspected;
  }
  const Conversing* conversing() const override {
    return is_anthropics() ? &conversing_messages_ : plain_.conversing();
  }
  std::string host_fields(const ApiFields& said) const override { return plain_.host_fields(said); }
  const Counting* counting() const override { return plain_.counting(); }
  std::string_view parameter(std::string_view name) const override { return plain_.parameter(name); }
  std::optional<SaidDefault> said_default(std::string_view name, std::string_view value) const override {
    return plain_.said_default(name, value);
  }
  std::string_view system_member() const override { return plain_.system_member(); }
  std::string system_entry(std::string_view escaped) const override { return plain_.system_entry(escaped); }
  std::string_view newer_bound() const override { return plain_.newer_bound(); }
  bool writes_answers() const override { return plain_.writes_answers(); }
  bool can_go_on() const override { return plain_.can_go_on(); }
  bool is_interchangeable() const override { return plain_.is_interchangeable(); }

  int unknown_model_status() const override { return is_anthropics() ? plain_.unknown_model_status() : 400; }
  std::string error_body(const ErrorReply& error, std::string_view id) const override {
    if (is_anthropics()) return openrouter_messages_envelope(error, plain_.error_body(error, id));
    return format() == config::Format::responses ? openrouter_responses_envelope(error)
                                                 : openrouter_envelope(error);
  }
  std::string error_event(const ErrorReply& error, const StreamIdentity& stream) const override {
    return plain_.error_event(error, stream);
  }
  std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) const override {
    return plain_.usage_event(attempt, stream);
  }
  std::string cost_members(const CostShown& cost) const override {
    return format() == config::Format::responses ? openrouter_responses_cost(cost)
                                                 : plain_.cost_members(cost);
  }
  std::string note_event(std::string_view members, const StreamIdentity& stream) const override {
    return plain_.note_event(members, stream);
  }
  std::unique_ptr<ReplyEditor> editor(const StreamIdentity& reply, const ClientBody& asked) const override {
    if (format() != config::Format::embeddings) return plain_.editor(reply, asked);
    return std::make_unique<EmbeddingsEditor>(reply);
  }
  std::string_view waiting_event() const override { return plain_.waiting_event(); }
  // Clients of Anthropic's API know the one, and OpenRouter's the other.
  std::string id_fields(std::string_view id) const override {
    return plain_.id_fields(id) + generation_field(id);
  }
  std::string reply_id(std::string_view id) const override {
    const bool has_own = is_anthropics() || format() == config::Format::responses;
    return has_own ? plain_.reply_id(id) : generation_id(id);
  }
  std::string_view end_mark() const override { return plain_.end_mark(); }

 private:
  bool is_anthropics() const { return format() == config::Format::messages; }

  const Surface& plain_;
  ConversingMessages conversing_messages_;
};

}  // namespace

const Surface& openrouter_embeddings_surface() {
  static const OpenRouterPlain surface(openai_embeddings_surface());
  return surface;
}

const Surface& openrouter_completions_surface() {
  static const OpenRouterPlain surface(openai_completions_surface());
  return surface;
}

const Surface& openrouter_responses_surface() {
  static const OpenRouterPlain surface(openai_responses_surface());
  return surface;
}

const Surface& openrouter_messages_surface() {
  static const OpenRouterPlain surface(anthropic_messages_surface());
  return surface;
}

}  // namespace gateway
