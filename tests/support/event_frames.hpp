// Frames of Amazon's event streams, for tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/http/event_stream.hpp"

namespace support {

inline std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

inline std::string text_header(std::string_view name, std::string_view value) {
  std::string bytes(1, static_cast<char>(name.size()));
  bytes.append(name).append("\x07").append(1, '\0').append(1, static_cast<char>(value.size()));
  return bytes.append(value);
}

inline std::string frame_of(const std::string& headers, const std::string& payload) {
  const auto size = static_cast<std::uint32_t>(16 + headers.size() + payload.size());
  std::string bytes = big_endian(size) + big_endian(static_cast<std::uint32_t>(headers.size()));
  bytes += big_endian(providers::crc32_of(bytes));
  bytes += headers + payload;
  return bytes + big_endian(providers::crc32_of(bytes));
}

inline std::string event_frame(std::string_view type, const std::string& payload) {
  return frame_of(text_header(":event-type", type) + text_header(":content-type", "application/json") +
                      text_header(":message-type", "event"),
                  payload);
}

inline std::string exception_frame(std::string_view type, const std::string& payload) {
  return frame_of(text_header(":exception-type", type) + text_header(":message-type", "exception"), payload);
}

// As Smithy's codec writes it: a delta of the text "Hi".
inline std::string golden_frame() {
  constexpr std::string_view hex =
      "0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e7465"
      "6e"
      "742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f"
      "6e"
      "74656e74426c6f636b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657";
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

}  // namespace support
