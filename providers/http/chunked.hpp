// Decodes the chunked transfer coding (RFC 9112, section 7.1) out of bytes that arrive cut anywhere. Strict:
// CRLF only, extensions and trailers bounded. Copies nothing. Belongs to one message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace providers {

class ChunkedReader {
 public:
  // Trailers of a request are refused; those of a reply are read over and never merged into its fields.
  enum class Trailers { refused, dropped };
  enum class State { more, done, broken };

  struct Step {
    std::size_t consumed = 0;  // bytes of the input that are dealt with
    std::string_view piece;    // of the body, inside the input; may be empty
    State state = State::more;
  };

  explicit ChunkedReader(Trailers trailers) : trailers_(trailers) {}

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
    trailer,
    trailer_lf,
    last_lf,
    nothing
  };
  void framing(char byte);
  void size_line(char byte);
  void trailer_line(char byte);
  void broken(std::string_view fault);

  Trailers trailers_;
  Expect expect_ = Expect::first_digit;
  std::uint64_t left_ = 0;  // of the chunk at hand
  int digits_ = 0;
  std::size_t overhead_ = 0;  // bytes of the extension or trailers at hand
  std::string_view fault_;
};

}  // namespace providers
