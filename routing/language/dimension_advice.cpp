#include "routing/language/dimension_advice.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace routing {

using namespace dimensions;

namespace {

struct Remedy {
  Dimension a;
  Dimension b;
  const char* text;
};

constexpr std::array remedies{
    Remedy{dollars, seconds, "multiply the seconds by a rate such as `20 $/h`"},
    Remedy{dollars, tokens, "multiply the tokens by a price such as `0.5 $/Mtok`"},
    Remedy{seconds, tokens, "divide the tokens by a speed such as `45 tok/s`"},
    Remedy{dollars, dollars_per_token, "multiply the price per token by tokens such as `expected_output`"},
    Remedy{dollars, dollars_per_second, "multiply the rate by seconds such as `time`"},
    Remedy{seconds, tokens_per_second, "divide tokens such as `expected_output` by the speed"},
    Remedy{dollars, tokens_per_second,
           "divide `expected_output` by the speed and multiply by a rate such as `20 $/h`"},
    Remedy{tokens, tokens_per_second, "multiply the speed by seconds"},
    Remedy{dollars, plain, "multiply the plain number by dollars such as `$0.01`"},
};

// As it was written, however long: `131072`.
std::string in_full(double value) {
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc{} ? std::string(text.data(), end) : to_text(value);
}

}  // namespace

std::string advice(Dimension a, Dimension b) {
  for (const Remedy& remedy : remedies) {
    if ((remedy.a == a && remedy.b == b) || (remedy.a == b && remedy.b == a)) return remedy.text;
  }
  return "";
}

std::string unit_advice(double value, Dimension wanted) {
  const std::string number = in_full(value);
  const bool is_large = std::abs(value) >= 1000;
  const auto units = [&](const std::string& likely, const std::string& other) {
    const std::string first = "give it a unit: `" + number + " " + likely + "`";
    return is_large ? first : first + " or `" + number + " " + other + "`";
  };
  if (wanted == seconds) return is_large ? units("ms", "") : units("s", "ms");
  if (wanted == tokens) return units("tok", "ktok");
  if (wanted == dollars) return "give it a unit: `$" + number + "`";
  if (wanted == dollars_per_token) return "give it a unit: `" + number + " $/Mtok`";
  if (wanted == dollars_per_second) return "give it a unit: `" + number + " $/h`";
  if (wanted == tokens_per_second) return "give it a unit: `" + number + " tok/s`";
  return "";
}

std::string limit_advice(Dimension wanted) {
  const std::string in = "write the limit in " + to_text(wanted) + ", such as ";
  if (wanted == seconds) return in + "`3 s`";
  if (wanted == tokens) return in + "`8 ktok`";
  if (wanted == dollars) return in + "`$0.01`";
  if (wanted == dollars_per_token) return in + "`2 $/Mtok`";
  if (wanted == dollars_per_second) return in + "`20 $/h`";
  if (wanted == tokens_per_second) return in + "`45 tok/s`";
  if (wanted == plain) return "write the limit as a plain number or a share, such as `5 %`";
  return "";
}

}  // namespace routing
