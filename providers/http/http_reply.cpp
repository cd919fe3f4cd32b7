#include "providers/http/http_reply.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace providers {
namespace {

constexpr int most_interim = 3;  // 1xx before the reply

struct Line {
  std::string_view text;
  std::size_t next = 0;
};

std::string_view reason_of(FieldFault fault) {
  switch (fault) {
    case FieldFault::folded:
      return "a folded header line";
    case FieldFault::no_colon:
      return "a header line without a colon";
    case FieldFault::bad_name:
      return "a header name that is not a token";
    case FieldFault::space_before_colon:
      return "white space before the colon of a header";
    case FieldFault::bad_value:
      return "a control character in a header value";
  }
  return "a bad header line";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads one head. A new one for each 1xx too, since their fields are not the reply's.
class HeadReader {
 public:
  explicit HeadReader(ReplyHead& head) : head_(head) {}

  // "HTTP/1.1 200 OK"; the reason and the space before it may be missing.
  std::optional<BadReply> status_line(std::string_view line) {
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || !is_digit(line[7]) || line[8] != ' ') {
      return BadReply{"a status line that is not HTTP/1"};
    }
    // A later one of HTTP/1 is to be read as 1.1 (RFC 9110, section 2.5).
    minor_version_ = line[7] == '0' ? 0 : 1;
    const std::string_view digits = line.substr(9, 3);
    if (!std::all_of(digits.begin(), digits.end(), is_digit) || (line.size() > 12 && line[12] != ' ')) {
      return BadReply{"a status that is not three digits"};
    }
    head_.status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    if (head_.status < 100 || head_.status > 599) return BadReply{"a status outside 100 to 599"};
    if (head_.status == 101) return BadReply{"101 without having been asked"};
    for (const char c : line) {
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) {
        return BadReply{"a control character in the status line"};
      }
    }
    return std::nullopt;
  }

  std::optional<BadReply> field(std::string_view line) {
    const auto read = read_field(line);
    if (const auto* fault = std::get_if<FieldFault>(&read)) return BadReply{reason_of(*fault)};
    const Field& field = std::get<Field>(read);
    if (!head_.fields.add(field)) return BadReply{"over 100 header fields"};
    // By length first: most names are settled by it.
    switch (field.name.size()) {
      case 10:
        if (same_name(field.name, "connection")) {
          says_close_ = says_close_ || lists(field.value, "close");
          says_keep_alive_ = says_keep_alive_ || lists(field.value, "keep-alive");
        } else if (same_name(field.name, "keep-alive")) {
          head_.keep_alive_terms = field.value;
        }
        break;
      case 12:
        if (same_name(field.name, "content-type")) head_.content_type = field.value;
        break;
      case 14:
        if (same_name(field.name, "content-length")) return content_length(field.value);
        break;
      case 16:
        if (same_name(field.name, "content-encoding")) head_.content_encoding = field.value;
        break;
      case 17:
        if (same_name(field.name, "transfer-encoding")) return transfer_encoding(field.value);
        break;
      default:
        break;
    }
    return std::nullopt;
  }

  std::optional<BadReply> finish() {
    if (is_chunked_ && length_) return BadReply{"both Transfer-Encoding and Content-Length"};
    const bool interim = head_.status < 200;
    const bool bodiless = interim || head_.status == 204 || head_.status == 304;
    if (interim && (is_chunked_ || length_.value_or(0) > 0)) return BadReply{"a 1xx with a body"};
    head_.framing = bodiless        ? Framing(NoBody{})
                    : is_chunked_   ? Framing(Chunked{})
                    : !length_      ? Framing(UntilClose{})
                    : *length_ == 0 ? Framing(NoBody{})
                                    : Framing(Length{*length_});
    const bool can_persist = !std::holds_alternative<UntilClose>(head_.framing);
    head_.keep_alive = can_persist && !says_close_ && (minor_version_ == 1 || says_keep_alive_);
    return std::nullopt;
  }

 private:
  std::optional<BadReply> content_length(std::string_view value) {
    if (length_) return BadReply{"two Content-Length fields"};
    length_ = decimal(value);
    if (!length_) return BadReply{"a Content-Length that is not 1 to 19 digits"};
    return std::nullopt;
  }

