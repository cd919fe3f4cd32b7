#include "gateway/http2/http2_stream.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <charconv>
#include <utility>

#include "gateway/http2/http2_carrier.hpp"

namespace gateway {

using providers::Pieces;
using providers::Task;
namespace asio = boost::asio;

namespace {

// What a buffer keeps of its memory once it is empty: enough for the events of a stream.
constexpr std::size_t kept_bytes = 2048;
// So many times what a head may have is looked at, so that who sends a little too much is told so. A byte of
// a packed head may stand for four thousand.
constexpr std::size_t heads_looked_at = 4;

void empty(std::string& buffer, std::size_t& taken) {
  buffer.clear();
  if (buffer.capacity() > kept_bytes) buffer = std::string();
  taken = 0;
}

}  // namespace

Http2Stream::Http2Stream(Http2Carrier& carrier, std::int32_t id, std::size_t most_head_bytes)
    : carrier_(&carrier),
      id_(id),
      most_of_fields_(heads_looked_at * most_head_bytes),
      request_(std::in_place, most_head_bytes) {}

Http2Stream::~Http2Stream() = default;

bool Http2Stream::add_field(std::string_view name, std::string_view value) {
  fields_ += name.size() + value.size();
  if (fields_ > most_of_fields_) return false;
  // Trailers nobody reads.
  if (request_ && !is_malformed_) is_malformed_ = !request_->add(name, value);
  return true;
}

void Http2Stream::head_ended(RequestText::Body body) {
  inbound_ = request_->head(body);
  is_head_ = request_->is_head();
  in_chunks_ = body == RequestText::Body::follows && !request_->has_length();
  has_ended_request_ = body == RequestText::Body::none;
  request_.reset();
}

void Http2Stream::add_body(std::string_view bytes) {
  unpaid_ += bytes.size();
  if (is_closed_ || writing_ended_) return drop_inbound();
  if (bytes.empty()) return;
  if (in_chunks_) {
    std::array<char, 18> size;
    const auto end = std::to_chars(size.data(), size.data() + 16, bytes.size(), 16);
    inbound_.append(size.data(), end.ptr).append("\r\n").append(bytes).append("\r\n");
  } else {
    inbound_.append(bytes);
  }
  come_again();
}

void Http2Stream::request_ended() {
  if (std::exchange(has_ended_request_, true) || !in_chunks_ || is_closed_) return;
  inbound_.append("0\r\n\r\n");
  come_again();
}

void Http2Stream::over(End how) {
  if (end_) return;
  end_ = how;
  too_slow_.cancel();
  empty(outbound_, sent_);
  carrier_->frames().pay_dropped(std::exchange(unpaid_, 0));
  come_again();
}

void Http2Stream::come_again() {
  if (reads_ || awaits_end_ || writes_.waited_for()) carrier_->soon(*this);
}

void Http2Stream::drop_inbound() {
  empty(inbound_, read_);
  carrier_->frames().pay(id_, std::exchange(unpaid_, 0));
  carrier_->send_soon();
}

// Reading.

void Http2Stream::begin_read() {
  awaits_end_ = false;
  reads_.reset(this);
  if (!inbound_.empty() || end_ || is_closed_) carrier_->soon(*this);
}

void Http2Stream::cancel_read() {
  if (!reads_) return;
  read_cancelled_ = true;
  carrier_->soon(*this);
}

void Http2Stream::await_end() {
  awaits_end_ = true;
  if (end_) carrier_->soon(*this);
}

void Http2Stream::end_read(boost::system::error_code error, std::size_t bytes) {
  const Http2StreamPtr alive = std::exchange(reads_, nullptr);
  arrived(error, bytes);
}

void Http2Stream::turn() {
  const Http2StreamPtr alive(this);
  if (!may_write() || has_room()) writes_.wake();
  // That a stream is over with its reply is no client's leaving.
  const bool has_left = end_ && !(is_complete_ && *end_ == End::complete && !writing_ended_);
  if (!reads_) {
    if (has_left && std::exchange(awaits_end_, false)) saw_end();
    return;
  }
  if (is_closed_ || std::exchange(read_cancelled_, false)) return end_read(asio::error::operation_aborted, 0);
  if (!inbound_.empty()) {
    const std::span<char> there = room();
    const std::size_t bytes = std::min(there.size(), inbound_.size() - read_);
    inbound_.copy(there.data(), bytes, read_);
    read_ += bytes;
    const bool is_all = read_ == inbound_.size();
    // Of what is read the client may send as much again.
    const std::size_t paid = is_all ? unpaid_ : std::min(unpaid_, bytes);
    unpaid_ -= paid;
    if (is_all) empty(inbound_, read_);
    carrier_->frames().pay(id_, paid);
    return end_read({}, bytes);
  }
  if (!has_left) return;
  const bool is_clean = *end_ == End::complete;
  end_read(is_clean ? boost::system::error_code(asio::error::eof) : asio::error::connection_reset, 0);
}

// Writing.

std::size_t Http2Stream::take_head(std::string_view text) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const std::size_t before = reply_head_.size();
  reply_head_.append(text);
  const std::size_t from = before < end_of_head.size() ? 0 : before - end_of_head.size() + 1;
  const std::size_t end = reply_head_.find(end_of_head, from);
  if (end == std::string::npos) return text.size();
  reply_head_.resize(end + end_of_head.size());
  const std::size_t taken = reply_head_.size() - before;
  if (reply_head_.starts_with("HTTP/1.1 100 ")) {
    carrier_->frames().say_continue(id_);
    reply_head_.clear();
    return taken;
  }
  const auto read = providers::read_reply_head(reply_head_);
  const auto* head = std::get_if<providers::ReplyHead>(&read);
  head ? begin_reply(*head) : break_off(NGHTTP2_INTERNAL_ERROR);
  reply_head_ = std::string();
  return taken;
}

