// Reads server-sent events (WHATWG HTML, "Server-sent events") out of bytes that arrive cut anywhere. An
// event that lies whole in the bytes of one feed is given as views into them; only one that was cut is
// copied. Bytes that are not UTF-8 are passed on: whoever understands the data finds them. Belongs to one
// reply.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace providers {

// A picture as large as a host makes one, in base64.
inline constexpr std::size_t max_event = 32 * 1024 * 1024;

// The views of a normal event live until the next feed(), those of another until the next call of next().
struct SseEvent {
  // normal: `raw` is exactly "data: ...\n\n", one data line and nothing else, and may be relayed as it came.
  // Events that follow each other in one feed have adjacent `raw`s, so that a run of them is one write.
  // named: the same behind one line that names it, "event: ...\n".
  // comment: no event, but comments where one might have been; `raw` is the last of them, without its line's
  // end.
  enum class Form { normal, named, other, comment };

  std::string_view data;  // several data lines are joined by LF
  std::string_view name;  // of the event field; empty: "message"
  std::string_view raw;   // of a normal or a named one, or a comment
  Form form = Form::other;
};

// Two searches for one byte each: the library's search for either of them calls memchr for every byte of the
// text.
inline bool breaks_lines(std::string_view text) {
  return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

class SseReader {
 public:
  enum class State { reading, too_large };
  enum class Comments { dropped, given };

  explicit SseReader(Comments comments = Comments::dropped) : comments_(comments) {}

  // The bytes must stay until next() has said that there is no more. Call it only then.
  void feed(std::string_view bytes) { input_ = bytes; }
  // The next event that has a data line, or comment where these are given; nothing when more bytes are needed
  // or the state is not `reading`.
  std::optional<SseEvent> next();
  State state() const { return state_; }
  // Whether no event has begun: what is unterminated at the end of a stream is lost.
  bool between_events() const { return carry_.empty() && input_.empty(); }

 private:
  std::optional<SseEvent> whole_plain();
  std::optional<std::size_t> event_end();
  std::optional<SseEvent> event_in(std::string_view block);
  void add_data(std::string_view value, SseEvent& event);

  const Comments comments_;
  std::string_view input_;  // not yet read
  std::string carry_;       // the beginning of an event that was cut
  std::string completed_;   // the last event that had been cut
  std::string joined_;      // data of an event with several data lines
  // The line that was being scanned when the input ended.
  bool line_is_empty_ = true;
  bool after_cr_ = false;
  bool skip_lf_ = false;  // an event ended in CR, whose LF may still come
  bool at_start_ = true;  // of the stream, where a byte order mark may be
  bool has_data_ = false;
  State state_ = State::reading;
};

}  // namespace providers
