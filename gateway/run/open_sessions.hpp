// The connections of one loop's clients that are open, so that a drain or a newcomer can close the idle ones.
// Belongs to one data loop.
#pragma once

#include <boost/intrusive/list.hpp>

#include "config/values/units.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

class Http2Carrier;
class RequestReader;
class Interruption;

// One of them. Closes it when the session ends, however it ends.
struct OpenSession
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  OpenSession(providers::ConnectionPtr served, const RequestReader& reads, config::TimePoint now)
      : connection(std::move(served)), reader(reads), since(now) {}
  ~OpenSession() { connection->close(); }

  const providers::ConnectionPtr connection;
  const RequestReader& reader;
  Http2Carrier* carrier = nullptr;  // where it has many requests at once, each an open session of its own
  Interruption* serving = nullptr;  // of the request that is being served, if any
  config::TimePoint since;          // when it was opened, or its last reply ended
  bool is_new = true;               // no request of it has been served
  boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> idle;
};

struct OpenSessions : boost::intrusive::list<OpenSession, boost::intrusive::constant_time_size<false>> {
  // Those that serve no request, the longest idle first.
  boost::intrusive::list<
      OpenSession, boost::intrusive::constant_time_size<false>,
      boost::intrusive::member_hook<OpenSession, decltype(OpenSession::idle), &OpenSession::idle>>
      idle;

  void add(OpenSession& open) {
    push_back(open);
    idle.push_back(open);
  }
  // The interruption is of the one request that is served, where there is one alone.
  void begin_serving(OpenSession& open, Interruption* interruption) {
    open.idle.unlink();
    open.serving = interruption;
    open.is_new = false;
  }
  void end_serving(OpenSession& open, config::TimePoint now) {
    open.serving = nullptr;
    open.since = now;
    idle.push_back(open);
  }

  // A client that has just connected is about to ask: it has this long before it counts as idle.
  static constexpr config::Duration time_to_ask = std::chrono::seconds(1);

  // Closes up to `most` of the connections on which no request has begun, the longest idle first. Says how
  // many.
  std::size_t give_up_idle(std::size_t most, config::TimePoint now);
  // Closes all of them, but for those whose client has asked already or has just connected. Says whether
  // there are such.
  bool close_idle(config::TimePoint now);
  // Ends every request with an error, and the connections that serve none.
  void break_off();
};

}  // namespace gateway