void Http2Stream::begin_reply(const providers::ReplyHead& head) {
  const auto* length = std::get_if<providers::Length>(&head.framing);
  const bool has_none = is_head_ || (length && length->bytes == 0);
  reply_body_.emplace(has_none ? providers::NoBody{} : head.framing);
  is_complete_ = reply_body_->done();
  carrier_->frames().say_reply(id_, head,
                               is_complete_ ? Http2Frames::ReplyBody::none : Http2Frames::ReplyBody::follows);
}

std::size_t Http2Stream::take_reply(std::string_view text) {
  if (!reply_body_) return take_head(text);
  if (is_complete_) return text.size();
  if (!has_room()) return 0;
  const auto step = reply_body_->read(text.substr(0, outbound_bound - (outbound_.size() - sent_)));
  if (step.state == providers::BodyReader::State::broken) break_off(NGHTTP2_INTERNAL_ERROR);
  outbound_.append(step.piece);
  is_complete_ = reply_body_->done();
  return step.consumed;
}

bool Http2Stream::write_now(Pieces& pieces) {
  for (;;) {
    bool is_full = false;
    while (!pieces.empty() && !is_full && may_write()) {
      const std::size_t taken = take_reply(pieces.texts().front());
      pieces.drop(taken);
      is_full = taken == 0 && !has_room();
    }
    if (!may_write()) return false;
    if (is_waiting_ && (sent_ < outbound_.size() || is_complete_)) {
      is_waiting_ = false;
      carrier_->frames().resume(id_);
    }
    if (pieces.empty()) {
      carrier_->send_soon();
      return true;
    }
    carrier_->flush();
    if (!has_room() || !may_write()) return false;
  }
}

Task<bool> Http2Stream::write(Pieces& pieces) {
  const Http2StreamPtr alive(this);
  while (!write_now(pieces)) {
    if (!may_write()) co_return false;
    co_await writes_.wait();
  }
  co_return true;
}

Http2Stream::Filled Http2Stream::fill(std::span<std::uint8_t> room) {
  const std::size_t bytes = std::min(room.size(), outbound_.size() - sent_);
  std::copy_n(outbound_.data() + sent_, bytes, room.begin());
  sent_ += bytes;
  const bool is_empty = sent_ == outbound_.size();
  if (is_empty) empty(outbound_, sent_);
  if (bytes > 0 && writes_.waited_for()) carrier_->soon(*this);
  // Who is closed waits for the client alone: as long as that one takes something.
  if (bytes > 0 && too_slow_.is_set()) carrier_->limit(too_slow_);
  is_waiting_ = is_empty && !is_complete_ && bytes == 0;
  return {.bytes = bytes, .is_last = is_empty && is_complete_};
}

void Http2Stream::end_writing() {
  if (std::exchange(writing_ended_, true)) return;
  if (!is_complete_) break_off(NGHTTP2_CANCEL);
  drop_inbound();
  if (end_ && reads_) carrier_->soon(*this);
}

void Http2Stream::close() {
  if (std::exchange(is_closed_, true)) return;
  drop_inbound();
  if (!end_) is_complete_ ? carrier_->limit(too_slow_) : break_off(NGHTTP2_CANCEL);
  come_again();
}

void Http2Stream::break_off(std::uint32_t error) {
  if (end_) return;
  carrier_->reset(id_, error);
  is_complete_ = false;
  writing_ended_ = true;
}

void Http2Stream::TooSlow::ring() {
  stream.carrier_->reset(stream.id_, NGHTTP2_CANCEL);
}

}  // namespace gateway
