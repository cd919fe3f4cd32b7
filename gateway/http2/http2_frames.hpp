// The frames of one HTTP/2 connection, by nghttp2: what a client's bytes say is told of its streams, and what
// is said on streams becomes bytes for it. Knows windows, tables of names and the protocol's errors, and not
// who serves. Belongs to one data loop.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http2/http2_stream.hpp"
#include "gateway/http2/request_text.hpp"
#include "providers/http/http_reply.hpp"

namespace gateway {

class Http2Frames {
 public:
  // What costs work, and may be sent without asking anything.
  enum class Toll { reset, fault, useless, window };

  // Told while bytes are taken, and of streams that close also while they are put together. No session may go
  // on in there. What is thrown ends the connection.
  class Listener {
   public:
    // A request's first byte has come. Its stream lives until it is closed.
    virtual Http2Stream& begun(std::int32_t id) = 0;
    // Of the head that had begun there nothing more comes.
    virtual void head_over(std::int32_t id) = 0;
    // The head of a request is whole.
    virtual void asked(Http2Stream& stream, RequestText::Body body) = 0;
    virtual void closed(std::int32_t id) = 0;
    virtual void spent(Toll toll) = 0;
    // A frame was sent for which the client may give a new window.
    virtual void used_window() = 0;

   protected:
    ~Listener() = default;
  };

  // How many requests may be under way at a time.
  static constexpr std::uint32_t most_streams = 128;

  // `listener` must outlive it. `head_bytes`: of one request's head, as the client is told.
  Http2Frames(Listener& listener, std::size_t head_bytes) : listener_(listener), head_bytes_(head_bytes) {}

  void begin();
  // Nothing is read or said any more: whatever is asked for then is nothing.
  void end() { session_.reset(); }
  bool is_open() const { return session_ != nullptr; }
  // Whether the protocol has anything left to do.
  bool goes_on() const;

  enum class Taken { all, flooded, wrong };  // wrong: it is something else, or there is no memory
  Taken take(std::string_view bytes);
  // What there is to send, as much as is worth a call, in place of what is in `out`. False where there is no
  // memory: of what comes behind nothing would be right.
  bool put_together(std::string& out);

  // So many bytes of a stream's body are read, or those of a stream that is closed dropped.
  void pay(std::int32_t id, std::size_t bytes);
  void pay_dropped(std::size_t bytes);
  void say_continue(std::int32_t id);
  enum class ReplyBody { none, follows };
  void say_reply(std::int32_t id, const providers::ReplyHead& head, ReplyBody body);
  // There is more of its body.
  void resume(std::int32_t id);
  void reset(std::int32_t id, std::uint32_t error);
  // No stream behind this one was served, nor will be.
  void say_last(std::int32_t served);
  // The client is told that it asks for too much.
  void calm();

 private:
  struct Callbacks;
  struct Free {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  Listener& listener_;
  const std::size_t head_bytes_;
  std::unique_ptr<nghttp2_session, Free> session_;
};

}  // namespace gateway
