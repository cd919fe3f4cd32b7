#include "providers/http/event_stream.hpp"

#include <array>

namespace providers {
namespace {

// Lengths of the frame and of its headers, and the checksum of both.
constexpr std::size_t prelude = 12;
constexpr std::size_t checksum = 4;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xedb88320u : 0u);
    table[i] = value;
  }
  return table;
}();

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i]));
  };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

// Takes the front of `bytes`; nothing where it is not there.
std::optional<std::string_view> take(std::string_view& bytes, std::size_t size) {
  if (bytes.size() < size) return std::nullopt;
  const std::string_view front = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return front;
}

std::optional<std::size_t> take_length(std::string_view& bytes, std::size_t width) {
  const auto taken = take(bytes, width);
  if (!taken) return std::nullopt;
  std::size_t length = 0;
  for (const char c : *taken) length = length << 8 | static_cast<unsigned char>(c);
  return length;
}

// By the type of a header: the bytes of its value; nothing where no such type is known.
std::optional<std::size_t> size_of_value(unsigned char type, std::string_view& headers) {
  switch (type) {
    case 0:  // true
    case 1:  // false
      return 0;
    case 2:
      return 1;
    case 3:
      return 2;
    case 4:
      return 4;
    case 5:  // a number
    case 8:  // a time
      return 8;
    case 6:  // bytes
    case 7:  // a text
      return take_length(headers, 2);
    case 9:  // a UUID
      return 16;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

void EventStreamReader::feed(std::string_view bytes) {
  bytes_.erase(0, read_);
  read_ = 0;
  bytes_.append(bytes);
}

std::optional<EventFrame> EventStreamReader::next() {
  if (state_ != State::reading) return std::nullopt;
  const std::string_view rest = std::string_view(bytes_).substr(read_);
  if (rest.size() < prelude) return std::nullopt;
  const std::size_t size = number_at(rest, 0), headers_size = number_at(rest, 4);
  // The lengths are believed only under their checksum.
  if (crc32_of(rest.substr(0, 8)) != number_at(rest, 8)) {
    state_ = State::bad_checksum;
    return std::nullopt;
  }
  const bool fits =
      size <= most_bytes && headers_size <= most_header_bytes && size >= prelude + headers_size + checksum;
  if (!fits) {
    state_ = State::bad_frame;
    return std::nullopt;
  }
  if (rest.size() < size) return std::nullopt;
  if (crc32_of(rest.substr(0, size - checksum)) != number_at(rest, size - checksum)) {
    state_ = State::bad_checksum;
    return std::nullopt;
  }
  EventFrame frame;
  if (!read_headers(rest.substr(prelude, headers_size), frame)) {
    state_ = State::bad_frame;
    return std::nullopt;
  }
  frame.payload = rest.substr(prelude + headers_size, size - prelude - headers_size - checksum);
  read_ += size;
  return frame;
}

bool EventStreamReader::read_headers(std::string_view headers, EventFrame& frame) {
  constexpr unsigned char text_type = 7;
  while (!headers.empty()) {
    const auto name_size = take_length(headers, 1);
    const auto name = name_size ? take(headers, *name_size) : std::nullopt;
    const auto type = name ? take_length(headers, 1) : std::nullopt;
    if (!type) return false;
    const auto size = size_of_value(static_cast<unsigned char>(*type), headers);
    const auto value = size ? take(headers, *size) : std::nullopt;
    if (!value) return false;
    if (*type != text_type) continue;
    if (*name == ":message-type") frame.message_type = *value;
    if (*name == ":event-type") frame.event_type = *value;
    if (*name == ":exception-type") frame.exception_type = *value;
    if (*name == ":error-code") frame.error_code = *value;
    if (*name == ":error-message") frame.error_message = *value;
  }
  return true;
}

}  // namespace providers
