#include "gateway/http/host_field.hpp"

#include <algorithm>

#include "config/values/address.hpp"
#include "config/values/ascii.hpp"

namespace gateway {
namespace {

bool all_of(std::string_view text, bool (*allowed)(char)) {
  for (const char c : text) {
    if (!allowed(c)) return false;
  }
  return !text.empty();
}

using config::is_digit;
bool is_name_character(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '.' || c == '_';
}
bool is_ipv6_character(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') || c == ':' || c == '.';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Without http's own port, which may be left out.
std::string_view without_default_port(std::string_view text) {
  constexpr std::string_view port = ":80";
  return text.ends_with(port) ? text.substr(0, text.size() - port.size()) : text;
}

std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  return text.substr(0, text.find(':'));
}

}  // namespace

bool is_own_authority(std::string_view authority, std::string_view host_field, bool loopback_only) {
  const auto same = [](std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
  };
  if (same(without_default_port(authority), without_default_port(host_field))) return true;
  const std::string_view name = without_port(authority);
  return loopback_only && (same(name, "localhost") || config::is_loopback(name));
}

bool is_host(std::string_view text) {
  std::string_view port;
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || !all_of(text.substr(1, end - 1), is_ipv6_character)) return false;
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (end > 255 || !all_of(text.substr(0, end), is_name_character)) return false;
  }
  if (end == text.size()) return true;
  port = text.substr(end);
  return port.size() <= 6 && port[0] == ':' && all_of(port.substr(1), is_digit);
}

}  // namespace gateway
