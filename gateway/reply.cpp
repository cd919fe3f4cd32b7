#include "gateway/reply.hpp"

#include <cmath>

#include "providers/http_fields.hpp"

namespace gateway {
namespace {

using providers::Task;

// A value of our own making.
void add_own(std::string& fields, std::string_view name, std::string_view value) {
  using namespace std::string_view_literals;
  fields.append(name).append(": "sv).append(value).append("\r\n"sv);
}

// Names come from the configuration and may have any character: what no header may carry is left out.
void add(std::string& fields, std::string_view name, std::string_view value) {
  if (!value.empty() && providers::is_field_value(value)) add_own(fields, name, value);
}

// "0.000012000": exact, and without a detour over floating point.
std::string dollars(config::Money money) {
  constexpr std::int64_t one = 1'000'000'000;
  std::string text = std::to_string(money.nanos / one);
  const std::string billionths = std::to_string(one + money.nanos % one);
  text += '.';
  return text.append(billionths, 1);  // past the one that keeps the leading zeros
}

}  // namespace

std::string Reply::reply_fields(const Served& served) const {
  std::string text;
  text.reserve(384);
  add_own(text, "x-request-id", id_);
  add_fields(text, served);
  return text;
}

void Reply::add_fields(std::string& text, const Served& served) const {
  add(text, "x-isocost-endpoint", served.endpoint);
  add(text, "x-isocost-policy", served.policy);
  if (served.attempts > 0) add_own(text, "x-isocost-attempts", std::to_string(served.attempts));
  if (served.cost) add_own(text, "x-isocost-cost", dollars(*served.cost));
  if (!served.decision.empty()) add_own(text, "x-isocost-decision", served.decision);
}

Task<void> Reply::whole(const Served& served, std::string_view body) {
  note_first_byte(200);
  const std::string text = reply_fields(served);
  const ReplyStart start{.status = 200, .content_type = "application/json", .fields = text};
  if (echo_.members.empty()) {
    delivered_ = co_await client_.answer(start, body);
    co_return;
  }
  const std::string told = spliced(body, echo_.members);
  delivered_ = co_await client_.answer(start, told);
}

Task<bool> Reply::stream(const Served& served, providers::Pieces& pieces) {
  if (begun()) co_return co_await client_.write(pieces);
  note_first_byte(200);
  const std::string text = reply_fields(served) + "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n";
  const ReplyStart start{.status = 200, .content_type = "text/event-stream; charset=utf-8", .fields = text};
  if (echo_.event.empty()) co_return co_await client_.begin(start, pieces);
  providers::Pieces told{echo_.event};
  for (const std::string_view piece : pieces.texts()) told.add(piece);
  co_return co_await client_.begin(start, told);
}

Task<void> Reply::end_stream(const Served& served, providers::Pieces& pieces) {
  if (!begun()) {
    const bool taken = co_await stream(served, pieces);
    if (!taken) co_return;
    pieces = providers::Pieces();
  }
  pieces.add("data: [DONE]\n\n");
  delivered_ = co_await client_.end(pieces);
}

Task<void> Reply::fail(const ErrorReply& error, const Served& served, const StreamIdentity& stream) {
  if (begun()) {
    const std::string event = error_event(error, stream);
    providers::Pieces pieces{event};
    delivered_ = co_await client_.end(pieces);
    co_return;
  }
  note_first_byte(error.status);
  std::string text = error_fields(id_, error);
  add_fields(text, served);
  std::string body = envelope(error);
  if (!echo_.members.empty()) body = spliced(body, echo_.members);
  delivered_ = co_await client_.answer(
      {.status = error.status, .content_type = "application/json", .fields = text}, body);
}

std::string error_fields(std::string_view id, const ErrorReply& error) {
  std::string text;
  add_own(text, "x-request-id", id);
  if (error.retry_after) {
    const double seconds = config::Seconds(*error.retry_after).count();
    add(text, "Retry-After", std::to_string(static_cast<int>(std::ceil(seconds))));
  }
  if (error.should_retry == ShouldRetry::no) add(text, "x-should-retry", "false");
  if (error.should_retry == ShouldRetry::yes) add(text, "x-should-retry", "true");
  return text;
}

}  // namespace gateway
