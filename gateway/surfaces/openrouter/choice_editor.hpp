// Edits the choices of a host's chat reply for OpenRouter's clients. Belongs to one chunk, or whole reply.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/surface/json_edits.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"

namespace gateway {

class ChoiceEditor {
 public:
  enum class Shape { chunk, whole };

  ChoiceEditor(providers::JsonWalk& walk, JsonEdits& edits, Shape shape, ThinkingShown thinking)
      : walk_(walk), edits_(edits), shape_(shape), thinking_(thinking) {}

  // The list of them.
  bool choices();

 private:
  bool choice(std::size_t place);
  bool message();
  bool parts(std::string& text, std::string& thought, bool& is_plain);
  bool thinking_part(std::string& thought);
  bool calls();
  bool call(std::size_t place);
  bool function();

  // Consume the value.
  Member unless_null();
  Member only(providers::JsonType type);
  std::string_view text_or_nothing();

  providers::JsonWalk& walk_;
  JsonEdits& edits_;
  Shape shape_;
  ThinkingShown thinking_;
};

}  // namespace gateway
