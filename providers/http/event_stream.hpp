// Reads Amazon's event streams (application/vnd.amazon.eventstream) out of bytes that arrive cut anywhere:
// frames of typed headers and a payload, each under two checksums. Belongs to one reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace providers {

// CRC-32/ISO-HDLC, as zlib's.
std::uint32_t crc32_of(std::string_view bytes);

// Views into the reader, until its next call.
struct EventFrame {
  std::string_view message_type;    // "event", "exception", "error"; empty: not said
  std::string_view event_type;      // of an event: "contentBlockDelta"
  std::string_view exception_type;  // of an exception: "throttlingException"
  std::string_view error_code;      // of an error
  std::string_view error_message;
  std::string_view payload;
};

class EventStreamReader {
 public:
  enum class State { reading, bad_checksum, bad_frame };

  // What a frame may have at most; beyond it is no frame.
  static constexpr std::size_t most_bytes = 16u << 20;
  static constexpr std::size_t most_header_bytes = 128u << 10;

  void feed(std::string_view bytes);
  // The next frame that is whole; nothing when more bytes are needed or the state is not `reading`.
  std::optional<EventFrame> next();
  State state() const { return state_; }

 private:
  bool read_headers(std::string_view headers, EventFrame& frame);

  std::string bytes_;
  std::size_t read_ = 0;
  State state_ = State::reading;
};

}  // namespace providers
