#include "gateway/surfaces/openrouter/choice_editor.hpp"

#include "gateway/surfaces/openrouter/finish_word.hpp"
#include "gateway/surfaces/openrouter/message_editor.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;

bool ChoiceEditor::choices() {
  std::size_t place = 0;
  return walk_.array([&] {
    const std::size_t at = place++;
    return walk_.type() == JsonType::object ? choice(at) : walk_.skip();
  });
}

bool ChoiceEditor::choice(std::size_t place) {
  EditedObject object(walk_, edits_);
  bool has_index = false, has_message = false, has_finish = false, has_native = false;
  std::string_view native;
  const bool read = object.walk([&](const JsonString& key) {
    if (key.is("index")) {
      const Member index = only(walk_, JsonType::number);
      has_index = index == Member::stays;
      return index;
    }
    if (key.is("delta") || key.is("message")) {
      has_message = walk_.type() == JsonType::object;
      if (!has_message) return walk_.skip(), Member::goes;
      return MessageEditor(walk_, edits_, shape_, thinking_).edit(), Member::stays;
    }
    if (key.is("finish_reason")) {
      has_finish = true;
      native = text_or_nothing(walk_);
      const std::string_view word = native.empty() ? std::string_view() : finish_word(native);
      if (word != native) edits_.replace(object.value(), raw_in_quotes(word));
      if (native.empty()) edits_.replace(object.value(), "null");
      return Member::stays;
    }
    if (key.is("native_finish_reason")) has_native = true;
    return walk_.skip(), Member::stays;
  });
  if (!read) return false;
  if (!has_index) object.add("index", std::to_string(place));
  if (!has_message) {
    if (shape_ == ReplyShape::chunk) object.add("delta", "{}");
    if (shape_ == ReplyShape::whole) object.add("message", R"({"role":"assistant","content":null})");
  }
  if (!has_finish) object.add("finish_reason", "null");
  if (!has_native) object.add("native_finish_reason", native.empty() ? "null" : raw_in_quotes(native));
  return true;
}

}  // namespace gateway
