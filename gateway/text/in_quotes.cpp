#include "gateway/text/in_quotes.hpp"

namespace gateway {

std::string in_quotes(std::string_view found) {
  constexpr std::size_t most = 60;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : found.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      text += c;
    } else {
      text.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
  }
  text += '"';
  if (found.size() > most) text += "...";
  return text;
}

}  // namespace gateway
