#include "routing/language/dimension.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace routing {

using namespace dimensions;

namespace {

constexpr std::array units{
    Unit{"$", 1, 1, dollars},      Unit{"us", 1, 1e6, seconds},    Unit{"ms", 1, 1e3, seconds},
    Unit{"s", 1, 1, seconds},      Unit{"min", 60, 1, seconds},    Unit{"h", 3600, 1, seconds},
    Unit{"d", 86400, 1, seconds},  Unit{"day", 86400, 1, seconds}, Unit{"tok", 1, 1, tokens},
    Unit{"ktok", 1000, 1, tokens}, Unit{"Mtok", 1e6, 1, tokens},   Unit{"%", 1, 100, plain},
};

int held_exponent(long exponent) {
  return static_cast<int>(std::clamp(exponent, -99L, 99L));
}

void append(std::string& text, std::string_view name, int exponent) {
  if (exponent == 0) return;
  if (!text.empty()) text += " x ";
  text += name;
  if (exponent > 1) text += "^" + std::to_string(exponent);
}

}  // namespace

Dimension operator*(Dimension a, Dimension b) {
  return {held_exponent(a.dollars + b.dollars), held_exponent(a.seconds + b.seconds),
          held_exponent(a.tokens + b.tokens)};
}

Dimension operator/(Dimension a, Dimension b) {
  return a * power(b, -1);
}

Dimension power(Dimension base, int exponent) {
  const long n = exponent;
  return {held_exponent(base.dollars * n), held_exponent(base.seconds * n), held_exponent(base.tokens * n)};
}

std::string to_text(Dimension dimension) {
  if (dimension == plain) return "a plain number";
  std::string above, below;
  append(above, "dollars", std::max(dimension.dollars, 0));
  append(above, "seconds", std::max(dimension.seconds, 0));
  append(above, "tokens", std::max(dimension.tokens, 0));
  append(below, "dollar", std::max(-dimension.dollars, 0));
  append(below, "second", std::max(-dimension.seconds, 0));
  append(below, "token", std::max(-dimension.tokens, 0));
  if (below.empty()) return above;
  return (above.empty() ? "1" : above) + " per " + below;
}

std::string to_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

std::string to_text(double value, Dimension dimension) {
  if (dimension == plain) return to_text(value);
  if (dimension == dollars) return "$" + to_text(value);
  if (dimension == seconds) return std::abs(value) < 1 ? to_text(value * 1e3) + " ms" : to_text(value) + " s";
  if (dimension == tokens) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.0f tok", value);
    return text.data();
  }
  if (dimension == dollars_per_token) return to_text(value * 1e6) + " $/Mtok";
  if (dimension == dollars_per_second) return to_text(value * 3600) + " $/h";
  if (dimension == tokens_per_second) return to_text(value) + " tok/s";
  return to_text(value) + " " + to_text(dimension);
}

std::optional<Unit> find_unit(std::string_view name) {
  const auto found = std::ranges::find(units, name, &Unit::name);
  if (found == units.end()) return std::nullopt;
  return *found;
}

}  // namespace routing
