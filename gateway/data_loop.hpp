// One thread that serves clients: its listener, its connections to clients and hosts, its view of the market.
// What other threads want of it they post to it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

#include "gateway/session.hpp"
#include "providers/resolver.hpp"
#include "providers/wheel.hpp"

namespace gateway {

class DataLoop {
 public:
  // `seed` of all its draws. `deliver` takes its records and may be called on its thread only. `pages` and
  // `metrics` must outlive the loop.
  DataLoop(std::uint64_t seed, Outbox::Deliver deliver, Pages& pages, Metrics& metrics);

  boost::asio::io_context& io() { return io_; }
  // The rest belongs to its thread, or to nobody before the thread runs.
  void adopt(std::shared_ptr<const Generation> generation, std::shared_ptr<const routing::Snapshot> snapshot);
  // Records it delivered, read by now.
  void reuse(std::vector<RecordPtr> records) { services_.outbox.reuse(std::move(records)); }
  void learn(std::shared_ptr<const routing::Snapshot> snapshot);
  // Shares the address with the other loops; the port 0 is chosen by the system. Throws when it is taken.
  boost::asio::ip::tcp::endpoint listen(const boost::asio::ip::tcp::endpoint& address);
  // Stops accepting, closes idle connections, and calls `done` when the last reply has ended.
  void drain(std::function<void()> done);
  // Ends every connection now.
  void stop();
  // At most this many connections; beyond it accepting pauses.
  void limit_connections(int most) { most_connections_ = most; }
  int open_connections() const { return open_connections_.load(std::memory_order_relaxed); }

 private:
  void accept();
  void pause_accepting();
  void ended();

  boost::asio::io_context io_{1};
  providers::Wheel timer_{io_};
  providers::Resolver resolver_{io_, timer_};
  Services services_;
  Front front_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type> acceptor_{
      io_};
  boost::asio::steady_timer accept_again_{io_};
  int most_connections_ = 1000;
  std::atomic<int> open_connections_{0};
  std::function<void()> drained_;
};

}  // namespace gateway
