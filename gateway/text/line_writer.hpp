// Puts a text together from many short parts, for what is written once per request or more: a part costs a
// copy and mostly no call. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway {

// What was written is in `out`, behind what was there, after hand_over() or once the writer has gone.
class LineWriter {
 public:
  explicit LineWriter(std::string& out) : out_(out) {}
  ~LineWriter() { hand_over(); }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Inlined always, as the size of most parts is known where they are written.
  [[gnu::always_inline]] void text(std::string_view part) {
    if (part.size() > room()) return long_text(part);
    std::char_traits<char>::copy(at_, part.data(), part.size());
    at_ += part.size();
  }
  void integer(std::int64_t value);
  // `value` divided by ten to the power of `decimals` (0 to 18), exactly: (1234500, 6) gives 1.234500.
  void fixed(std::int64_t value, int decimals);
  // As append_json_string.
  void json_string(std::string_view text);
  void hand_over();

 private:
  std::size_t room() const { return static_cast<std::size_t>(buffer_.data() + buffer_.size() - at_); }
  void long_text(std::string_view part);

  std::string& out_;
  std::array<char, 1024> buffer_;
  char* at_ = buffer_.data();
};

}  // namespace gateway
