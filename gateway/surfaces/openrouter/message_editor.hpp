// Edits the message of a choice, or a piece of it, for OpenRouter's clients. What was thought has the names
// of DeepSeek's API, or of OpenRouter's, or stands among the parts of the content, as Mistral's does. Belongs
// to one message.
#pragma once

#include <string>
#include <string_view>

#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openrouter/edited_values.hpp"

namespace gateway {

class MessageEditor {
 public:
  MessageEditor(providers::JsonWalk& walk, JsonEdits& edits, ReplyShape shape, ThinkingShown thinking)
      : walk_(walk), edits_(edits), shape_(shape), thinking_(thinking) {}

  bool edit();

 private:
  Member member(const providers::JsonString& key, const EditedObject& object);
  Member content(const EditedObject& object);
  Member thought(const providers::JsonString& key, const EditedObject& object);
  Member told(std::string_view& text);
  bool parts(std::string& text, bool& is_plain);
  bool thinking_part();
  void add_thought(EditedObject& object) const;

  providers::JsonWalk& walk_;
  JsonEdits& edits_;
  ReplyShape shape_;
  ThinkingShown thinking_;
  std::string thought_;  // of parts; raw, as the others
  std::string_view reasoning_, reasoning_content_;
  bool has_role_ = false;
  bool has_details_ = false;
};

}  // namespace gateway
