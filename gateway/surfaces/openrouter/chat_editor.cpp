#include "gateway/surfaces/openrouter/chat_editor.hpp"

#include "gateway/surface/json_string_of.hpp"
#include "gateway/surfaces/openrouter/openrouter_usage.hpp"
#include "gateway/surfaces/openrouter/own_members.hpp"
#include "gateway/surfaces/openrouter/usage_editor.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;
using providers::JsonWalk;

ChatEditor::ChatEditor(const StreamIdentity& reply, ThinkingShown thinking)
    : id_(json_string_of(reply.id)),
      created_(std::to_string(reply.created)),
      model_(json_string_of(reply.model)),
      provider_(json_string_of(reply.provider)),
      thinking_(thinking) {}

void ChatEditor::event(std::string_view data, const std::optional<CostShown>& cost,
                       providers::JsonTokens& tokens, std::string& out) {
  edits_.of(data);
  JsonWalk walk(tokens, data, JsonWalk::Depth::any);
  if (reply(walk, ReplyShape::chunk, cost, nullptr)) return edits_.write(out);
  out.append(data);
}

void ChatEditor::whole(std::string_view body, const CostShown& cost, const routing::Attempt& attempt,
                       providers::JsonTokens& tokens, std::string& out) {
  edits_.of(body);
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  if (reply(walk, ReplyShape::whole, cost, &attempt)) {
    edits_.write(out);
  } else {
    out.append(body);
  }
  tokens.shrink();
}

bool ChatEditor::reply(JsonWalk& walk, ReplyShape shape, const std::optional<CostShown>& cost,
                       const routing::Attempt* attempt) {
  const bool is_whole = shape == ReplyShape::whole;
  OwnMembers<5> own({{{"id", id_},
                      {"object", is_whole ? R"("chat.completion")" : R"("chat.completion.chunk")"},
                      {"created", created_},
                      {"model", model_},
                      {"provider", provider_}}});
  bool has_choices = false, has_usage = false, has_fingerprint = false;
  EditedObject object(walk, edits_);
  const bool read = object.walk([&](const JsonString& key) {
    if (own.take(key, walk, object, edits_)) return Member::stays;
    if (key.is("choices")) {
      has_choices = walk.type() == JsonType::array;
      if (!has_choices) return walk.skip(), Member::goes;
      return ChoiceEditor(walk, edits_, shape, thinking_).choices(), Member::stays;
    }
    if (key.is("usage")) {
      has_usage = walk.type() == JsonType::object;
      if (!has_usage) return walk.skip(), Member::goes;
      return edit_usage(walk, edits_, cost), Member::stays;
    }
    if (key.is("system_fingerprint")) {
      has_fingerprint = walk.type() == JsonType::string || is_whole;
      const bool is_text = walk.type() == JsonType::string;
      walk.skip();
      if (is_whole && !is_text) edits_.replace(object.value(), "null");
      return has_fingerprint ? Member::stays : Member::goes;
    }
    const bool is_null = walk.type() == JsonType::null;
    walk.skip();
    return is_null && key.is("error") ? Member::goes : Member::stays;
  });
  if (!read || !walk.finish()) return false;
  own.add_missing(object);
  if (!has_choices) object.add("choices", "[]");
  if (is_whole && !has_fingerprint) object.add("system_fingerprint", "null");
  if (attempt && !has_usage) object.add("usage", openrouter_usage(*attempt, *cost));
  return true;
}

}  // namespace gateway
