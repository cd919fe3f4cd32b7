// Edits the choices of a host's chat reply for OpenRouter's clients. Belongs to one chunk, or whole reply.
#pragma once

#include <cstddef>

#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openrouter/edited_values.hpp"

namespace gateway {

class ChoiceEditor {
 public:
  ChoiceEditor(providers::JsonWalk& walk, JsonEdits& edits, ReplyShape shape, ThinkingShown thinking)
      : walk_(walk), edits_(edits), shape_(shape), thinking_(thinking) {}

  // The list of them.
  bool choices();

 private:
  bool choice(std::size_t place);

  providers::JsonWalk& walk_;
  JsonEdits& edits_;
  ReplyShape shape_;
  ThinkingShown thinking_;
};

}  // namespace gateway
