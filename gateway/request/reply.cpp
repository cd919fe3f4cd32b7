#include "gateway/request/reply.hpp"

#include <cmath>

#include "gateway/text/line_writer.hpp"
#include "providers/http/http_fields.hpp"

namespace gateway {
namespace {

using providers::Task;

// A value of our own making.
void add_own(LineWriter& fields, std::string_view name_and_colon, std::string_view value) {
  fields.text(name_and_colon);
  fields.text(value);
  fields.text("\r\n");
}

// Names come from the configuration and may have any character: what no header may carry is left out.
void add(LineWriter& fields, std::string_view name_and_colon, std::string_view value) {
  if (!value.empty() && providers::is_field_value(value)) add_own(fields, name_and_colon, value);
}

void add_served(LineWriter& fields, const Served& served) {
  add(fields, "x-isocost-endpoint: ", served.endpoint);
  add(fields, "x-isocost-model: ", served.model);
  add(fields, "x-isocost-host-model: ", served.host_model);
  add(fields, "x-isocost-policy: ", served.policy);
  if (served.attempts > 0) {
    fields.text("x-isocost-attempts: ");
    fields.integer(static_cast<std::int64_t>(served.attempts));
    fields.text("\r\n");
  }
  if (served.cost) {
    fields.text("x-isocost-cost: ");
    fields.fixed(served.cost->nanos, 9);
    fields.text("\r\n");
  }
  add(fields, "x-isocost-hedge: ", served.hedge);
  add(fields, "x-isocost-dropped: ", served.dropped);
  if (!served.decision.empty()) add_own(fields, "x-isocost-decision: ", served.decision);
}

}  // namespace

std::string_view shown_provider(const routing::Endpoint& endpoint) {
  const config::ProviderSettings& provider = *endpoint.provider;
  return provider.display_name.empty() ? provider.name.text : provider.display_name;
}

std::string Reply::reply_fields(const Served& served) const {
  std::string text;
  LineWriter fields(text);
  add_own(fields, "x-request-id: ", id_);
  fields.text(surface_.id_fields(id_));
  add_served(fields, served);
  fields.text(more_fields_);
  fields.hand_over();
  return text;
}

Task<void> Reply::whole(const Served& served, std::string_view body) {
  const std::string text = reply_fields(served);
  const ReplyStart start{.status = 200, .content_type = "application/json", .fields = text};
  const std::string told = echo_.members.empty() ? std::string() : spliced(body, echo_.members);
  // Nothing that may fail for want of memory comes between this and the first byte: who is told of a failure
  // is told by what is noted here.
  note_first_byte(200);
  is_over_ = true;
  delivered_ = co_await client_.answer(start, echo_.members.empty() ? body : std::string_view(told));
}

std::string Reply::stream_fields(const Served& served) const {
  return reply_fields(served) + "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n";
}

Task<bool> Reply::stream(const Served& served, providers::Pieces& pieces) {
  if (begun()) co_return co_await client_.write(pieces);
  const bool has_head = committed();
  providers::Pieces told;
  const std::string_view mark = has_head ? std::string_view() : surface_.begin_mark();
  const bool has_more = !echo_.event.empty() || !mark.empty();
  if (has_more) {
    told.add(mark);
    told.add(echo_.event);
    for (const std::string_view piece : pieces.texts()) told.add(piece);
  }
  providers::Pieces& first = has_more ? told : pieces;
  const std::string text = has_head ? std::string() : stream_fields(served);
  note_first_byte(200);
  if (has_head) co_return co_await client_.write(first);
  co_return co_await client_.begin({.status = 200, .content_type = surface_.stream_type(), .fields = text},
                                   first);
}

void Reply::remark(const Served& known, std::string_view comment) {
  std::string line = std::string(comment) + "\n\n";
  if (committed()) return client_.write_now(line);
  line.insert(0, surface_.begin_mark());
  const std::string text = stream_fields(known);
  committed_ = true;
  status_ = 200;
  client_.begin_now({.status = 200, .content_type = surface_.stream_type(), .fields = text}, line);
}

Task<void> Reply::end_stream(const Served& served, providers::Pieces& pieces) {
  if (!begun()) {
    const bool taken = co_await stream(served, pieces);
    if (!taken) co_return;
    pieces = providers::Pieces();
  }
  pieces.add(surface_.end_mark());
  is_over_ = true;
  delivered_ = co_await client_.end(pieces);
}

Task<void> Reply::fail(const ErrorReply& error, const Served& served, const StreamIdentity& stream) {
  if (is_over_) co_return;
  if (committed()) {
    StreamIdentity so_far = stream;
    so_far.events = events_;
    const std::string event = surface_.error_event(error, so_far);
    providers::Pieces pieces{event};
    note_first_byte(200);
    is_over_ = true;
    delivered_ = co_await client_.end(pieces);
    co_return;
  }
  std::string text = error_fields(surface_, id_, error);
  LineWriter fields(text);
  add_served(fields, served);
  fields.text(more_fields_);
  fields.hand_over();
  std::string body = surface_.error_body(error, id_);
  if (!echo_.members.empty()) body = spliced(body, echo_.members);
  note_first_byte(error.status);
  is_over_ = true;
  delivered_ = co_await client_.answer(
      {.status = error.status, .content_type = "application/json", .fields = text}, body);
}

std::string error_fields(const Surface& surface, std::string_view id, const ErrorReply& error) {
  std::string text;
  LineWriter fields(text);
  add_own(fields, "x-request-id: ", id);
  fields.text(surface.id_fields(id));
  if (error.retry_after) {
    fields.text("Retry-After: ");
    fields.integer(static_cast<std::int64_t>(std::ceil(config::Seconds(*error.retry_after).count())));
    fields.text("\r\n");
  }
  if (error.should_retry == ShouldRetry::no) add_own(fields, "x-should-retry: ", "false");
  if (error.should_retry == ShouldRetry::yes) add_own(fields, "x-should-retry: ", "true");
  fields.hand_over();
  return text;
}

}  // namespace gateway
