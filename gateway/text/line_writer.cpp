#include "gateway/text/line_writer.hpp"

#include <charconv>
#include <cstring>

#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

constexpr std::size_t longest_number = 21;  // the digits of 64 bits, and a sign or a point

constexpr auto powers_of_ten = [] {
  std::array<std::uint64_t, 19> table{1};
  for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
  return table;
}();

// "00" to "99".
constexpr auto pairs_of_digits = [] {
  std::array<char, 200> table{};
  for (std::size_t i = 0; i < 100; ++i) {
    table[2 * i] = static_cast<char>('0' + i / 10);
    table[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

// So many digits of `value`, with leading zeros.
void put_decimals(char* at, std::uint64_t value, int count) {
  for (; count >= 2; count -= 2, value /= 100)
    std::memcpy(at + count - 2, pairs_of_digits.data() + 2 * (value % 100), 2);
  if (count == 1) *at = static_cast<char>('0' + value % 10);
}

// Whether eight bytes stand in a string of JSON as they are: each printable ASCII, none a quotation mark or a
// backslash.
bool stand_for_themselves(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  // Exact as a yes or no for the word.
  const auto has_zero = [](std::uint64_t of) { return (of - ones) & ~of & highs; };
  const std::uint64_t below = (word - ones * 0x20) & ~word & highs;
  return ((word & highs) | has_zero(word ^ (ones * 0x7f)) | has_zero(word ^ (ones * '"')) |
          has_zero(word ^ (ones * '\\')) | below) == 0;
}

}  // namespace

void LineWriter::long_text(std::string_view part) {
  hand_over();
  out_ += part;
}

void LineWriter::hand_over() {
  out_.append(buffer_.data(), at_);
  at_ = buffer_.data();
}

void LineWriter::integer(std::int64_t value) {
  if (room() < longest_number) hand_over();
  at_ = std::to_chars(at_, at_ + longest_number, value).ptr;
}

void LineWriter::fixed(std::int64_t value, int decimals) {
  if (room() < 2 * longest_number) hand_over();
  const std::uint64_t size =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const std::uint64_t one = powers_of_ten[static_cast<std::size_t>(decimals)];
  const std::uint64_t whole = size / one;
  if (value < 0) *at_++ = '-';
  if (whole < 10) {
    *at_++ = static_cast<char>('0' + whole);
  } else {
    at_ = std::to_chars(at_, at_ + longest_number, whole).ptr;
  }
  if (decimals == 0) return;
  *at_++ = '.';
  put_decimals(at_, size - whole * one, decimals);
  at_ += decimals;
}

void LineWriter::json_string(std::string_view text) {
  if (text.size() + 2 <= room()) {
    char* at = at_;
    *at++ = '"';
    const char* from = text.data();
    const char* const end = from + text.size();
    if (text.size() >= 8) {
      // Eight at a time, the last ones together with some of those before.
      for (; end - from > 8 && stand_for_themselves(from); from += 8, at += 8) std::memcpy(at, from, 8);
      if (end - from <= 8 && stand_for_themselves(end - 8)) {
        at += end - from;
        std::memcpy(at - 8, end - 8, 8);
        from = end;
      }
    }
    while (from != end && stands_for_itself(*from)) *at++ = *from++;
    if (from == end) {
      *at++ = '"';
      at_ = at;
      return;
    }
  }
  hand_over();
  append_json_string(text, out_);
}

}  // namespace gateway
