#include "gateway/text/quantity_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gateway {

namespace {

constexpr const char* nobody_knows = "-";

std::string fixed(double value, int decimals) {
  std::array<char, 64> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
  return end.ec == std::errc() ? std::string(text.data(), end.ptr) : nobody_knows;
}

// About three digits: 1.24, 12.4, 124.
std::string three_digits(double value) {
  const double size = std::abs(value);
  return fixed(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

}  // namespace

std::string time_text(double seconds) {
  if (!std::isfinite(seconds)) return nobody_knows;
  if (seconds < 0.00095) return fixed(seconds * 1e6, 0) + " us";
  if (seconds < 0.0095) return fixed(seconds * 1e3, 1) + " ms";
  if (seconds < 0.9995) return fixed(seconds * 1e3, 0) + " ms";
  if (seconds < 599.5) return three_digits(seconds) + " s";
  return fixed(seconds / 60, 0) + " min";
}

std::string money_text(double dollars) {
  if (!std::isfinite(dollars)) return nobody_knows;
  const std::string sign = dollars < 0 ? "-$" : "$";
  const double size = std::abs(dollars);
  if (size < 5e-9) return "$0";
  if (size >= 0.9995) return sign + three_digits(size);
  const int leading = static_cast<int>(-std::floor(std::log10(size)));
  std::string text = fixed(size, std::min(leading + 1, 9));
  return sign + text;
}

std::string percent_text(double share) {
  if (!std::isfinite(share)) return nobody_knows;
  const double percent = share * 100;
  // Near the ends a tenth matters, and only all is 100 %.
  if (percent > 99 && percent < 100) return fixed(std::min(percent, 99.9), 1) + " %";
  return fixed(percent, percent > 0 && percent < 9.95 ? 1 : 0) + " %";
}

std::string count_text(double count) {
  if (!std::isfinite(count)) return nobody_knows;
  if (std::abs(count) < 999.5) return fixed(count, 0);
  constexpr std::array<char, 4> units{'k', 'M', 'G', 'T'};
  std::size_t unit = 0;
  for (count /= 1000; std::abs(count) >= 999.5 && unit + 1 < units.size(); ++unit) count /= 1000;
  return fixed(count, std::abs(count) < 99.95 ? 1 : 0) + units[unit];
}

std::string rate_text(double per_second) {
  if (!std::isfinite(per_second)) return nobody_knows;
  return per_second < 9.95 ? fixed(per_second, 1) : count_text(per_second);
}

std::string span_text(double seconds) {
  if (!std::isfinite(seconds)) return nobody_knows;
  const auto whole = static_cast<long long>(std::clamp(seconds, 0.0, 1e12));
  const auto text = [](long long value) { return std::to_string(value); };
  if (whole < 60) return text(whole) + " s";
  if (whole < 3'600) return text(whole / 60) + " min";
  if (whole < 86'400) return text(whole / 3'600) + " h " + text(whole / 60 % 60) + " min";
  return text(whole / 86'400) + " d " + text(whole / 3'600 % 24) + " h";
}

}  // namespace gateway
