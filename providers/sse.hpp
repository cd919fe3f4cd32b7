// Reads server-sent events (WHATWG HTML, "Server-sent events") out of bytes that arrive cut anywhere. An
// event that lies whole in the bytes of one feed is given as views into them; only one that was cut is
// copied. Belongs to one reply.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace providers {

inline constexpr std::size_t max_event = 4 * 1024 * 1024;

// Valid until the next feed().
struct SseEvent {
  // normal: `raw` is exactly "data: ...\n\n", one data line and nothing else, and may be relayed as it came.
  // Events that follow each other in one feed have adjacent `raw`s, so that a run of them is one write.
  enum class Form { normal, other };

  std::string_view data;  // several data lines are joined by LF
  std::string_view name;  // of the event field; empty: "message"
  std::string_view raw;   // of a normal one
  Form form = Form::other;
};

class SseReader {
 public:
  enum class State { reading, too_large, bad_utf8 };

  // The bytes must stay until next() has said that there is no more. Call it only then.
  void feed(std::string_view bytes);
  // The next event that has data; nothing when more bytes are needed or the state is not `reading`.
  std::optional<SseEvent> next();
  State state() const { return state_; }
  // Whether the stream could end here without losing bytes: what is unterminated is no event.
  bool between_events() const;

 private:
  std::string_view input_;  // not yet read
  std::string carry_;       // the beginning of an event that was cut
  std::string joined_;      // data of an event with several data lines
  State state_ = State::reading;
};

}  // namespace providers
