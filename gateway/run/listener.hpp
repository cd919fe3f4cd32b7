// Accepts clients' connections at one address and runs a session for each, within limits. Belongs to one
// loop, except where said.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "gateway/run/address_counts.hpp"
#include "gateway/run/session.hpp"

namespace gateway {

class Listener {
 public:
  using Tcp = boost::asio::ip::tcp;
  // shared: with the other loops' listeners of this process, which must say the same.
  enum class Address { shared, its_own };

  // All must outlive the listener.
  Listener(boost::asio::io_context& io, Front& front, AddressCounts& addresses)
      : io_(io), front_(front), addresses_(addresses), acceptor_(io), accept_again_(io) {}

  // The port 0 is chosen by the system. Throws boost::system::system_error when it is taken.
  Tcp::endpoint listen(const Tcp::endpoint& address, Address kind);
  // Stops accepting, closes connections without a request, and calls `done` when the last reply has ended.
  void drain(std::function<void()> done);
  // Ends every request under way with an error, and every other connection at once.
  void stop();
  // At most this many connections; beyond it accepting pauses.
  void limit_connections(int most) { most_connections_ = most; }
  // May be asked from every thread.
  int open_connections() const { return open_connections_.load(std::memory_order_relaxed); }

 private:
  void accept();
  void begin(providers::Connection::Socket socket);
  void pause_accepting();
  void ended();

  boost::asio::io_context& io_;
  Front& front_;
  AddressCounts& addresses_;
  boost::asio::basic_socket_acceptor<Tcp, boost::asio::io_context::executor_type> acceptor_;
  boost::asio::steady_timer accept_again_;
  int most_connections_ = 1000;
  std::atomic<int> open_connections_{0};
  std::function<void()> drained_;
};

}  // namespace gateway
