#include "gateway/run/listener.hpp"

#include <sys/socket.h>

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <optional>
#include <utility>

#include "providers/loop/spawn.hpp"
#include "providers/net/peer_probe.hpp"
#include "providers/net/plain_connection.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;

// What the kernel may hold for one client that reads slowly.
constexpr int send_buffer = 128 * 1024;

}  // namespace

Listener::Tcp::endpoint Listener::listen(const Tcp::endpoint& address, Address kind) {
  acceptor_.open(address.protocol());
  acceptor_.set_option(Tcp::acceptor::reuse_address(true));
  const int on = 1;
  if (kind == Address::shared &&
      ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    throw boost::system::system_error(errno, boost::system::system_category(), "SO_REUSEPORT");
  }
  // Accepted sockets inherit these.
  providers::probe_peer(acceptor_.native_handle());
  acceptor_.set_option(Tcp::no_delay(true));
  acceptor_.set_option(asio::socket_base::send_buffer_size(send_buffer));
  acceptor_.bind(address);
  acceptor_.listen(4096);
  accept();
  return acceptor_.local_endpoint();
}

void Listener::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, providers::Connection::Socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) begin(std::move(socket));
    const bool out_of_descriptors = error == asio::error::no_descriptors ||
                                    error == boost::system::errc::too_many_files_open_in_system ||
                                    error == asio::error::no_memory;
    if (!acceptor_.is_open()) return;
    if (out_of_descriptors || open_connections() >= most_connections_) {
      pause_accepting();
    } else {
      accept();
    }
  });
}

void Listener::begin(providers::Connection::Socket socket) {
  std::optional<asio::ip::address> counted;
  if (addresses_.limits()) {
    boost::system::error_code gone;
    const Tcp::endpoint peer = socket.remote_endpoint(gone);
    if (gone) return;
    if (!addresses_.enter(peer.address())) {
      front_.metrics.count(Event::address_refused);
      return;
    }
    counted = peer.address();
  }
  open_connections_.fetch_add(1, std::memory_order_relaxed);
  providers::ConnectionPtr connection(new providers::PlainConnection(std::move(socket)));
  providers::spawn(io_, session(front_, std::move(connection)), [this, counted](std::exception_ptr fault) {
    if (fault) front_.metrics.count(Event::escaped_exception);
    if (counted) addresses_.leave(*counted);
    ended();
  });
}

void Listener::pause_accepting() {
  front_.metrics.count(Event::accept_paused);
  accept_again_.expires_after(std::chrono::milliseconds(100));
  accept_again_.async_wait([this](boost::system::error_code error) {
    if (error || !acceptor_.is_open()) return;
    if (open_connections() >= most_connections_) {
      pause_accepting();
    } else {
      accept();
    }
  });
}

void Listener::ended() {
  const bool last = open_connections_.fetch_sub(1, std::memory_order_relaxed) == 1;
  if (last && drained_) std::exchange(drained_, nullptr)();
}

void Listener::drain(std::function<void()> done) {
  front_.draining = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  accept_again_.cancel();
  if (open_connections() == 0) {
    done();
    return;
  }
  drained_ = std::move(done);
  close_idle(front_);
}

void Listener::stop() {
  break_off(front_);
}

}  // namespace gateway
