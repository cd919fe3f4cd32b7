// A host's chat reply, edited for OpenRouter's clients: ours are the names and the cost, theirs the words for
// why it ended, and what it thought stands where they look for it. What their validators refuse, nulls above
// all, is left out. Belongs to one reply.
#pragma once

#include <string>

#include "gateway/surface/error_reply.hpp"
#include "gateway/surface/json_edits.hpp"
#include "gateway/surface/reply_editor.hpp"
#include "gateway/surfaces/openrouter/choice_editor.hpp"

namespace gateway {

class ChatEditor final : public ReplyEditor {
 public:
  explicit ChatEditor(const StreamIdentity& reply, ThinkingShown thinking = ThinkingShown::yes);

  void event(std::string_view data, const std::optional<CostShown>& cost, providers::JsonTokens& tokens,
             std::string& out) override;
  void whole(std::string_view body, const CostShown& cost, const routing::Attempt& attempt,
             providers::JsonTokens& tokens, std::string& out) override;

 private:
  bool reply(providers::JsonWalk& walk, ReplyShape shape, const std::optional<CostShown>& cost,
             const routing::Attempt* attempt);

  // As JSON has them.
  std::string id_, created_, model_, provider_;
  ThinkingShown thinking_;
  JsonEdits edits_;
};

}  // namespace gateway
