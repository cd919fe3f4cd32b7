// One client's connection from its first request to its last. Belongs to one data loop.
#pragma once

#include <boost/intrusive/list.hpp>

#include "gateway/metrics.hpp"
#include "gateway/pages.hpp"
#include "gateway/services.hpp"
#include "providers/connection.hpp"

namespace gateway {

// A connection that is open, so that a drain can close the idle ones.
struct OpenSession
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  providers::ConnectionPtr connection;
  bool serving = false;
};
using OpenSessions = boost::intrusive::list<OpenSession, boost::intrusive::constant_time_size<false>>;

// What every session of a data loop shares. Outlives them.
struct Front {
  Services& services;
  Pages& pages;
  Metrics& metrics;
  OpenSessions sessions{};
  bool draining = false;
};

providers::Task<void> session(Front& front, providers::ConnectionPtr connection);

}  // namespace gateway
