// Amounts with units, as people write them: "0.55 $/Mtok", "64 ktok", "250 ms", "5 %", "32 MiB". Exact:
// decimal digits become integers without passing through floating point. Pure. Nothing when the text is no
// such amount.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/values/units.hpp"

namespace config {

std::optional<PricePerMillionTokens> parse_price(std::string_view text);  // $/Mtok, $/ktok
std::optional<Money> parse_money(std::string_view text);                  // $
std::optional<Tokens> parse_tokens(std::string_view text);  // tok, ktok, Mtok, or a bare whole number
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);  // us, ms, s, min, h, d
std::optional<double> parse_share(std::string_view text);                       // %, as a fraction of 1
std::optional<std::uint64_t> parse_bytes(std::string_view text);  // B, KiB, MiB, GiB, kB, MB, GB
std::optional<std::int64_t> parse_whole(std::string_view text);
std::optional<double> parse_real(std::string_view text);  // "0.25"; no sign, no exponent
// Whether it is a number without a unit: what people write who have not met the units yet.
bool is_bare_number(std::string_view text);

// In the largest unit that gives a whole number.
std::string to_text(std::chrono::nanoseconds duration);
std::string bytes_to_text(std::uint64_t bytes);

}  // namespace config
