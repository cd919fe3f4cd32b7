#include "gateway/simulate/wrong_option.hpp"

#include <algorithm>

#include "config/values/quantity.hpp"

namespace gateway {

void wrong(config::Problems& problems, const std::string& option, const std::string& message,
           const std::string& suggestion) {
  problems.push_back({.severity = config::Severity::error,
                      .place = {},
                      .path = option,
                      .message = message,
                      .suggestion = suggestion,
                      .excerpt = {}});
}

bool has_errors(const config::Problems& problems) {
  return std::ranges::any_of(
      problems, [](const config::Problem& problem) { return problem.severity == config::Severity::error; });
}

std::optional<double> dollars_per_second(const std::string& text) {
  constexpr std::string_view unit = "$/h";
  if (!text.ends_with(unit)) return std::nullopt;
  std::string number = text.substr(0, text.size() - unit.size());
  while (number.ends_with(' ')) number.pop_back();
  const auto value = config::parse_real(number);
  if (!value || *value < 0 || *value > 1e6) return std::nullopt;
  return *value / 3600;
}

}  // namespace gateway
