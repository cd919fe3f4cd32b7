#include "providers/simulated/simulated_frame.hpp"

#include <array>

#include "providers/simulated/simulated_words.hpp"

namespace providers {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}();

// CRC-32/ISO-HDLC.
std::uint32_t crc(std::string_view bytes) {
  std::uint32_t value = 0xFFFFFFFFu;
  for (const char c : bytes) value = crc_table[(value ^ static_cast<unsigned char>(c)) & 0xFF] ^ (value >> 8);
  return value ^ 0xFFFFFFFFu;
}

void append_number(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xFF);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  constexpr char text_type = 7;
  out += static_cast<char>(name.size());
  out.append(name);
  out += text_type;
  out += static_cast<char>(value.size() >> 8);
  out += static_cast<char>(value.size() & 0xFF);
  out.append(value);
}

}  // namespace

std::string simulated_base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() || k < 2 ? digits[(group >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return text;
}

std::string simulated_frame(std::string_view type, std::string_view payload) {
  constexpr std::size_t around = 16;  // two lengths and two checksums
  std::string headers;
  append_header(headers, ":event-type", type);
  append_header(headers, ":content-type", "application/json");
  append_header(headers, ":message-type", "event");
  std::string frame;
  append_number(frame, static_cast<std::uint32_t>(around + headers.size() + payload.size()));
  append_number(frame, static_cast<std::uint32_t>(headers.size()));
  append_number(frame, crc(frame));
  frame.append(headers).append(payload);
  append_number(frame, crc(frame));
  return frame;
}

std::string wrapped_in_frames(std::string_view events) {
  constexpr std::string_view data = "data: ";
  std::string frames;
  while (!events.empty()) {
    const std::size_t end = events.find("\n\n");
    const std::string_view event = events.substr(0, end);
    events.remove_prefix(end == std::string_view::npos ? events.size() : end + 2);
    const std::size_t at = event.find(data);
    if (at == std::string_view::npos) continue;
    frames +=
        simulated_frame("chunk", "{\"bytes\":\"" + simulated_base64(event.substr(at + data.size())) + "\"}");
  }
  return frames;
}

}  // namespace providers
