#include "gateway/catalogue_import/litellm_words.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <system_error>

namespace gateway {

std::string litellm_model_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) ||
                          std::string_view("._-/:@+").find(c) != std::string_view::npos;
    if (is_plain || !name.empty()) name += is_plain ? c : '-';
  }
  while (!name.empty() && !std::isalnum(static_cast<unsigned char>(name.front()))) name.erase(0, 1);
  if (name.size() > 190) name.resize(190);
  return name.empty() ? "model" : name;
}

std::optional<double> litellm_seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0) || value > 3600)
    return std::nullopt;
  return value;
}

std::string seconds_text(double seconds) {
  const long milliseconds = std::lround(std::max(seconds, 0.1) * 1000);
  return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s"
                                  : std::to_string(milliseconds) + " ms";
}

}  // namespace gateway
