// One client's connection from its first request to its last. Belongs to one data loop.
#pragma once

#include <boost/asio/io_context.hpp>

#include "gateway/http/body_budget.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/request/services.hpp"
#include "gateway/run/address_counts.hpp"
#include "gateway/run/admission.hpp"
#include "gateway/run/client_address.hpp"
#include "gateway/run/control_pages.hpp"
#include "gateway/run/open_sessions.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

// What every session of a loop shares. Outlives them.
struct Front {
  Services& services;
  boost::asio::io_context& loop;
  Pages& pages;
  Metrics& metrics;
  AddressCounts& addresses;
  BodyBudget& bodies;
  Offers offers = Offers::everything;
  Reach reach = Reach::this_machine;
  OpenSessions sessions{};
  bool draining = false;
};

// `peer` is the other end of the connection.
providers::Task<void> session(Front& front, providers::ConnectionPtr connection, Peer peer);
// Tells a client that there is no room for its connection, and closes it.
providers::Task<void> turn_away(Front& front, providers::ConnectionPtr connection);

}  // namespace gateway
