#include "gateway/surfaces/openrouter/calls_editor.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;

bool CallsEditor::edit() {
  std::size_t place = 0;
  return walk_.array([&] {
    const std::size_t at = place++;
    return walk_.type() == JsonType::object ? call(at) : walk_.skip();
  });
}

bool CallsEditor::call(std::size_t place) {
  EditedObject object(walk_, edits_);
  bool has_index = false, has_id = false, has_type = false;
  const bool read = object.walk([&](const JsonString& key) {
    if (key.is("index")) {
      const Member index = only(walk_, JsonType::number);
      has_index = index == Member::stays;
      return index;
    }
    if (key.is("id")) {
      has_id = !text_or_nothing(walk_).empty();
      return has_id ? Member::stays : Member::goes;
    }
    if (key.is("type")) {
      has_type = text_or_nothing(walk_) == "function";
      return has_type ? Member::stays : Member::goes;
    }
    if (key.is("function")) {
      if (walk_.type() != JsonType::object) return walk_.skip(), Member::goes;
      return function(), Member::stays;
    }
    return walk_.skip(), Member::stays;
  });
  if (!read) return false;
  if (shape_ == ReplyShape::chunk) {
    if (!has_index) object.add("index", std::to_string(place));
    return true;
  }
  if (!has_id) object.add("id", raw_in_quotes("call_" + std::to_string(place)));
  if (!has_type) object.add("type", "\"function\"");
  return true;
}

bool CallsEditor::function() {
  EditedObject object(walk_, edits_);
  bool has_arguments = false;
  const bool read = object.walk([&](const JsonString& key) {
    if (key.is("name")) return unless_null(walk_);
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
  if (read && !has_arguments && shape_ == ReplyShape::whole) object.add("arguments", "\"{}\"");
  return read;
}

}  // namespace gateway
