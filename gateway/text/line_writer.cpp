#include "gateway/text/line_writer.hpp"

#include <charconv>

#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

constexpr std::size_t longest_number = 21;  // the digits of 64 bits, and a sign or a point

constexpr auto powers_of_ten = [] {
  std::array<std::uint64_t, 19> table{1};
  for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
  return table;
}();

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
  if (value < 0) *at_++ = '-';
  at_ = std::to_chars(at_, at_ + longest_number, size / one).ptr;
  if (decimals == 0) return;
  // One more than the rest has all its leading zeros; the point takes the place of the one.
  char* const point = at_;
  at_ = std::to_chars(at_, at_ + longest_number, one + size % one).ptr;
  *point = '.';
}

void LineWriter::json_string(std::string_view text) {
  if (text.size() + 2 <= room()) {
    char* at = at_;
    *at++ = '"';
    const char* from = text.data();
    const char* const end = from + text.size();
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
