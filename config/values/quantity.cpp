#include "config/values/quantity.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

#include "config/values/ascii.hpp"

namespace config {
namespace {

constexpr std::int64_t billion = 1'000'000'000;

// A decimal number in billionths, and what follows it.
struct Amount {
  __extension__ using Wide = __int128;
  Wide billionths = 0;
  std::string_view unit;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// At most 12 digits before and 9 after the point: nobody means more.
std::optional<Amount> parse_amount(std::string_view text) {
  text = trimmed(text);
  Amount amount;
  std::size_t at = 0, whole = 0, decimals = 0;
  for (; at < text.size() && is_digit(text[at]); ++at, ++whole) {
    if (whole == 12) return std::nullopt;
    amount.billionths = amount.billionths * 10 + (text[at] - '0');
  }
  if (whole == 0) return std::nullopt;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++decimals) {
      if (decimals == 9) return std::nullopt;
      amount.billionths = amount.billionths * 10 + (text[at] - '0');
    }
  }
  for (; decimals < 9; ++decimals) amount.billionths *= 10;
  amount.unit = trimmed(text.substr(at));
  return amount;
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// The amount in multiples of the smallest unit; nothing when it is not a whole number of them.
std::optional<std::int64_t> in_units(const Amount& amount, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (amount.unit != unit.name) continue;
    const Amount::Wide scaled = amount.billionths * unit.factor;
    if (scaled % billion != 0 || scaled / billion > std::numeric_limits<std::int64_t>::max())
      return std::nullopt;
    return static_cast<std::int64_t>(scaled / billion);
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units) {
  const std::optional<Amount> amount = parse_amount(text);
  return amount ? in_units(*amount, units) : std::nullopt;
}

// "$0.55/Mtok" is "0.55 $/Mtok" as people say it.
std::optional<std::int64_t> parse_dollars(std::string_view text, std::span<const Unit> units,
                                          std::span<const Unit> units_after_sign) {
  text = trimmed(text);
  return text.starts_with('$') ? parse(text.substr(1), units_after_sign) : parse(text, units);
}

}  // namespace

std::optional<PricePerMillionTokens> parse_price(std::string_view text) {
  static constexpr std::array<Unit, 2> units = {{{"$/Mtok", billion}, {"$/ktok", 1000 * billion}}};
  static constexpr std::array<Unit, 2> after_sign = {{{"/Mtok", billion}, {"/ktok", 1000 * billion}}};
  const auto nanos = parse_dollars(text, units, after_sign);
  return nanos ? std::optional(PricePerMillionTokens{{*nanos}}) : std::nullopt;
}

std::optional<Money> parse_money(std::string_view text) {
  static constexpr std::array<Unit, 1> units = {{{"$", billion}}};
  static constexpr std::array<Unit, 1> after_sign = {{{"", billion}}};
  const auto nanos = parse_dollars(text, units, after_sign);
  return nanos ? std::optional(Money{*nanos}) : std::nullopt;
}

std::optional<Tokens> parse_tokens(std::string_view text) {
  static constexpr std::array<Unit, 4> units = {{{"", 1}, {"tok", 1}, {"ktok", 1'000}, {"Mtok", 1'000'000}}};
  const auto count = parse(text, units);
  return count ? std::optional(Tokens{*count}) : std::nullopt;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  static constexpr std::array<Unit, 6> units = {{{"us", 1'000},
                                                 {"ms", 1'000'000},
                                                 {"s", billion},
                                                 {"min", 60 * billion},
                                                 {"h", 3'600 * billion},
                                                 {"d", 86'400 * billion}}};
  const auto nanos = parse(text, units);
  return nanos ? std::optional(std::chrono::nanoseconds(*nanos)) : std::nullopt;
}

std::optional<double> parse_share(std::string_view text) {
  const std::optional<Amount> amount = parse_amount(text);
  if (!amount || amount->unit != "%" || amount->billionths > 100 * Amount::Wide{billion}) return std::nullopt;
  return static_cast<double>(amount->billionths) / (100.0 * billion);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  static constexpr std::array<Unit, 7> units = {{{"B", 1},
                                                 {"KiB", 1 << 10},
                                                 {"MiB", 1 << 20},
                                                 {"GiB", 1 << 30},
                                                 {"kB", 1'000},
                                                 {"MB", 1'000'000},
                                                 {"GB", billion}}};
  const auto bytes = parse(text, units);
  return bytes ? std::optional(static_cast<std::uint64_t>(*bytes)) : std::nullopt;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  const std::optional<Amount> amount = parse_amount(text);
  if (!amount || !amount->unit.empty()) return std::nullopt;
  return static_cast<double>(amount->billionths) / billion;
}

bool is_bare_number(std::string_view text) {
  const std::optional<Amount> amount = parse_amount(text);
  return amount && amount->unit.empty();
}

std::string to_text(std::chrono::nanoseconds duration) {
  static constexpr std::array<Unit, 5> units = {
      {{"h", 3'600 * billion}, {"min", 60 * billion}, {"s", billion}, {"ms", 1'000'000}, {"us", 1'000}}};
  for (const Unit& unit : units) {
    const bool whole = duration.count() % unit.factor == 0 && duration.count() != 0;
    if (whole) return std::to_string(duration.count() / unit.factor) + " " + std::string(unit.name);
  }
  return duration.count() == 0 ? "0 s" : std::to_string(duration.count()) + " ns";
}

std::string bytes_to_text(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 3> names = {"B", "KiB", "MiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < names.size()) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + " " + std::string(names[unit]);
}

}  // namespace config
