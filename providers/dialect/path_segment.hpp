// The name of a model as one segment of a path. Pure.
#pragma once

#include <string>
#include <string_view>

namespace providers {

// Percent-encoded but for what no proxy or host takes for anything else (RFC 3986, unreserved).
inline void append_segment(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', hex[byte >> 4], hex[byte & 15]});
  }
}

}  // namespace providers
