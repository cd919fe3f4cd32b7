#include "providers/http/chunked.hpp"

#include <algorithm>

#include "providers/http/http_fields.hpp"

namespace providers {
namespace {

constexpr int most_digits = 16;
constexpr std::size_t most_extension = 256;      // of one chunk
constexpr std::size_t most_trailers = 8 * 1024;  // all together

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

}  // namespace

void ChunkedReader::broken(std::string_view fault) {
  fault_ = fault;
  expect_ = Expect::nothing;
}

ChunkedReader::Step ChunkedReader::read(std::string_view bytes) {
  Step step;
  while (step.consumed < bytes.size() && expect_ != Expect::nothing) {
    if (expect_ == Expect::data) {
      const auto size =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - step.consumed));
      step.piece = bytes.substr(step.consumed, size);
      step.consumed += size;
      left_ -= size;
      if (left_ == 0) expect_ = Expect::data_cr;
      return step;
    }
    framing(bytes[step.consumed++]);
  }
  if (expect_ == Expect::nothing) step.state = fault_.empty() ? State::done : State::broken;
  return step;
}

void ChunkedReader::framing(char byte) {
  switch (expect_) {
    case Expect::first_digit:
    case Expect::digits:
      return size_line(byte);
    case Expect::extension:
      return extension(byte);
    case Expect::size_lf:
      if (byte != '\n') return broken("a chunk size line that does not end in CRLF");
      overhead_ = 0;
      expect_ = left_ > 0 ? Expect::data : Expect::trailer_start;
      return;
    case Expect::data_cr:
      if (byte != '\r') return broken("a chunk longer than its size");
      expect_ = Expect::data_lf;
      return;
    case Expect::data_lf:
      if (byte != '\n') return broken("a chunk that does not end in CRLF");
      expect_ = Expect::first_digit;
      return;
    case Expect::trailer_start:
    case Expect::trailer_name:
    case Expect::trailer:
    case Expect::trailer_lf:
    case Expect::last_lf:
      return trailer_line(byte);
    case Expect::data:
    case Expect::nothing:
      return;
  }
}

void ChunkedReader::size_line(char byte) {
  if (const int digit = hex_digit(byte); digit >= 0) {
    if (expect_ == Expect::first_digit) digits_ = 0;
    if (++digits_ > most_digits) return broken("a chunk size over 16 digits");
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    expect_ = Expect::digits;
  } else if (expect_ == Expect::first_digit) {
    broken("a chunk size that is not hexadecimal");
  } else if (byte == '\r') {
    expect_ = Expect::size_lf;
  } else if (byte == ';' || byte == ' ' || byte == '\t') {
    extension_.begin_again();
    expect_ = Expect::extension;
    extension(byte);
  } else {
    broken("a chunk size that is not hexadecimal");
  }
}

void ChunkedReader::extension(char byte) {
  if (byte == '\r' && extension_.is_whole()) {
    expect_ = Expect::size_lf;
  } else if (!extension_.take(byte)) {
    broken("a chunk extension that is none");
  } else if (++overhead_ > most_extension) {
    broken("a chunk extension over 256 bytes");
  }
}

void ChunkedReader::trailer_line(char byte) {
  if (expect_ == Expect::last_lf || expect_ == Expect::trailer_lf) {
    if (byte != '\n') return broken("a trailer line that does not end in CRLF");
    expect_ = expect_ == Expect::last_lf ? Expect::nothing : Expect::trailer_start;
    return;
  }
  if (++overhead_ > most_trailers) return broken("trailers over 8 KiB");
  if (expect_ == Expect::trailer) {
    if (byte == '\r') {
      expect_ = Expect::trailer_lf;
    } else if (!is_text(byte)) {
      broken("a control character in a trailer");
    }
    return;
  }
  const bool is_first = expect_ == Expect::trailer_start;
  if (is_first && byte == '\r') {
    expect_ = Expect::last_lf;
  } else if (is_token_text({&byte, 1})) {
    expect_ = Expect::trailer_name;
  } else if (!is_first && byte == ':') {
    expect_ = Expect::trailer;
  } else {
    broken("a trailer that is no field");
  }
}

}  // namespace providers
