#include "gateway/commands/pretence_query.hpp"

#include <cctype>
#include <string_view>

namespace gateway {
namespace {

std::string escaped(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

}  // namespace

std::string pretence_query(const std::string& as, const std::string& team, const std::string& at) {
  std::string query;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) query += std::string(query.empty() ? "" : "&").append(name) + "=" + escaped(value);
  };
  add("as", as), add("team", team), add("at", at);
  return query;
}

}  // namespace gateway
