// One thread that serves clients: its listener, its connections to clients and hosts, its view of the market.
// What other threads want of it they post to it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "gateway/ledger/till.hpp"
#include "gateway/overload/loop_lag.hpp"
#include "gateway/run/listener.hpp"
#include "gateway/run/session.hpp"
#include "gateway/run/shared.hpp"
#include "providers/loop/wheel.hpp"
#include "providers/net/resolver.hpp"

namespace gateway {

class DataLoop {
 public:
  // `seed` of all its draws. `deliver` takes its records and may be called on its thread only. `pages`,
  // `metrics` and `shared` must outlive the loop.
  DataLoop(std::uint64_t seed, Outbox::Deliver deliver, Pages& pages, Metrics& metrics, Offers offers,
           Reach reach, Shared& shared);

  boost::asio::io_context& io() { return io_; }
  // The rest belongs to its thread, or to nobody before the thread runs.
  void adopt(std::shared_ptr<const Generation> generation, std::shared_ptr<const routing::Snapshot> snapshot);
  // Records it delivered, read by now.
  void reuse(std::vector<RecordPtr> records) { services_.outbox.reuse(std::move(records)); }
  void learn(std::shared_ptr<const routing::Snapshot> snapshot);
  // Whom no new request goes to.
  void take_out(std::shared_ptr<const OutOfService> out) { services_.out_of_service = std::move(out); }
  // Before its thread runs: its requests pay to `books`, and are kept by `ledger`, which may be null. Both
  // outlive the loop.
  void pay_to(Books& books, Ledger* ledger, std::size_t number);
  // Before its thread runs: which of its requests are exported as traces.
  void trace(const Sampling& sampling) { services_.traces = sampling; }
  // How it asks the other loops for descriptors.
  void ask_others_by(providers::Spare::Ask ask);
  // What it does for them; may be called from every thread.
  void give_back(std::size_t most, providers::Spare::Of side);
  Listener& listener() { return listener_; }
  const Listener& listener() const { return listener_; }
  // As Listener::announce_drain. From any thread.
  void announce_drain();
  // As Listener::drain, and hands over the last records.
  void drain(std::function<void()> done, Listener::Queued queued);
  // Whether a look-up of a name is under way, which nothing can end. Once the thread has ended.
  bool looks_up() const { return resolver_.asking() > 0; }

 private:
  // Only its own thread touches its sockets, so that they need no locks; others may post to it.
  boost::asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  providers::Wheel timer_{io_};
  providers::Resolver resolver_;
  std::optional<Till> till_;
  Services services_;
  LoopLag lag_;
  Front front_;
  Listener listener_;
};

}  // namespace gateway
