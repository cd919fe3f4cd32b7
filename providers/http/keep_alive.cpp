#include "providers/http/keep_alive.hpp"

#include "providers/http/blanks.hpp"
#include "providers/http/http_fields.hpp"

namespace providers {

KeepAlive read_keep_alive(std::string_view value) {
  constexpr std::uint64_t a_day = 86'400;
  KeepAlive said;
  for (;;) {
    const std::size_t comma = value.find(',');
    const std::string_view part = value.substr(0, comma);
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos) {
      const std::string_view name = trimmed(part.substr(0, equals));
      const auto number = decimal(trimmed(part.substr(equals + 1)));
      if (number && *number <= a_day && same_name(name, "timeout")) said.timeout.emplace(*number);
      if (number && same_name(name, "max")) said.max = number;
    }
    if (comma == std::string_view::npos) return said;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace providers
