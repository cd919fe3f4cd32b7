// RFC 8259 read as plainly as it can be, to hold our own reading against.
#pragma once

#include <cstddef>
#include <string_view>

namespace support {

class PlainJson {
 public:
  explicit PlainJson(std::string_view text) : text_(text) {}

  bool read() {
    return is_utf8() && !text_.starts_with("\xef\xbb\xbf") && value(0) && (space(), at_ == text_.size());
  }

 private:
  static constexpr int deepest = 100'000;

  char look() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view w) {
    if (!text_.substr(at_).starts_with(w)) return false;
    at_ += w.size();
    return true;
  }
  void space() {
    while (look() == ' ' || look() == '\t' || look() == '\n' || look() == '\r') ++at_;
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
  bool digits() {
    if (!is_digit(look())) return false;
    while (is_digit(look())) ++at_;
    return true;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }
  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') continue;
      const char escape = look();
      ++at_;
      if (escape == 'u') {
        for (int i = 0; i < 4; ++i, ++at_) {
          if (!is_hex(look())) return false;
        }
      } else if (escape == '\0' || std::string_view("\"\\/bfnrt").find(escape) == std::string_view::npos) {
        return false;
      }
    }
    return false;
  }
  bool items(char end, int depth, bool keys) {
    ++at_;
    space();
    if (take(end)) return true;
    for (;;) {
      space();
      if (keys && !(string() && (space(), take(':')))) return false;
      if (!value(depth + 1)) return false;
      space();
      if (take(end)) return true;
      if (!take(',')) return false;
    }
  }
  bool value(int depth) {
    if (depth > deepest) return false;
    space();
    switch (look()) {
      case '{':
        return items('}', depth, true);
      case '[':
        return items(']', depth, false);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool is_utf8() const {
    for (std::size_t i = 0; i < text_.size();) {
      const auto byte = [&](std::size_t k) {
        return i + k < text_.size() ? static_cast<unsigned char>(text_[i + k]) : 0u;
      };
      const unsigned first = byte(0);
      const std::size_t more = first < 0x80   ? 0
                               : first < 0xc2 ? 9
                               : first < 0xe0 ? 1
                               : first < 0xf0 ? 2
                               : first < 0xf5 ? 3
                                              : 9;
      if (more == 9) return false;
      for (std::size_t k = 1; k <= more; ++k) {
        if ((byte(k) & 0xc0) != 0x80) return false;
      }
      if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
          (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) {
        return false;
      }
      i += more + 1;
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline bool is_json(std::string_view text) {
  return PlainJson(text).read();
}

}  // namespace support
