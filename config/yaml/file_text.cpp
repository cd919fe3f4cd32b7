#include "config/yaml/file_text.hpp"

#include <algorithm>

#include "config/values/masked.hpp"

namespace config {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// How long the character at `at` is; 0 when it is not valid UTF-8 (RFC 3629: no surrogates, none overlong).
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto tail = [&](std::size_t n) {
    for (std::size_t i = at + 1; i <= at + n; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && tail(1)) return 2;
  if (first >= 0xE0 && first <= 0xEF && tail(2)) {
    const bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && tail(3)) {
    const bool overlong = first == 0xF0 && second < 0x90, too_large = first == 0xF4 && second > 0x8F;
    return overlong || too_large ? 0 : 4;
  }
  return 0;
}

// Where the value that begins at `begin` ends, as far as its own line tells.
std::size_t value_end(std::string_view line, std::size_t begin) {
  if (begin >= line.size()) return begin + 1;
  if (line[begin] == '"' || line[begin] == '\'') {
    const std::size_t close = line.find(line[begin], begin + 1);
    return close == std::string_view::npos ? line.size() : close + 1;
  }
  std::size_t end = begin;
  while (end < line.size() && line.substr(end, 2) != " #" && line.substr(end, 2) != ": " &&
         line[end] != ',' && !(line[end] == ':' && end + 1 == line.size()) && line[end] != ']' &&
         !(line[end] == '}' && end > begin && line.find("${", begin) > end)) {
    ++end;
  }
  while (end > begin + 1 && line[end - 1] == ' ') --end;
  return std::max(end, begin + 1);
}

}  // namespace

FileText::FileText(std::string name, std::string_view text) : name_(std::move(name)), text_(text) {
  line_starts_.push_back(0);
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
  has_long_characters_ = std::ranges::any_of(text, continues);
}

std::string_view FileText::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[static_cast<std::size_t>(number) - 1];
  const bool is_last = static_cast<std::size_t>(number) == line_starts_.size();
  const std::size_t end = is_last ? text_.size() : line_starts_[static_cast<std::size_t>(number)] - 1;
  std::string_view line = text_.substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Files without line breaks may have a megabyte in front of a place.
Place FileText::place(int number, int column) const {
  if (!has_long_characters_) return {.file = name_, .line = number, .column = column};
  const std::string_view before = line(number).substr(0, static_cast<std::size_t>(std::max(0, column - 1)));
  const auto inside = static_cast<int>(std::ranges::count_if(before, continues));
  return {.file = name_, .line = number, .column = column - inside};
}

std::string FileText::excerpt(const Place& place, int width, Rest rest) const {
  const std::string_view whole = line(place.line);
  if (whole.empty() || place.column < 1) return {};
  std::size_t begin = 0;
  for (int passed = 1; begin < whole.size(); ++begin) {
    if (!continues(whole[begin]) && passed++ == place.column) break;
  }
  const std::size_t end = width > 0 ? begin + static_cast<std::size_t>(width) : value_end(whole, begin);
  // A window of a long line, which may be one of a megabyte.
  constexpr std::size_t before = 60, after = 100;
  std::size_t from = begin > before + 20 ? begin - before : 0;
  while (from > 0 && continues(whole[from])) --from;
  std::size_t to = std::min(whole.size(), std::max(begin, from) + after);
  while (to < whole.size() && continues(whole[to])) ++to;
  // Masked as a whole: a window might cut off the key that says that its value is secret.
  constexpr std::size_t longest_masked = 64 << 10;
  if (whole.size() > longest_masked) return {};
  std::string shown = masked(whole).substr(from, to - from);
  if (rest == Rest::hidden && end < to) shown = shown.substr(0, end - from) + " ...";
  std::string line_below;
  for (std::size_t at = from; at < std::min(end, to); ++at) {
    if (at < whole.size() && continues(whole[at])) continue;
    line_below += at < begin ? (whole[at] == '\t' ? '\t' : ' ') : '^';
  }
  if (begin >= to) line_below += '^';
  return shown + "\n" + line_below;
}

std::size_t first_invalid_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    const std::size_t length = control ? 0 : character_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

}  // namespace config
