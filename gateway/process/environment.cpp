#include "gateway/process/environment.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace gateway {

std::string taken_from_environment(const char* variable) {
  const char* const text = std::getenv(variable);
  std::string value = text ? text : "";
  ::unsetenv(variable);
  return value;
}

std::optional<std::uint64_t> whole_number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_this_process(const std::string& pid) {
  return whole_number(pid) == static_cast<std::uint64_t>(::getpid());
}

}  // namespace gateway
