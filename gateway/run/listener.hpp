// Accepts clients' connections at one address and runs a session for each, within limits. Belongs to one
// loop, except where said.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>
#include <vector>

#include "gateway/addresses/connection_limit.hpp"
#include "gateway/run/session.hpp"
#include "providers/loop/timer.hpp"
#include "providers/net/spare.hpp"

namespace gateway {

class Listener final : private providers::Spare::Holder {
 public:
  using Tcp = boost::asio::ip::tcp;
  // shared: with the other loops' listeners of this process, which must say the same.
  enum class Address { shared, its_own };

  // All must outlive the listener. Where `connections` are at their limit, a newcomer takes the place of the
  // connection that was idle the longest, and is told to come again where there is none.
  Listener(boost::asio::io_context& io, Front& front, ConnectionLimit& connections);

  // The port 0 is chosen by the system. Throws boost::system::system_error when it is taken.
  Tcp::endpoint listen(const Tcp::endpoint& address, Address kind);
  // On a copy of a socket that listens already, for others too. It may listen at several.
  Tcp::endpoint listen_on(int descriptor);
  // The sockets that it listens at; they stay its own.
  std::vector<int> descriptors();
  // From now on each connection ends with its reply, and /readyz says no.
  void announce_drain() { front_.draining = true; }
  // Who waits to be accepted is, or is left to another process that listens at the same sockets.
  enum class Queued { accepted, left };
  // Stops accepting, closes connections without a request, and calls `done` when the last reply has ended.
  void drain(std::function<void()> done, Queued queued = Queued::accepted);
  // Nobody is accepted any more: others do that.
  void stop_accepting();
  // Ends every request under way with an error, and every other connection at once.
  void stop();
  // May be asked from every thread.
  int open_connections() const { return open_connections_.load(std::memory_order_relaxed); }

 private:
  using Socket = providers::Connection::Socket;
  using Counted = std::optional<boost::asio::ip::address>;

  using Acceptor = boost::asio::basic_socket_acceptor<Tcp, boost::asio::io_context::executor_type>;
  struct Entrance {
    explicit Entrance(boost::asio::io_context& io) : acceptor(io) {}
    Acceptor acceptor;
    bool is_paused = false;
  };

  Tcp::endpoint open(Entrance entrance);
  static void prepare(Acceptor& acceptor);
  void accept(Entrance& entrance);
  void accept_again();
  // False where the system had no room for the connection.
  bool take(Socket socket) noexcept;
  void begin(Socket socket);
  void tell_when_drained();
  providers::ConnectionPtr connection_over(Socket socket);
  void turn_down(Socket socket);
  static bool somebody_waits(Acceptor& acceptor);
  void make_room_or_pause(Entrance& entrance);
  void accept_queued(Acceptor& acceptor);
  void left(const Counted& counted);
  void close_idle();
  std::size_t give_back(std::size_t most) override;
  config::TimePoint now() const { return front_.services.timer.now(); }

  struct Again final : providers::Alarm {
    explicit Again(Listener& accepts) : listener(accepts) {}
    void ring() override { listener.accept_again(); }
    Listener& listener;
  };
  struct LastLook final : providers::Alarm {
    explicit LastLook(Listener& drains) : listener(drains) {}
    void ring() override { listener.close_idle(); }
    Listener& listener;
  };

  boost::asio::io_context& io_;
  Front& front_;
  ConnectionLimit& connections_;
  providers::Spare& spare_;
  std::list<Entrance> entrances_;
  Again again_{*this};
  LastLook last_look_{*this};
  std::atomic<int> open_connections_{0};
  int turned_down_ = 0;  // that are being told so
  std::function<void()> drained_;
};

}  // namespace gateway
