#include "gateway/surfaces/openrouter/choice_editor.hpp"

#include "gateway/surfaces/openrouter/finish_word.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;

namespace {

std::string in_quotes(std::string_view raw) {
  return std::string("\"").append(raw).append("\"");
}

}  // namespace

Member ChoiceEditor::unless_null() {
  const bool is_null = walk_.type() == JsonType::null;
  walk_.skip();
  return is_null ? Member::goes : Member::stays;
}

Member ChoiceEditor::only(JsonType type) {
  const bool is_right = walk_.type() == type;
  walk_.skip();
  return is_right ? Member::stays : Member::goes;
}

// Raw.
std::string_view ChoiceEditor::text_or_nothing() {
  if (walk_.type() != JsonType::string) return walk_.skip(), std::string_view();
  const auto text = walk_.string();
  return text ? text->raw : std::string_view();
}

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
      const Member index = only(JsonType::number);
      has_index = index == Member::stays;
      return index;
    }
    if (key.is("delta") || key.is("message")) {
      has_message = walk_.type() == JsonType::object;
      if (!has_message) return walk_.skip(), Member::goes;
      return message(), Member::stays;
    }
    if (key.is("finish_reason")) {
      has_finish = true;
      native = text_or_nothing();
      const std::string_view word = native.empty() ? std::string_view() : finish_word(native);
      if (word != native) edits_.replace(object.value(), in_quotes(word));
      if (native.empty()) edits_.replace(object.value(), "null");
      return Member::stays;
    }
    if (key.is("native_finish_reason")) has_native = true;
    return walk_.skip(), Member::stays;
  });
  if (!read) return false;
  if (!has_index) object.add("index", std::to_string(place));
  if (!has_message) {
    if (shape_ == Shape::chunk) object.add("delta", "{}");
    if (shape_ == Shape::whole) object.add("message", R"({"role":"assistant","content":null})");
  }
  if (!has_finish) object.add("finish_reason", "null");
  if (!has_native) object.add("native_finish_reason", native.empty() ? "null" : in_quotes(native));
  return true;
}

// What was thought has the names of DeepSeek's API, or of OpenRouter's, or stands among the parts of the
// content, as Mistral's does.
bool ChoiceEditor::message() {
  EditedObject object(walk_, edits_);
  std::string text, thought;
  std::string_view reasoning, reasoning_content;
  bool has_role = false, has_details = false;
  const bool is_hidden = thinking_ == ThinkingShown::no;
  const bool read = object.walk([&](const JsonString& key) {
    const bool is_thought = key.is("reasoning") || key.is("reasoning_content") || key.is("reasoning_details");
    if (is_thought && is_hidden) return walk_.skip(), Member::goes;
    if (key.is("role")) {
      has_role = text_or_nothing() == "assistant";
      return has_role ? Member::stays : Member::goes;
    }
    if (key.is("content")) {
      if (walk_.type() != JsonType::array) return walk_.skip(), Member::stays;
      bool is_plain = true;
      if (parts(text, thought, is_plain) && is_plain) edits_.replace(object.value(), in_quotes(text));
      return Member::stays;
    }
    if (key.is("reasoning")) {
      reasoning = text_or_nothing();
      return reasoning.empty() ? Member::goes : Member::stays;
    }
    if (key.is("reasoning_content")) {
      reasoning_content = text_or_nothing();
      return reasoning_content.empty() ? Member::goes : Member::stays;
    }
    if (key.is("reasoning_details")) {
      const Member details = only(JsonType::array);
      has_details = details == Member::stays && object.value().size() > 2;
      return has_details ? details : Member::goes;
    }
    if (key.is("tool_calls")) {
      if (walk_.type() != JsonType::array) return walk_.skip(), Member::goes;
      return calls(), Member::stays;
    }
    if (key.is("audio") || key.is("images") || key.is("annotations") || key.is("function_call")) {
      return unless_null();
    }
    return walk_.skip(), Member::stays;
  });
  if (!read) return false;
  if (!has_role && shape_ == Shape::whole) object.add("role", "\"assistant\"");
  const std::string_view told = !reasoning.empty() ? reasoning
                                : !thought.empty() ? thought
                                                   : reasoning_content;
  if (told.empty() || is_hidden) return true;
  if (reasoning.empty()) object.add("reasoning", in_quotes(told));
  if (!has_details) {
    object.add("reasoning_details", R"([{"type":"reasoning.text","text":)" + in_quotes(told) +
                                        R"(,"format":"unknown","index":0}])");
  }
  return true;
}

