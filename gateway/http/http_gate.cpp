#include "gateway/http/http_gate.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "gateway/http/head_reader.hpp"
#include "gateway/http/request_line.hpp"
#include "gateway/text/in_quotes.hpp"

namespace gateway {
namespace {

using providers::same_name;

struct Line {
  std::string_view text;  // without its end
  std::size_t next = 0;   // where the next one begins
  bool ends_in_crlf = false;
};

std::optional<Line> next_line(std::string_view bytes, std::size_t at) {
  const void* found = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
  if (found == nullptr) return std::nullopt;
  const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  const bool crlf = end > at && bytes[end - 1] == '\r';
  return Line{bytes.substr(at, end - at - (crlf ? 1 : 0)), end + 1, crlf};
}

Refusal bare_line_feed(std::string_view line) {
  return {400, "bad_request", "line " + in_quotes(line) + ": it ends in LF; allowed is CRLF"};
}

// `found`: how many there were when it was too many; more may come.
Refusal too_large(const GateLimits& limits, std::size_t found) {
  return {431, "head_too_large",
          "header: found " + std::to_string(found) + " bytes or more; allowed are " +
              std::to_string(limits.header_block) + " (limits.max_head_bytes)"};
}

}  // namespace

std::string_view RequestHead::credential() const {
  constexpr std::string_view scheme = "bearer ";
  if (same_name(authorization.substr(0, scheme.size()), scheme)) {
    std::string_view token = authorization.substr(scheme.size());
    while (token.starts_with(' ')) token.remove_prefix(1);
    return token;
  }
  return x_api_key;
}

namespace {

Refusal refused_there(Refusal refusal, const RequestHead& head) {
  refusal.method = head.method;
  refusal.path = head.path;
  refusal.origin = head.origin;
  return refusal;
}

}  // namespace

GateResult check_head(std::string_view bytes, const GateLimits& limits, std::size_t seen) {
  if (bytes.empty()) return HeadIncomplete{};
  const bool no_new_line = bytes.substr(std::min(seen, bytes.size())).find('\n') == std::string_view::npos;
  if (no_new_line && seen > 0 && bytes.size() <= limits.target) return HeadIncomplete{};

  const auto first = next_line(bytes, 0);
  if (!first) {
    if (auto refusal = check_line_start(bytes, limits.target)) return *std::move(refusal);
    return HeadIncomplete{};
  }
  // Built in place: the head is large, and moved it would be copied.
  GateResult result(std::in_place_type<RequestHead>);
  RequestHead& head = *std::get_if<RequestHead>(&result);
  if (!first->ends_in_crlf) return bare_line_feed(first->text);
  if (auto refusal = read_request_line(first->text, limits.target, head)) return *std::move(refusal);

  HeadReader reader(head, limits);
  for (std::size_t at = first->next;;) {
    const auto line = next_line(bytes, at);
    const std::size_t found = line ? line->next : bytes.size();
    if (found > limits.header_block) return refused_there(too_large(limits, found), head);
    if (!line) return HeadIncomplete{};
    if (!line->ends_in_crlf) return refused_there(bare_line_feed(line->text), head);
    at = line->next;
    if (line->text.empty()) {
      if (auto refusal = reader.finish()) return refused_there(*std::move(refusal), head);
      head.size = at;
      return result;
    }
    if (auto refusal = reader.field(line->text)) return refused_there(*std::move(refusal), head);
  }
}

}  // namespace gateway
