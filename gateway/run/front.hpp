// What every session of a data loop shares. Belongs to the loop.
#pragma once

#include <boost/asio/io_context.hpp>

#include "gateway/addresses/address_counts.hpp"
#include "gateway/addresses/client_address.hpp"
#include "gateway/console/logins.hpp"
#include "gateway/http/body_budget.hpp"
#include "gateway/metrics/metrics.hpp"
#include "gateway/overload/loop_lag.hpp"
#include "gateway/overload/pressure.hpp"
#include "gateway/request/services.hpp"
#include "gateway/run/admission.hpp"
#include "gateway/run/control_pages.hpp"
#include "gateway/run/open_sessions.hpp"
#include "gateway/serving/entry_line.hpp"

namespace gateway {

// Outlives them.
struct Front {
  DecidingServices& services;
  Outbox& outbox;
  Services* serving = nullptr;  // null: no inference is offered here
  boost::asio::io_context& loop;
  Pages& pages;
  Metrics& metrics;
  AddressCounts& addresses;
  BodyBudget& bodies;
  Offers offers = Offers::everything;
  Reach reach = Reach::this_machine;
  const Logins* logins = nullptr;  // of the console; null: nobody can log in
  OpenSessions sessions{};
  bool draining = false;
  Pressure* pressure = nullptr;  // null: nobody is turned away for it
  LoopLag* lag = nullptr;        // likewise
  EntryLine entry{};
};

// What its clients speak; null where they speak in the open.
inline const providers::TlsServer* tls_of(const Front& front) {
  const Generation& generation = *front.services.hosts->generation;
  const bool is_admin = front.offers == Offers::administration;
  return is_admin && !generation.is_admin_over_tls ? nullptr : generation.tls.get();
}

}  // namespace gateway
