#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"

#include "providers/dialect/native_replies.hpp"
#include "providers/json/json_walk.hpp"
#include "providers/reports/plain_message.hpp"

namespace providers {
namespace {

// Never streams: an event is none of its words.
class EmbeddingReplies final : public NativeReplies {
 public:
  PassedEvent event(const SseEvent&, JsonTokens&) const override { return {}; }
  Relayed relayed(const SseEvent&, const PassedEvent&, UsageShown, std::string&,
                  std::string_view) const override {
    return {};
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override;
};

PassedReply EmbeddingReplies::whole(std::string_view body, JsonTokens& tokens) const {
  PassedReply reply;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  std::size_t vectors = 0;
  const auto member = [&](const JsonString& key) {
    if (key.is("data") && walk.type() == JsonType::array) {
      return walk.array([&] { return ++vectors, walk.skip(); });
    }
    if (key.is("usage")) return reply.usage = read_usage(walk, Reasoning::included), walk.ok();
    if (key.is("error") && walk.type() != JsonType::null) {
      return reply.error = read_error_value(walk), walk.ok();
    }
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    if (key.is("id")) reply.names.id = {begin, walk.end()};
    if (key.is("model")) reply.names.model = {begin, walk.end()};
    return true;
  };
  const bool is_object = walk.ok() && walk.type() == JsonType::object;
  if (is_object && walk.object(member) && walk.finish()) {
    if (reply.error) reply.error->message = plain_message(reply.error->message, tokens);
    reply.kind = reply.error   ? PassedReply::Kind::error
                 : vectors > 0 ? PassedReply::Kind::answer
                               : PassedReply::Kind::empty;
  }
  tokens.shrink();
  return reply;
}

class OpenAiEmbeddings final : public Dialect {
 public:
  config::Format format() const override { return config::Format::embeddings; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override {
    return "/embeddings";
  }
  const NativeReplies* native() const override { return &replies_; }

 private:
  EmbeddingReplies replies_;
};

}  // namespace

const Dialect& openai_embeddings_dialect() {
  static const OpenAiEmbeddings dialect;
  return dialect;
}

}  // namespace providers
