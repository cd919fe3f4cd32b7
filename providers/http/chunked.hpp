// Decodes the chunked transfer coding (RFC 9112, section 7.1) out of bytes that arrive cut anywhere. Strict:
// CRLF only, extensions and trailers by their grammar and bounded; trailers are read over and never merged
// into the fields. Copies nothing. Belongs to one message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "providers/http/chunk_extension.hpp"

namespace providers {

class ChunkedReader {
 public:
  enum class State { more, done, broken };

  struct Step {
    std::size_t consumed = 0;  // bytes of the input that are dealt with
    std::string_view piece;    // of the body, inside the input; may be empty
    State state = State::more;
  };

  // Reads at most one piece. Call again with what was not consumed until all is consumed or the state is not
  // `more`. After `done`, bytes not consumed belong to the next message.
  Step read(std::string_view bytes);
  // Why the state is `broken`; static text.
  std::string_view fault() const { return fault_; }

 private:
  enum class Expect {
    first_digit,
    digits,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer,
    trailer_lf,
    last_lf,
    nothing
  };
  void framing(char byte);
  void size_line(char byte);
  void extension(char byte);
  void trailer_line(char byte);
  void broken(std::string_view fault);

  Expect expect_ = Expect::first_digit;
  std::uint64_t left_ = 0;  // of the chunk at hand
  int digits_ = 0;
  std::size_t overhead_ = 0;  // bytes of the extension or trailers at hand
  ChunkExtension extension_;
  std::string_view fault_;
};

}  // namespace providers
