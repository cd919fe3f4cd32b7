#include "providers/simulated/simulated_json.hpp"

namespace providers {

std::optional<std::string> text_of(std::string_view value) {
  if (!value.starts_with('"')) return std::nullopt;
  const std::string_view raw = value.substr(1, value.size() - 2);
  return JsonString{raw, raw.find('\\') != std::string_view::npos}.text();
}

bool is_given(std::string_view value) {
  return !value.empty() && value != "null";
}

std::string_view member_of(std::string_view object, std::string_view name) {
  std::string_view found;
  if (!object.starts_with('{')) return found;
  each_member(object, [&](const JsonString& key, std::string_view value) {
    if (key.is(name)) found = value;
  });
  return found;
}

std::string minified(std::string_view value) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (in_string && c == '\\' && i + 1 < value.size()) {
      out.append(value.substr(i++, 2));
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += c;
  }
  return out;
}

}  // namespace providers
