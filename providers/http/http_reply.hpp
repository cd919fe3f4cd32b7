// The strict reading of an HTTP/1.1 reply: its head, and its body piece by piece without copying. Whatever is
// against the framing rules makes the reply bad and its connection unusable. Pure: bytes in, views out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "providers/http/chunked.hpp"
#include "providers/http/http_fields.hpp"

namespace providers {

struct Incomplete {};  // more bytes are needed

// Why a reply cannot be used; static text for the log: "two Content-Length fields".
struct BadReply {
  std::string_view reason;
};

struct ReplyHead {
  // Not the compiler's own, which would fill the room for a hundred fields with zeros first.
  ReplyHead() {}

  int status = 0;           // 200..599; 1xx were read over
  std::size_t size = 0;     // bytes of the heads, those of 1xx included; the body begins here
  bool keep_alive = false;  // whether the connection may be used again once the body was read to its end
  Framing framing = NoBody{};
  Fields fields;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view keep_alive_terms;  // the Keep-Alive field; see read_keep_alive()

  bool is_event_stream() const;  // text/event-stream, with any parameters
};

using ReplyHeadResult = std::variant<Incomplete, ReplyHead, BadReply>;

// `bytes` begins at the status line. `seen` bytes of it were there at the last call, which said Incomplete:
// it keeps a dripping sender from costing quadratic time.
ReplyHeadResult read_reply_head(std::string_view bytes, std::size_t seen = 0);

// Belongs to one reply.
class BodyReader {
 public:
  enum class State { more, done, broken };
  struct Step {
    std::size_t consumed = 0;
    std::string_view piece;  // inside the input
    State state = State::more;
  };

  explicit BodyReader(const Framing& framing);

  // At most one piece a call; see ChunkedReader. Once `done`, bytes left over mean that the connection must
  // not be used again.
  Step read(std::string_view bytes);
  // What the end of the connection means here: done for a body that ends with it, else broken.
  State at_end() const;
  bool done() const { return done_; }
  std::string_view fault() const { return fault_; }

 private:
  Framing framing_;
  std::uint64_t left_ = 0;  // of Length
  ChunkedReader chunks_;
  bool done_ = false;
  std::string_view fault_;
};

}  // namespace providers