// [{"type":"thinking","thinking":[{"type":"text","text":"..."}]},{"type":"text","text":"..."}]
bool ChoiceEditor::parts(std::string& text, std::string& thought, bool& is_plain) {
  return walk_.array([&] {
    if (walk_.type() != JsonType::object) return is_plain = false, walk_.skip();
    return walk_.object([&](const JsonString& key) {
      if (key.is("text")) return text.append(text_or_nothing()), walk_.ok();
      if (key.is("thinking")) return thinking_part(thought);
      if (key.is("image_url") || key.is("input_audio")) is_plain = false;
      return walk_.skip();
    });
  });
}

bool ChoiceEditor::thinking_part(std::string& thought) {
  if (walk_.type() != JsonType::array) return thought.append(text_or_nothing()), walk_.ok();
  return walk_.array([&] {
    if (walk_.type() != JsonType::object) return walk_.skip();
    return walk_.object([&](const JsonString& key) {
      return key.is("text") ? (thought.append(text_or_nothing()), walk_.ok()) : walk_.skip();
    });
  });
}

bool ChoiceEditor::calls() {
  std::size_t place = 0;
  return walk_.array([&] {
    const std::size_t at = place++;
    return walk_.type() == JsonType::object ? call(at) : walk_.skip();
  });
}

bool ChoiceEditor::call(std::size_t place) {
  EditedObject object(walk_, edits_);
  bool has_index = false, has_id = false, has_type = false;
  const bool read = object.walk([&](const JsonString& key) {
    if (key.is("index")) {
      const Member index = only(JsonType::number);
      has_index = index == Member::stays;
      return index;
    }
    if (key.is("id")) {
      has_id = !text_or_nothing().empty();
      return has_id ? Member::stays : Member::goes;
    }
    if (key.is("type")) {
      has_type = text_or_nothing() == "function";
      return has_type ? Member::stays : Member::goes;
    }
    if (key.is("function")) {
      if (walk_.type() != JsonType::object) return walk_.skip(), Member::goes;
      return function(), Member::stays;
    }
    return walk_.skip(), Member::stays;
  });
  if (!read) return false;
  if (shape_ == Shape::chunk) {
    if (!has_index) object.add("index", std::to_string(place));
    return true;
  }
  if (!has_id) object.add("id", in_quotes("call_" + std::to_string(place)));
  if (!has_type) object.add("type", "\"function\"");
  return true;
}

bool ChoiceEditor::function() {
  EditedObject object(walk_, edits_);
  bool has_arguments = false;
  const bool read = object.walk([&](const JsonString& key) {
    if (key.is("name")) return unless_null();
    if (!key.is("arguments")) return walk_.skip(), Member::stays;
    const JsonType type = walk_.type();
    walk_.skip();
    has_arguments = type != JsonType::null;
    if (type != JsonType::object) return has_arguments ? Member::stays : Member::goes;
    std::string quoted = "\"";
    providers::append_escaped(quoted, object.value().of(edits_.text()));
    edits_.replace(object.value(), quoted += '"');
    return Member::stays;
  });
  if (read && !has_arguments && shape_ == Shape::whole) object.add("arguments", "\"{}\"");
  return read;
}

}  // namespace gateway
