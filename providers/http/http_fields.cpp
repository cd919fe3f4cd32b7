#include "providers/http/http_fields.hpp"

#include <cstring>

#include "providers/http/blanks.hpp"

namespace providers {
namespace {

// RFC 9110, section 5.6.2.
constexpr std::array<bool, 256> token_characters() {
  std::array<bool, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto is_token = token_characters();

// Whether one of eight bytes is below 0x20 or is 0x7f. Exact as a yes or no for the word.
bool has_control(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  const std::uint64_t no_delete = word ^ (ones * 0x7f);
  return (((word - ones * 0x20) & ~word) | ((no_delete - ones) & ~no_delete)) & highs;
}

bool is_value_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

template <class Word>
bool same_word(const char* text, const char* lower_case) {
  Word a, b;
  std::memcpy(&a, text, sizeof a);
  std::memcpy(&b, lower_case, sizeof b);
  // They may differ in the bit that makes a letter of the other case, and only where a letter is: of the
  // bytes that header names have, those with the bit 0x40.
  constexpr Word letters = static_cast<Word>(0x4040404040404040);
  return ((a ^ b) & ~((b & letters) >> 1)) == 0;
}

}  // namespace

bool same_letters(const char* text, const char* lower_case, std::size_t size) {
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (!same_word<std::uint64_t>(text + at, lower_case + at)) return false;
    }
    return same_word<std::uint64_t>(text + size - 8, lower_case + size - 8);
  }
  for (std::size_t at = 0; at < size; ++at) {
    if (!same_word<std::uint8_t>(text + at, lower_case + at)) return false;
  }
  return true;
}

bool is_field_value(std::string_view text) {
  if (text.size() >= 8) {
    // Eight at a time, the last ones together with some of those before.
    std::uint64_t word = 0;
    std::size_t at = 0;
    for (; at + 8 < text.size(); at += 8) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if (has_control(word)) break;  // perhaps a tab, which is allowed
    }
    if (at + 8 >= text.size()) {
      std::memcpy(&word, text.data() + text.size() - 8, sizeof word);
      if (!has_control(word)) return true;
    }
  }
  for (const char c : text) {
    if (!is_value_byte(c)) return false;
  }
  return true;
}

std::optional<std::string_view> Fields::find(std::string_view lower_case_name) const {
  for (const Field& field : all()) {
    if (same_name(field.name, lower_case_name)) return field.value;
  }
  return std::nullopt;
}

bool Fields::add(Field field) {
  if (count_ == max_fields) return false;
  fields_[count_++] = field;
  return true;
}

bool is_token_text(std::string_view text) {
  for (const char c : text) {
    if (!is_token[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

std::variant<Field, FieldFault> read_field(std::string_view line) {
  if (line.empty()) return FieldFault::no_colon;
  if (is_blank(line.front())) return FieldFault::folded;
  std::size_t name = 0;
  while (name < line.size() && is_token[static_cast<unsigned char>(line[name])]) ++name;
  if (name == line.size()) return FieldFault::no_colon;
  if (is_blank(line[name])) return FieldFault::space_before_colon;
  if (line[name] != ':' || name == 0) return FieldFault::bad_name;

  const std::string_view value = line.substr(name + 1);
  if (!is_field_value(value)) return FieldFault::bad_value;
  return Field{line.substr(0, name), trimmed(value)};
}

bool lists(std::string_view list, std::string_view lower_case_token) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (same_name(trimmed(list.substr(0, comma)), lower_case_token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

}  // namespace providers
