#include "gateway/run/http2_session.hpp"

#include <new>

#include "gateway/http/request_reader.hpp"
#include "gateway/http2/http2_carrier.hpp"
#include "gateway/run/session.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {
namespace {

using providers::Task;

class StreamServer final : public Http2Carrier::Server {
 public:
  StreamServer(Front& front, OpenSession& open, const Peer& peer, std::vector<std::string> names)
      : front_(front), open_(open), peer_(peer), names_(std::move(names)) {}
  ~StreamServer() { open_.carrier = nullptr; }
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  void carried_by(Http2Carrier& carrier) { open_.carrier = &carrier; }

  // Of its address each request counts as much as a connection: it takes as much here.
  bool serve(Http2StreamPtr stream) override {
    const bool counts = !peer_.is_proxy && front_.addresses.limits(peer_.address);
    if (counts && !front_.addresses.enter(peer_.address)) {
      front_.metrics.count(Event::address_refused);
      return false;
    }
    const Http2CarrierPtr carrier(open_.carrier);
    try {
      providers::spawn(front_.loop, session(front_, std::move(stream), peer_, names_),
                       [this, carrier, counts](std::exception_ptr fault) {
                         if (fault) front_.metrics.count(Event::escaped_exception);
                         if (counts) front_.addresses.leave(peer_.address);
                         if (front_.draining) carrier->drain();
                         carrier->served();
                       });
    } catch (const std::bad_alloc&) {  // it has not begun
      if (counts) front_.addresses.leave(peer_.address);
      return false;
    }
    return true;
  }
  void busy() override { front_.sessions.begin_serving(open_, nullptr); }
  void idle() override { front_.sessions.end_serving(open_, front_.services.timer.now()); }
  void cut_off() override { front_.metrics.count(Event::http2_cut_off); }
  void stalled() override { front_.metrics.count(Event::write_stall); }

 private:
  Front& front_;
  OpenSession& open_;
  const Peer peer_;
  const std::vector<std::string> names_;
};

// Settings without one, and GOAWAY: no error, and no stream of which anything was done (RFC 9113,
// sections 6.5 and 6.8).
constexpr std::string_view no_room(
    "\0\0\0\4\0\0\0\0\0"
    "\0\0\x8\7\0\0\0\0\0"
    "\0\0\0\0"
    "\0\0\0\0",
    26);

}  // namespace

Task<void> http2_turn_away(Front& front, providers::Connection& connection) {
  providers::Pieces pieces{no_room};
  if (connection.write_now(pieces)) co_await linger(connection, front.services.timer);
  connection.close();
}

Task<void> http2_session(Front& front, OpenSession& open, Peer peer, config::ServingLimits limits,
                         std::vector<std::string> names) {
  front.metrics.count(Event::http2_agreed);
  StreamServer server(front, open, peer, std::move(names));
  const Http2Carrier::Limits bounds{.head_bytes = limits.max_head_bytes,
                                    .first_head = limits.header_timeout,
                                    .idle = limits.keep_alive,
                                    .write_idle = limits.write_idle_timeout};
  const Http2CarrierPtr carrier(
      new Http2Carrier(front.loop, open.connection, front.services.timer, bounds, server));
  server.carried_by(*carrier);
  co_await carrier->run();
}

}  // namespace gateway
