// One client's connection from its first request to its last. Belongs to one data loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include "gateway/observe/metrics.hpp"
#include "gateway/request/admission.hpp"
#include "gateway/request/services.hpp"
#include "gateway/run/control_pages.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

class RequestReader;
class Interruption;

// A connection that is open, so that a drain can close the idle ones. Closes it when the session ends,
// however it ends.
struct OpenSession
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  OpenSession(providers::ConnectionPtr served, const RequestReader& reads)
      : connection(std::move(served)), reader(reads) {}
  ~OpenSession() { connection->close(); }

  const providers::ConnectionPtr connection;
  const RequestReader& reader;
  Interruption* serving = nullptr;  // of the request that is being served, if any
};
using OpenSessions = boost::intrusive::list<OpenSession, boost::intrusive::constant_time_size<false>>;

// What every session of a loop shares. Outlives them.
struct Front {
  Services& services;
  boost::asio::io_context& loop;
  Pages& pages;
  Metrics& metrics;
  Offers offers = Offers::everything;
  Reach reach = Reach::this_machine;
  OpenSessions sessions{};
  bool draining = false;
};

// Closes the connections on which no request has begun.
void close_idle(Front& front);
// Ends every request with an error, and the connections that serve none.
void break_off(Front& front);

providers::Task<void> session(Front& front, providers::ConnectionPtr connection);

}  // namespace gateway
