// A client's connection on which HTTP/2 was agreed: a Connection for each request in it, on which a session
// runs as on any other one. What a client may ask for without asking anything is bounded: streams at a time,
// resets, pings, frames without a use, the time for a head. Belongs to one data loop.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http2/allowance.hpp"
#include "gateway/http2/http2_frames.hpp"
#include "gateway/http2/http2_stream.hpp"

namespace gateway {

class Http2Carrier final : public boost::intrusive_ref_counter<Http2Carrier, boost::thread_unsafe_counter>,
                           private Http2Frames::Listener {
 public:
  struct Limits {
    std::size_t head_bytes;  // of one request
    config::Duration
        first_head;         // from the start to the first request, and from a head's first byte to its last
    config::Duration idle;  // without a request
    config::Duration write_idle;  // a client that takes nothing
  };

  // Who serves requests. Outlives run().
  class Server {
   public:
    // Serves it, and calls served() when nothing of it is under way any more.
    // False: it cannot be served now, and the client is told that nothing of it was.
    virtual bool serve(Http2StreamPtr stream) = 0;
    // There are requests, or the last one is gone.
    virtual void busy() = 0;
    virtual void idle() = 0;
    // The client was cut off for what it sends, or since it takes nothing.
    virtual void cut_off() = 0;
    virtual void stalled() = 0;

   protected:
    ~Server() = default;
  };

  // A connection with hands shaken.
  Http2Carrier(boost::asio::io_context& loop, providers::ConnectionPtr connection, providers::Timer& timer,
               const Limits& limits, Server& server);
  ~Http2Carrier();

  // To the connection's end, and that of all that was served.
  providers::Task<void> run();
  void served();
  // Nothing more is taken, and the connection ends with its last reply. The client is told that it must ask
  // elsewhere when it asks again: there are some that give up what is under way as soon as they hear of it
  // (Python's h2).
  void drain();
  // It is told at once, and the connection ends if there is no request.
  void leave();
  bool is_idle() const { return is_idle_; }

  // For its streams. What is told of one that is closed is nothing.
  void soon(Http2Stream& stream);
  Http2Frames& frames() { return frames_; }
  void reset(std::int32_t id, std::uint32_t error);
  // Sends what there is to send and the client takes: now, or at the end of the turn that is under way,
  // together with what others have to send.
  void flush();
  void send_soon() {
    if (!is_turning_) flush();
  }
  void limit(providers::Alarm& alarm) { timer_.set(alarm, timer_.now() + limits_.write_idle); }

 private:
  struct Late final : providers::Alarm {
    explicit Late(Http2Carrier& of) : carrier(of) {}
    void ring() override { carrier.leave(); }
    Http2Carrier& carrier;
  };

  Http2Stream& begun(std::int32_t id) override;
  void head_over(std::int32_t id) override;
  void asked(Http2Stream& stream, RequestText::Body body) override;
  void closed(std::int32_t id) override;
  void spent(Http2Frames::Toll toll) override;
  void used_window() override;

  void feed(std::string_view bytes);
  bool is_done() const;
  void watch_head();
  // What streams have to do, until nothing is left, and then flush().
  void turn();
  void begin_newcomers();
  void look_whether_idle();
  void say_last_word();
  // The client asks for more than its requests are worth.
  void cut_off();
  void end_streams();
  // Nothing is sent, read or waited for any more, also where the loop goes with all that is under way.
  void let_go();
  providers::Task<void> write_rest();
  config::TimePoint now() const { return timer_.now(); }

  boost::asio::io_context& loop_;
  const providers::ConnectionPtr connection_;
  providers::Timer& timer_;
  const Limits limits_;
  Server& server_;
  Http2Frames frames_;  // ended once the connection is over
  std::map<std::int32_t, Http2StreamPtr> streams_;
  std::vector<Http2StreamPtr> newcomers_;
  std::vector<Http2StreamPtr> due_;
  std::string unsent_;  // what the socket did not take: until it is gone nothing more is asked of the session
  providers::Waiter rest_;
  providers::Waiter all_ended_;
  Late late_{*this};
  // By their toll. Of faults there are many: streams beyond the limit are such, which a client does not know
  // at first.
  std::array<Allowance, 4> allowances_{Allowance{256, 32}, {1000, 32}, {256, 20}, {2000, 100}};
  std::int32_t last_served_ = 0;
  int serving_ = 0;
  std::int32_t head_under_way_ = 0;  // of which stream; 0: of none
  bool is_head_limited_ = false;     // by `late_`
  bool is_idle_ = true;
  bool is_feeding_ = false;
  bool is_turning_ = false;
  bool turn_is_coming_ = false;
  bool is_draining_ = false;
  bool said_last_word_ = false;
  bool is_cut_off_ = false;
  bool is_over_ = false;
  bool has_writer_ended_ = false;
};

using Http2CarrierPtr = boost::intrusive_ptr<Http2Carrier>;

}  // namespace gateway
