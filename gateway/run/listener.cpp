#include "gateway/run/listener.hpp"

#include <fcntl.h>
#include <poll.h>
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

using namespace std::chrono_literals;

// What the kernel may hold for one client that reads slowly.
constexpr int send_buffer = 128 * 1024;
constexpr int most_queued = 4096;
// Between two looks for a free descriptor.
constexpr config::Duration pause = 100ms;
// Descriptors to give back when there are none left: some, so that requests under way find one, too.
constexpr std::size_t enough_room = 16;
// Newcomers without a place that are told so at a time; more are dropped.
constexpr int most_turned_down = 64;

bool is_out_of_room(const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
         error == errc::not_enough_memory || error == errc::no_buffer_space;
}

}  // namespace

Listener::Listener(asio::io_context& io, Front& front, ConnectionLimit& connections)
    : io_(io), front_(front), connections_(connections), spare_(asio::use_service<providers::Spare>(io)) {
  spare_.add(*this, providers::Spare::Of::clients);
}

Listener::Tcp::endpoint Listener::listen(const Tcp::endpoint& address, Address kind) {
  Entrance entrance(io_);
  entrance.acceptor.open(address.protocol());
  entrance.acceptor.set_option(Tcp::acceptor::reuse_address(true));
  const int on = 1;
  if (kind == Address::shared &&
      ::setsockopt(entrance.acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    throw boost::system::system_error(errno, boost::system::system_category(), "SO_REUSEPORT");
  }
  prepare(entrance.acceptor);
  entrance.acceptor.bind(address);
  entrance.acceptor.listen(most_queued);
  return open(std::move(entrance));
}

Listener::Tcp::endpoint Listener::listen_on(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0 || ::getsockname(copy, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    throw boost::system::system_error(errno, boost::system::system_category(), "the socket that was given");
  Entrance entrance(io_);
  entrance.acceptor.assign(bound.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), copy);
  prepare(entrance.acceptor);
  return open(std::move(entrance));
}

Listener::Tcp::endpoint Listener::open(Entrance entrance) {
  entrances_.push_back(std::move(entrance));
  accept(entrances_.back());
  return entrances_.back().acceptor.local_endpoint();
}

std::vector<int> Listener::descriptors() {
  std::vector<int> all;
  for (Entrance& each : entrances_) {
    if (each.acceptor.is_open()) all.push_back(each.acceptor.native_handle());
  }
  return all;
}

// Accepted sockets inherit these.
void Listener::prepare(Acceptor& acceptor) {
  providers::probe_peer(acceptor.native_handle());
  acceptor.set_option(Tcp::no_delay(true));
  acceptor.set_option(asio::socket_base::send_buffer_size(send_buffer));
}

void Listener::accept(Entrance& entrance) {
  if (!entrance.acceptor.is_open()) return;
  entrance.acceptor.async_accept([this, &entrance](boost::system::error_code error, Socket socket) {
    if (error == asio::error::operation_aborted) return;
    const bool has_room = error ? !is_out_of_room(error) : take(std::move(socket));
    has_room ? accept(entrance) : make_room_or_pause(entrance);
  });
}

void Listener::accept_again() {
  for (Entrance& each : entrances_) {
    if (std::exchange(each.is_paused, false)) accept(each);
  }
}

bool Listener::take(Socket socket) noexcept {
  try {
    begin(std::move(socket));
    return true;
  } catch (const boost::system::system_error& fault) {
    if (is_out_of_room(fault.code())) return false;
    front_.metrics.count(Event::escaped_exception);
  } catch (const std::exception&) {
    front_.metrics.count(Event::escaped_exception);
  }
  return true;
}

void Listener::begin(Socket socket) {
  boost::system::error_code gone;
  const Tcp::endpoint other_end = socket.remote_endpoint(gone);
  if (gone) return;
  const config::Settings& settings = front_.services.hosts->generation->catalogue->settings();
  Peer peer{.address = as_itself(other_end.address())};
  peer.is_proxy = is_in(peer.address, settings.trusted_proxies);

  // Counted from here on; what does not come to a session is counted back.
  struct Entry {
    ~Entry() {
      if (listener) listener->left(counted);
    }
    Listener* listener;
    Counted counted{};
  };
  open_connections_.fetch_add(1, std::memory_order_relaxed);
  const bool is_within = connections_.enter();
  Entry place{this};
  if (!peer.is_proxy && front_.addresses.limits(peer.address)) {
    if (!front_.addresses.enter(peer.address)) {
      front_.metrics.count(Event::address_refused);
      return;
    }
    place.counted = peer.address;
  }
  if (!is_within && give_back(1) == 0) {
    // This one is late for what another loop gives, but not the next.
    spare_.ask_others(1, providers::Spare::Of::clients);
    return turn_down(std::move(socket));
  }

  providers::ConnectionPtr connection = connection_over(std::move(socket));
  providers::spawn(io_, session(front_, std::move(connection), peer),
                   [this, counted = place.counted](std::exception_ptr fault) {
                     if (fault) front_.metrics.count(Event::escaped_exception);
                     left(counted);
                   });
  place.listener = nullptr;
}

providers::ConnectionPtr Listener::connection_over(Socket socket) {
  if (const providers::TlsServer* tls = tls_of(front_)) return tls->wrap(std::move(socket));
  return providers::ConnectionPtr(new providers::PlainConnection(std::move(socket)));
}

void Listener::turn_down(Socket socket) {
  front_.metrics.count(Event::connection_turned_away);
  if (turned_down_ >= most_turned_down) return;
  providers::ConnectionPtr connection = connection_over(std::move(socket));
  ++turned_down_;
  providers::spawn(io_, turn_away(front_, std::move(connection)), [this](std::exception_ptr) {
    --turned_down_;
    tell_when_drained();
  });
}

// Without a descriptor to spare, accept(2) fails also where there is nobody to accept.
bool Listener::somebody_waits(Acceptor& acceptor) {
  pollfd queue{.fd = acceptor.native_handle(), .events = POLLIN, .revents = 0};
  return ::poll(&queue, 1, 0) == 1;
}

void Listener::make_room_or_pause(Entrance& entrance) {
  if (!entrance.acceptor.is_open()) return;
  if (!somebody_waits(entrance.acceptor)) {
    entrance.acceptor.async_wait(Tcp::acceptor::wait_read,
                                 [this, &entrance](boost::system::error_code error) {
                                   if (!error) accept(entrance);
                                 });
    return;
  }
  if (spare_.give_back(enough_room) > 0) return accept(entrance);
  spare_.ask_others(enough_room, providers::Spare::Of::hosts);
  front_.metrics.count(Event::accept_paused);
  entrance.is_paused = true;
  front_.services.timer.set(again_, now() + pause);
}

std::size_t Listener::give_back(std::size_t most) {
  const std::size_t given = front_.sessions.give_up_idle(most, now());
  front_.metrics.count(Event::idle_given_up, given);
  return given;
}

void Listener::left(const Counted& counted) {
  if (counted) front_.addresses.leave(*counted);
  connections_.leave();
  open_connections_.fetch_sub(1, std::memory_order_relaxed);
  tell_when_drained();
}

// Those who are being turned away count: they use what this listener belongs to.
void Listener::tell_when_drained() {
  if (drained_ && open_connections() == 0 && turned_down_ == 0) std::exchange(drained_, nullptr)();
}

void Listener::accept_queued(Acceptor& acceptor) {
  boost::system::error_code error;
  acceptor.non_blocking(true, error);
  for (int i = 0; i < most_queued; ++i) {
    Socket socket(io_);
    acceptor.accept(socket, error);
    if (error || !take(std::move(socket))) return;
  }
}

void Listener::stop_accepting() {
  boost::system::error_code ignored;
  for (Entrance& each : entrances_) each.acceptor.close(ignored);
  again_.cancel();
}

void Listener::drain(std::function<void()> done, Queued queued) {
  for (Entrance& each : entrances_) {
    if (queued == Queued::accepted && each.acceptor.is_open()) accept_queued(each.acceptor);
  }
  front_.draining = true;
  stop_accepting();
  drained_ = std::move(done);
  close_idle();
  tell_when_drained();
}

// A client that has just connected may be about to ask.
void Listener::close_idle() {
  if (!front_.sessions.close_idle(now())) {
    front_.services.timer.set(last_look_, now() + OpenSessions::time_to_ask);
  }
}

void Listener::stop() {
  last_look_.cancel();
  front_.sessions.break_off();
}

}  // namespace gateway
