#include "gateway/http/request_reader.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "gateway/http/chunked_body.hpp"
#include "gateway/http/unwritten.hpp"
#include "gateway/overload/priority.hpp"

namespace gateway {
namespace {

using providers::Task;

// A client must send a body at least this fast, over each stretch of the body limit.
constexpr std::size_t least_bytes_per_second = 1024;

// What a connection keeps of its last body's memory.
constexpr std::size_t kept_capacity = 64 * 1024;
// How much at a time a body without a length takes of the memory for all.
constexpr std::size_t chunked_step = 64 * 1024;

int small_number(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::clamp(number, 0, 1000);
}

Refusal cut_off() {
  return {.status = 400,
          .code = left_in_body_code,
          .message = "The connection ended before the body was complete."};
}

// The values of all fields with this name.
void join(const providers::Fields& fields, std::string_view lower_case_name, std::string& values) {
  for (const providers::Field& field : fields) {
    if (!providers::same_name(field.name, lower_case_name)) continue;
    values.append(values.empty() ? "" : ",").append(field.value);
  }
}

}  // namespace

void RequestReader::wait_for(Phase phase, config::Duration limit) {
  phase_ = phase;
  timer_.set(*this, timer_.now() + limit);
}

void RequestReader::ring() {
  if (phase_ == Phase::serving) return;
  if (phase_ == Phase::body) {
    const auto least = least_bytes_per_second * static_cast<std::size_t>(limits_.body_timeout.count()) / 1000;
    if (received_ - std::exchange(received_before_, received_) >= least) {
      wait_for(Phase::body, limits_.body_timeout);
      return;
    }
  }
  late_ = phase_;
  connection_.interrupt();
}

RequestRead RequestReader::too_late() {
  const bool began = !between_requests();
  phase_ = Phase::serving;
  if (!began) return ConnectionOver{};
  return Refusal{.status = 408, .code = "timeout", .message = "The request did not arrive in time."};
}

Task<RequestRead> RequestReader::next() {
  std::size_t seen = 0;
  std::string& body = request_.incoming.body;
  body.clear();
  if (body.capacity() > kept_capacity) body = std::string();
  share_.release();
  to_come_.reset();
  received_ = 0;
  for (;;) {
    if (connection_.unread().size() > seen) {
      auto taken = take_head(seen);
      if (auto* refusal = std::get_if<Refusal>(&taken)) {
        phase_ = Phase::serving;  // no limit of a request's may answer it a second time
        co_return std::move(*refusal);
      }
      if (auto* head = std::get_if<Head>(&taken)) {
        phase_ = Phase::serving;
        // Nobody's packed body is unpacked before its head was judged: it may be much more than it looks.
        const bool is_packed = head->coding != ContentCoding::identity &&
                               !std::holds_alternative<providers::NoBody>(head->framing);
        if (is_packed || !take_body(head->framing, body)) to_come_ = *head;
        request_.incoming.arrived = timer_.now();
        request_.incoming.body_share = &share_;
        co_return &request_;
      }
      if (seen == 0 && phase_ == Phase::idle) wait_for(Phase::header, limits_.header_timeout);
      seen = connection_.unread().size();
    }
    const bool came = co_await connection_.more();
    if (late_) co_return too_late();
    if (!came) co_return ConnectionOver{};
  }
}

Task<RequestRead> RequestReader::rest() {
  const Head head = *std::exchange(to_come_, std::nullopt);
  const auto* length = std::get_if<providers::Length>(&head.framing);
  if (length && !share_.has_room(length->bytes)) co_return no_room_for_body();
  if (head.expect_continue && connection_.unread().empty()) {
    providers::Pieces go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
    if (!connection_.write_now(go_on)) co_return ConnectionOver{};
  }
  std::optional<Refusal> refusal = co_await read_body(head.framing, request_.incoming.body);
  if (late_) co_return too_late();
  phase_ = Phase::serving;
  if (!refusal) refusal = unpack(head.coding, request_.incoming.body);
  if (refusal) co_return std::move(*refusal);
  request_.incoming.arrived = timer_.now();
  co_return &request_;
}

std::variant<HeadIncomplete, RequestReader::Head, Refusal> RequestReader::take_head(std::size_t seen) {
  GateResult result = check_head(connection_.unread(), gate_limits_, seen);
  if (std::holds_alternative<HeadIncomplete>(result)) return HeadIncomplete{};
  if (auto* refusal = std::get_if<Refusal>(&result)) return std::move(*refusal);

  const auto& head = std::get<RequestHead>(result);
  Incoming& incoming = request_.incoming;
  incoming.method = head.method;
  incoming.path = head.path;
  incoming.query = head.query;
  incoming.credential = head.credential();
  incoming.policy_header = head.x_isocost_policy;
  incoming.tags_header = head.x_isocost_tags;
  incoming.priority = priority_named(head.x_isocost_priority);
  if (!incoming.priority) incoming.unknown_priority = head.x_isocost_priority.substr(0, 64);
  incoming.metadata_header = head.x_openrouter_metadata;
  incoming.traceparent = head.traceparent;
  incoming.host = head.host;
  incoming.origin = head.origin;
  incoming.is_preflight = head.method == Method::options && !head.access_control_request_method.empty();
  incoming.preflight_headers = head.access_control_request_headers;
  incoming.forwarded_for.clear();
  if (behind_proxy_) join(head.fields, "x-forwarded-for", incoming.forwarded_for);
  incoming.api.version = head.anthropic_version;
  incoming.api.is_googles = head.has_google_key;
  incoming.api.betas.clear();
  if (!head.anthropic_beta.empty()) join(head.fields, "anthropic-beta", incoming.api.betas);
  incoming.cookies.clear();
  const bool may_be_seen = incoming.path.starts_with("/admin/") || incoming.path.starts_with("/ui/");
  if (may_be_seen || incoming.path == "/metrics") join(head.fields, "cookie", incoming.cookies);
  incoming.headers.clear();
  if (wanted_) {
    for (const std::string& name : wanted_()) {
      if (const auto value = head.fields.find(name)) incoming.headers.emplace_back(name, *value);
    }
  }
  incoming.client_retry = small_number(head.x_stainless_retry_count);
  request_.manner = {.after = head.keep_alive ? AfterReply::keep_alive : AfterReply::close,
                     .body = head.method == Method::head ? BodyWanted::no : BodyWanted::yes,
                     .minor_version = head.minor_version};
  const Head taken{.framing = head.framing,
                   .expect_continue = head.expect_continue,
                   .coding = *content_coding_of(head.content_encoding)};
  connection_.consume(head.size);
  return taken;
}

bool RequestReader::take_body(const providers::Framing& framing, std::string& body) {
  if (std::holds_alternative<providers::NoBody>(framing)) return true;
  const auto* length = std::get_if<providers::Length>(&framing);
  const std::string_view unread = connection_.unread();
  if (!length || length->bytes > unread.size()) return false;
  body.reserve(length->bytes + body_slack);
  body.assign(unread, 0, length->bytes);
  connection_.consume(length->bytes);
  return true;
}

std::optional<Refusal> RequestReader::unpack(ContentCoding coding, std::string& body) {
  if (coding == ContentCoding::identity || body.empty()) return std::nullopt;
  const std::size_t packed = body.size();
  auto result = unpacked(coding, body, limits_.max_body_bytes,
                         [&](std::size_t bytes) { return share_.grow_to(packed + bytes); });
  if (auto* refusal = std::get_if<Refusal>(&result)) return std::move(*refusal);
  body = std::get<std::string>(std::move(result));
  give_slack(body);
  return std::nullopt;
}

Task<std::optional<Refusal>> RequestReader::read_body(const providers::Framing& framing, std::string& body) {
  received_ = received_before_ = 0;
  wait_for(Phase::body, limits_.body_timeout);
  const auto* length = std::get_if<providers::Length>(&framing);
  if (length) co_return co_await read_length(length->bytes, body);
  co_return co_await read_chunks(body);
}

Task<std::optional<Refusal>> RequestReader::read_chunks(std::string& body) {
  ChunkedBody chunks(limits_.max_body_bytes);
  for (;;) {
    if (!connection_.unread().empty()) {
      const std::size_t most = received_ + connection_.unread().size();
      if (!share_.grow_to((most / chunked_step + 1) * chunked_step)) co_return no_room_for_body();
      ChunkedBody::Fed fed = chunks.feed(connection_.unread());
      connection_.consume(fed.consumed);
      received_ += fed.consumed;
      if (fed.refusal) co_return std::move(fed.refusal);
      if (fed.done) break;
      if (fed.consumed > 0) continue;
    }
    const bool came = co_await connection_.more();
    if (!came) co_return cut_off();
  }
  body = chunks.take();
  give_slack(body);
  co_return std::nullopt;
}

Task<std::optional<Refusal>> RequestReader::read_length(std::uint64_t length, std::string& body) {
  // Memory follows what arrives, so that a lying Content-Length costs nothing: what is reserved and not
  // written takes addresses alone.
  constexpr std::uint64_t step = 1u << 20, reserved_ahead = 16u << 20;
  if (!share_.grow_to(std::min(length, step))) co_return no_room_for_body();
  const std::string_view first = connection_.unread().substr(0, length);
  body.reserve(std::min(length, reserved_ahead) + body_slack);
  body.assign(first);
  connection_.consume(first.size());
  received_ += first.size();  // what came with the head was in time, too
  std::size_t filled = first.size();
  while (filled < length) {
    if (filled == body.size()) {
      const std::uint64_t larger = std::min(length, filled + step);
      if (!share_.grow_to(larger)) co_return no_room_for_body();
      if (body.capacity() < larger + body_slack)
        body.reserve(std::min<std::uint64_t>(length, 2 * filled) + body_slack);
      lengthen_unwritten(body, larger);
    }
    const std::size_t got = co_await connection_.read_direct(std::span(body).subspan(filled));
    filled += got;
    received_ += got;
    if (got == 0 || late_) co_return cut_off();
  }
  co_return std::nullopt;
}

Task<void> linger(providers::Connection& connection, providers::Timer& timer) {
  constexpr config::Duration patience = std::chrono::seconds(2);
  connection.end_writing();
  providers::Limit enough([&connection] { connection.close(); });
  timer.set(enough, timer.now() + patience);
  for (bool came = true; came; came = co_await connection.more()) {
    connection.consume(connection.unread().size());
  }
}

}  // namespace gateway
