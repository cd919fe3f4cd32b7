// Numbers and texts to bytes and back, compactly: small integers take one byte. A reader never reads beyond
// its end; it remembers that it should have. Values; belong to one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace config {

class ByteWriter {
 public:
  std::string take() {
    bytes_.resize(size_);
    size_ = 0;
    return std::move(bytes_);
  }
  // What was written so far; good until more is.
  std::string_view written() const { return {bytes_.data(), size_}; }
  // Begins anew, and keeps the memory.
  void clear() { size_ = 0; }

  void word(std::uint64_t value) {
    char* at = room(8);
    for (int shift = 0; shift < 64; shift += 8) *at++ = static_cast<char>(value >> shift);
    size_ += 8;
  }
  // Seven bits a byte, the low ones first.
  void number(std::uint64_t value) {
    char* const begin = room(10);
    char* at = begin;
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
    *at++ = static_cast<char>(value);
    size_ += static_cast<std::size_t>(at - begin);
  }
  // Small ones of either sign are short.
  void integer(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void real(double value) { word(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    number(value.size());
    raw(value);
  }
  void raw(std::string_view value) {
    if (value.empty()) return;
    std::memcpy(room(value.size()), value.data(), value.size());
    size_ += value.size();
  }

 private:
  // Where the next bytes go, of which there may be so many.
  char* room(std::size_t most) {
    if (bytes_.size() - size_ < most) bytes_.resize(2 * bytes_.size() + most + 64);
    return bytes_.data() + size_;
  }

  std::string bytes_;  // the first `size_` are written
  std::size_t size_ = 0;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }
  // What was not read yet.
  std::string_view rest() const { return rest_; }

  std::uint64_t word() {
    const std::string_view part = next(8);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(part[i])) << (8 * i);
    }
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::string_view part = next(1);
      if (part.empty()) return 0;
      const auto byte = static_cast<unsigned char>(part[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  std::int64_t integer() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  double real() { return std::bit_cast<double>(word()); }
  std::string text() { return std::string(next(number())); }
  std::string_view text_view() { return next(number()); }
  std::string_view raw(std::uint64_t size) { return next(size); }
  // Of a list: never more than bytes are left, so that a damaged count cannot ask for all memory.
  std::size_t count() {
    const std::uint64_t value = number();
    if (value <= rest_.size()) return static_cast<std::size_t>(value);
    failed_ = true;
    return 0;
  }

 private:
  std::string_view next(std::uint64_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view part = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return part;
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace config
