#include "gateway/text/wall_text.hpp"

#include <algorithm>

#include "config/values/timestamp.hpp"

namespace gateway {
namespace {

// Writes `value` over the last digits of a template, back from `end`.
void put_digits(int value, int digits, char* end) {
  for (; digits > 0; --digits, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace

WallText::WallText(config::WallTime time) : text_(std::to_array("0000-00-00T00:00:00.000Z")) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - day)};
  char* const text = text_.data();
  std::ranges::copy(config::day_text(day), text);
  put_digits(static_cast<int>(clock.hours().count()), 2, text + 13);
  put_digits(static_cast<int>(clock.minutes().count()), 2, text + 16);
  put_digits(static_cast<int>(clock.seconds().count()), 2, text + 19);
  put_digits(static_cast<int>(clock.subseconds().count()), 3, text + 23);
}

}  // namespace gateway
