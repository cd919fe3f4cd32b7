// One request of an HTTP/2 connection and its reply, to a session a connection of its own: the request comes
// out of it as HTTP/1.1, and a reply that is written to it as HTTP/1.1 goes to the client as frames. A client
// that resets the stream has left. Belongs to one data loop.
//
// Lifetime: as for every connection; the carrier holds it until the stream is closed, which may be after
// close(), when the rest of a reply is on its way at the client's pace.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "gateway/http2/request_text.hpp"
#include "providers/http/http_reply.hpp"
#include "providers/loop/timer.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

class Http2Carrier;

class Http2Stream final : public providers::Connection {
 public:
  Http2Stream(Http2Carrier& carrier, std::int32_t id, std::size_t most_head_bytes);
  ~Http2Stream() override;

  bool arriving() const override { return !inbound_.empty(); }
  bool write_now(providers::Pieces& pieces) override;
  providers::Task<bool> write(providers::Pieces& pieces) override;
  // A reply that is whole still goes out; one that is not is broken off.
  void close() override;
  void end_writing() override;

  // The rest is for the carrier.
  std::int32_t id() const { return id_; }
  // The request as it comes. False: its head is so much too large that nobody looks at the rest.
  bool add_field(std::string_view name, std::string_view value);
  bool is_malformed() const { return is_malformed_; }
  // The fields are all there.
  void head_ended(RequestText::Body body);
  void add_body(std::string_view bytes);
  void request_ended();
  bool has_ended_request() const { return has_ended_request_; }
  // The stream is closed: `how` HTTP/2 says it was.
  enum class End { complete, broken };
  void over(End how);
  bool has_ended() const { return end_.has_value(); }
  // Of the reply, as much as there is and fits.
  struct Filled {
    std::size_t bytes = 0;
    bool is_last = false;
  };
  Filled fill(std::span<std::uint8_t> room);
  // Does what waits for the loop's next turn: wakes who waits to write, and gives who reads what has come.
  void turn();
  bool is_due = false;  // for one

 private:
  using Pieces = providers::Pieces;
  struct TooSlow final : providers::Alarm {
    explicit TooSlow(Http2Stream& of) : stream(of) {}
    void ring() override;
    Http2Stream& stream;
  };

  void begin_read() override;
  void cancel_read() override;
  void await_end() override;
  void end_read(boost::system::error_code error, std::size_t bytes);
  bool may_write() const { return !is_closed_ && !end_ && !writing_ended_; }
  bool has_room() const { return outbound_.size() - sent_ < outbound_bound; }
  void come_again();
  // How many of the bytes were taken; 0 where there is no room.
  std::size_t take_reply(std::string_view text);
  std::size_t take_head(std::string_view text);
  void begin_reply(const providers::ReplyHead& head);
  void break_off(std::uint32_t error);
  // What came and is not wanted any more.
  void drop_inbound();

  // What a reply may be ahead of its client, beside what the connection holds.
  static constexpr std::size_t outbound_bound = 64 * 1024;

  const boost::intrusive_ptr<Http2Carrier> carrier_;
  const std::int32_t id_;
  const std::size_t most_of_fields_;    // bytes that are looked at
  std::size_t fields_ = 0;              // bytes of them so far, of the head and behind the body
  std::optional<RequestText> request_;  // until its head is there
  bool is_malformed_ = false;
  bool is_head_ = false;    // the reply has no body
  bool in_chunks_ = false;  // the body of the request, as HTTP/1.1 has it
  bool has_ended_request_ = false;
  std::string inbound_;     // of the request, not read yet
  std::size_t read_ = 0;    // of it
  std::size_t unpaid_ = 0;  // bytes of the body, for which the client has no new window yet
  std::string reply_head_;  // until it is whole
  std::optional<providers::BodyReader> reply_body_;
  std::string outbound_;      // of the reply's body, not in a frame yet
  std::size_t sent_ = 0;      // of it
  bool is_waiting_ = false;   // the reply has begun, and there was nothing to send
  bool is_complete_ = false;  // the reply was written to its end
  bool writing_ended_ = false;
  bool is_closed_ = false;
  bool read_cancelled_ = false;
  bool awaits_end_ = false;
  std::optional<End> end_;
  boost::intrusive_ptr<Http2Stream> reads_;  // this, while a read is under way
  providers::Waiter writes_;
  TooSlow too_slow_{*this};
};

using Http2StreamPtr = boost::intrusive_ptr<Http2Stream>;

}  // namespace gateway
