#include "config/forms/json_members.hpp"

namespace config {

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string json_object(const JsonMembers& members) {
  std::string result = "{";
  for (const auto& [name, value] : members) {
    if (result.size() > 1) result += ',';
    result += json_string(name) + ':' + value;
  }
  return result + '}';
}

std::string json_list(const std::vector<std::string>& items) {
  std::string result = "[";
  for (const std::string& item : items) {
    if (result.size() > 1) result += ',';
    result += item;
  }
  return result + ']';
}

std::string json_strings(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(json_string(text));
  return json_list(items);
}

std::string json_indented(std::string_view json) {
  std::string result;
  std::size_t depth = 0;
  bool in_text = false;
  const auto new_line = [&] { result.append("\n").append(2 * depth, ' '); };
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    const bool escaped = at > 0 && json[at - 1] == '\\' && !(at > 1 && json[at - 2] == '\\');
    if (c == '"' && !(in_text && escaped)) in_text = !in_text;
    const bool opens = !in_text && (c == '{' || c == '['), closes = !in_text && (c == '}' || c == ']');
    const bool empty = opens && at + 1 < json.size() && (json[at + 1] == '}' || json[at + 1] == ']');
    if (closes) {
      --depth;
      if (json[at - 1] != '{' && json[at - 1] != '[') new_line();
    }
    result += c;
    if (opens) ++depth;
    if ((opens && !empty) || (c == ',' && !in_text)) new_line();
    if (c == ':' && !in_text) result += ' ';
  }
  return result + '\n';
}

}  // namespace config
