#include "gateway/surfaces/openrouter/message_editor.hpp"

#include "gateway/surfaces/openrouter/calls_editor.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;

bool MessageEditor::edit() {
  EditedObject object(walk_, edits_);
  if (!object.walk([&](const JsonString& key) { return member(key, object); })) return false;
  if (!has_role_ && shape_ == ReplyShape::whole) object.add("role", "\"assistant\"");
  if (thinking_ == ThinkingShown::yes) add_thought(object);
  return true;
}

Member MessageEditor::member(const JsonString& key, const EditedObject& object) {
  if (key.is("role")) {
    has_role_ = text_or_nothing(walk_) == "assistant";
    return has_role_ ? Member::stays : Member::goes;
  }
  if (key.is("content")) return content(object);
  if (key.is("reasoning") || key.is("reasoning_content") || key.is("reasoning_details")) {
    return thought(key, object);
  }
  if (key.is("tool_calls")) {
    if (walk_.type() != JsonType::array) return walk_.skip(), Member::goes;
    return CallsEditor(walk_, edits_, shape_).edit(), Member::stays;
  }
  const bool may_be_null =
      !key.is("audio") && !key.is("images") && !key.is("annotations") && !key.is("function_call");
  return may_be_null ? (walk_.skip(), Member::stays) : unless_null(walk_);
}

Member MessageEditor::content(const EditedObject& object) {
  if (walk_.type() != JsonType::array) return walk_.skip(), Member::stays;
  std::string text;
  bool is_plain = true;
  if (parts(text, is_plain) && is_plain) edits_.replace(object.value(), raw_in_quotes(text));
  return Member::stays;
}

Member MessageEditor::thought(const JsonString& key, const EditedObject& object) {
  if (thinking_ == ThinkingShown::no) return walk_.skip(), Member::goes;
  if (key.is("reasoning")) return told(reasoning_);
  if (key.is("reasoning_content")) return told(reasoning_content_);
  const Member details = only(walk_, JsonType::array);
  has_details_ = details == Member::stays && object.value().size() > 2;
  return has_details_ ? Member::stays : Member::goes;
}

Member MessageEditor::told(std::string_view& text) {
  text = text_or_nothing(walk_);
  return text.empty() ? Member::goes : Member::stays;
}

void MessageEditor::add_thought(EditedObject& object) const {
  const std::string_view text = !reasoning_.empty() ? reasoning_
                                : !thought_.empty() ? std::string_view(thought_)
                                                    : reasoning_content_;
  if (text.empty()) return;
  if (reasoning_.empty()) object.add("reasoning", raw_in_quotes(text));
  if (has_details_) return;
  object.add("reasoning_details", R"([{"type":"reasoning.text","text":)" + raw_in_quotes(text) +
                                      R"(,"format":"unknown","index":0}])");
}

// [{"type":"thinking","thinking":[{"type":"text","text":"..."}]},{"type":"text","text":"..."}]
bool MessageEditor::parts(std::string& text, bool& is_plain) {
  return walk_.array([&] {
    if (walk_.type() != JsonType::object) return is_plain = false, walk_.skip();
    return walk_.object([&](const JsonString& key) {
      if (key.is("text")) return text.append(text_or_nothing(walk_)), walk_.ok();
      if (key.is("thinking")) return thinking_part();
      if (key.is("image_url") || key.is("input_audio")) is_plain = false;
      return walk_.skip();
    });
  });
}

bool MessageEditor::thinking_part() {
  if (walk_.type() != JsonType::array) return thought_.append(text_or_nothing(walk_)), walk_.ok();
  return walk_.array([&] {
    if (walk_.type() != JsonType::object) return walk_.skip();
    return walk_.object([&](const JsonString& key) {
      return key.is("text") ? (thought_.append(text_or_nothing(walk_)), walk_.ok()) : walk_.skip();
    });
  });
}

}  // namespace gateway
