#include "providers/http/outgoing_field.hpp"

#include <algorithm>

#include "providers/http/http_fields.hpp"

namespace providers {
namespace {

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_value = 8 * 1024;
constexpr std::size_t longest_target = 8 * 1024;

bool is_target_byte(char c) {
  return c > 0x20 && c < 0x7f && c != '#' && c != '\\';
}

}  // namespace

Written append_field(std::string& head, std::string_view name, std::string_view value) {
  const bool fits = name.size() <= longest_name && value.size() <= longest_value;
  if (!fits || !is_token_text(name) || !is_field_value(value)) {
    return Written::refused;
  }
  head.append(name).append(": ").append(value).append("\r\n");
  return Written::yes;
}

Written append_target(std::string& head, std::string_view target) {
  const bool fits = target.size() <= longest_target && target.starts_with('/');
  if (!fits || !std::all_of(target.begin(), target.end(), is_target_byte)) return Written::refused;
  head.append(target);
  return Written::yes;
}

}  // namespace providers
