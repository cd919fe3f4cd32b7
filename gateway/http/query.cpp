#include "gateway/http/query.hpp"

#include <algorithm>
#include <charconv>

namespace gateway {
namespace {

std::string text_of(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(value[i]);
    if (byte == '+') byte = ' ';
    const bool is_encoded = byte == '%' && i + 2 < value.size();
    if (is_encoded) {
      std::from_chars(value.data() + i + 1, value.data() + i + 3, byte, 16);
      i += 2;
    }
    text += static_cast<char>(byte);
  }
  return text;
}

}  // namespace

std::string query_without(std::string_view query, std::span<const std::string_view> names) {
  std::string rest;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty() || std::ranges::find(names, part.substr(0, part.find('='))) != names.end()) continue;
    rest.append(rest.empty() ? "" : "&").append(part);
  }
  return rest;
}

std::vector<std::string> query_values(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      values.push_back(text_of(part.substr(name.size() + 1)));
  }
  return values;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  std::vector<std::string> values = query_values(query, name);
  if (values.empty()) return std::nullopt;
  return std::move(values.front());
}

}  // namespace gateway
