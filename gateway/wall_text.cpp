#include "gateway/wall_text.hpp"

namespace gateway {

namespace {

void append_digits(int value, int digits, std::string& out) {
  const std::size_t begin = out.size();
  out.append(static_cast<std::size_t>(digits), '0');
  for (std::size_t at = out.size(); at-- > begin; value /= 10) out[at] = static_cast<char>('0' + value % 10);
}

}  // namespace

void append_wall_text(config::WallTime time, std::string& out) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - day)};
  append_digits(static_cast<int>(date.year()), 4, out);
  out += '-';
  append_digits(static_cast<int>(static_cast<unsigned>(date.month())), 2, out);
  out += '-';
  append_digits(static_cast<int>(static_cast<unsigned>(date.day())), 2, out);
  out += 'T';
  append_digits(static_cast<int>(clock.hours().count()), 2, out);
  out += ':';
  append_digits(static_cast<int>(clock.minutes().count()), 2, out);
  out += ':';
  append_digits(static_cast<int>(clock.seconds().count()), 2, out);
  out += '.';
  append_digits(static_cast<int>(clock.subseconds().count()), 3, out);
  out += 'Z';
}

}  // namespace gateway
