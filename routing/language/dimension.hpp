// The dimension of a number in the policy language: powers of dollars, seconds and tokens. Values.
// Numbers are kept in those base units: 20 $/h is 0.00556 dollars per second.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace routing {

struct Dimension {
  int dollars = 0;
  int seconds = 0;
  int tokens = 0;

  friend bool operator==(const Dimension&, const Dimension&) = default;
};

namespace dimensions {
inline constexpr Dimension plain{};
inline constexpr Dimension dollars{1, 0, 0};
inline constexpr Dimension seconds{0, 1, 0};
inline constexpr Dimension tokens{0, 0, 1};
inline constexpr Dimension dollars_per_token{1, 0, -1};
inline constexpr Dimension dollars_per_second{1, -1, 0};
inline constexpr Dimension tokens_per_second{0, -1, 1};
}  // namespace dimensions

Dimension operator*(Dimension a, Dimension b);
Dimension operator/(Dimension a, Dimension b);
// Exponents beyond +-99 are held there: no sensible expression gets near.
Dimension power(Dimension base, int exponent);

// "dollars per second"; "a plain number".
std::string to_text(Dimension dimension);
// "20 $/h", "3 s", "0.5 $/Mtok": in the unit a person would write.
std::string to_text(double value, Dimension dimension);
// `value` as short as four digits allow.
std::string to_text(double value);

struct Unit {
  std::string_view name;
  double times;  // so many base units
  double over;   // so many of it are one: whole, so that `3 %` is the very number that 0.03 is
  Dimension dimension;

  double in_base(double value) const { return value * times / over; }
};
// "ms", "ktok", "$", "%"; nothing when there is no such unit. Quotients are the lexer's.
std::optional<Unit> find_unit(std::string_view name);

}  // namespace routing
