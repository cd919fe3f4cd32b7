#include "providers/host/spoken_time.hpp"

#include <algorithm>
#include <charconv>

namespace providers {

std::optional<double> plain_number(std::string_view text) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  if (text.empty() || text.size() > 20 || !std::all_of(text.begin(), text.end(), allowed))
    return std::nullopt;
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<config::Seconds> spoken_time(std::string_view text) {
  config::Seconds sum{0};
  bool any = false;
  for (;;) {
    std::size_t length = 0;
    while (length < text.size() && ((text[length] >= '0' && text[length] <= '9') || text[length] == '.'))
      ++length;
    // The full stop that ends a sentence is no part of the number.
    if (length > 0 && text[length - 1] == '.') --length;
    const auto number = plain_number(text.substr(0, length));
    if (!number) break;
    text.remove_prefix(length);
    if (text.starts_with(' ') && text.size() > 1 && text[1] >= 'a' && text[1] <= 'z') text.remove_prefix(1);
    std::size_t unit = 0;
    while (unit < text.size() && text[unit] >= 'a' && text[unit] <= 'z') ++unit;
    const std::string_view word = text.substr(0, unit);
    double seconds = 1;
    if (word == "ms" || word == "milliseconds") {
      seconds = 0.001;
    } else if (word == "m" || word == "min" || word == "minute" || word == "minutes") {
      seconds = 60;
    } else if (word == "h" || word == "hour" || word == "hours") {
      seconds = 3600;
    }
    sum += config::Seconds(*number * seconds);
    any = true;
    text.remove_prefix(unit);
  }
  if (!any) return std::nullopt;
  return sum;
}

}  // namespace providers