  std::optional<BadReply> transfer_encoding(std::string_view value) {
    if (is_chunked_) return BadReply{"two Transfer-Encoding fields"};
    if (!same_name(value, "chunked")) return BadReply{"a Transfer-Encoding other than chunked"};
    if (minor_version_ == 0) return BadReply{"a Transfer-Encoding in HTTP/1.0"};
    is_chunked_ = true;
    return std::nullopt;
  }

  ReplyHead& head_;
  int minor_version_ = 1;
  bool is_chunked_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  std::optional<std::uint64_t> length_;
};

using LineResult = std::variant<Incomplete, Line, BadReply>;

LineResult next_line(std::string_view bytes, std::size_t at) {
  const std::size_t end = bytes.find('\n', at);
  if ((end == std::string_view::npos ? bytes.size() : end + 1) > max_header_block) {
    return BadReply{"a header block over 32 KiB"};
  }
  if (end == std::string_view::npos) return Incomplete{};
  if (end == at || bytes[end - 1] != '\r') return BadReply{"a header line that ends in LF alone"};
  return Line{bytes.substr(at, end - at - 1), end + 1};
}

// One head that begins at `at`; its size is where it ends.
std::variant<std::monostate, Incomplete, BadReply> read_one(std::string_view bytes, std::size_t at,
                                                            ReplyHead& head) {
  HeadReader reader(head);
  for (bool first = true;; first = false) {
    const auto found = next_line(bytes, at);
    if (std::holds_alternative<Incomplete>(found)) return Incomplete{};
    if (const auto* bad = std::get_if<BadReply>(&found)) return *bad;
    const Line& line = std::get<Line>(found);
    at = line.next;
    if (!first && line.text.empty()) {
      head.size = at;
      if (const auto bad = reader.finish()) return *bad;
      return std::monostate{};
    }
    if (const auto bad = first ? reader.status_line(line.text) : reader.field(line.text)) return *bad;
  }
}

// Whether what has come of the first line can still become one of HTTP's.
bool begins_like_http(std::string_view bytes) {
  constexpr std::string_view start = "HTTP/1.";
  return start.starts_with(bytes.substr(0, start.size()));
}

}  // namespace

bool ReplyHead::is_event_stream() const {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return same_name(type, "text/event-stream");
}

ReplyHeadResult read_reply_head(std::string_view bytes, std::size_t seen) {
  if (!begins_like_http(bytes)) return BadReply{"bytes that are not HTTP/1"};
  const bool no_new_line = bytes.substr(std::min(seen, bytes.size())).find('\n') == std::string_view::npos;
  if (no_new_line && bytes.size() <= max_header_block) return Incomplete{};

  ReplyHeadResult result(std::in_place_type<ReplyHead>);
  for (int interim = 0; interim <= most_interim; ++interim) {
    ReplyHead& head = *std::get_if<ReplyHead>(&result);
    const auto read = read_one(bytes, head.size, head);
    if (std::holds_alternative<Incomplete>(read)) return Incomplete{};
    if (const auto* bad = std::get_if<BadReply>(&read)) return *bad;
    if (head.status >= 200) return result;
    const std::size_t size = head.size;
    result.emplace<ReplyHead>().size = size;
  }
  return BadReply{"over 3 replies of 1xx"};
}

BodyReader::BodyReader(const Framing& framing) : framing_(framing) {
  if (const auto* length = std::get_if<Length>(&framing)) left_ = length->bytes;
  done_ = std::holds_alternative<NoBody>(framing);
}

BodyReader::Step BodyReader::read(std::string_view bytes) {
  if (done_) return {0, {}, State::done};
  if (!fault_.empty()) return {0, {}, State::broken};
  if (std::holds_alternative<UntilClose>(framing_)) return {bytes.size(), bytes, State::more};
  if (std::holds_alternative<Length>(framing_)) {
    const std::string_view piece =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
    left_ -= piece.size();
    done_ = left_ == 0;
    return {piece.size(), piece, done_ ? State::done : State::more};
  }
  const auto step = chunks_.read(bytes);
  done_ = step.state == ChunkedReader::State::done;
  fault_ = chunks_.fault();
  const State state = done_ ? State::done : fault_.empty() ? State::more : State::broken;
  return {step.consumed, step.piece, state};
}

BodyReader::State BodyReader::at_end() const {
  return done_ || (fault_.empty() && std::holds_alternative<UntilClose>(framing_)) ? State::done
                                                                                   : State::broken;
}

}  // namespace providers
