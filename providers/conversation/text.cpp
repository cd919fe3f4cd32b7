#include "providers/conversation/text.hpp"

#include <algorithm>

namespace providers {

bool is_blank(const Text& text) {
  const auto blank = [](std::string_view plain) {
    return plain.find_first_not_of(" \t\r\n") == std::string_view::npos;
  };
  // Its beginning tells mostly: only what begins with an escape is decoded.
  const std::size_t first = text.raw.find_first_not_of(' ');
  if (first == std::string_view::npos) return true;
  return text.escaped && text.raw[first] == '\\' && blank(text.text());
}

Text OwnTexts::keep_plain(std::string_view plain) {
  std::string raw;
  append_escaped(raw, plain);
  const bool escaped = raw.size() != plain.size();
  return {keep(std::move(raw)), escaped};
}

}  // namespace providers
