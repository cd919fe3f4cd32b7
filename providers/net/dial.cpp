#include "providers/net/dial.hpp"

#include <algorithm>
#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>
#include <deque>
#include <optional>

#include "providers/net/peer_probe.hpp"

namespace providers {
namespace {

namespace asio = boost::asio;
using routing::FailureKind;
using Tcp = asio::ip::tcp;
using Socket = Connection::Socket;

// What the kernel may hold for one slow stream. The default of several MiB would let a client that reads
// slowly run up a bill for tokens nobody has seen.
constexpr int receive_buffer = 128 * 1024;

// Whether this machine has any way to the address. A socket of datagrams sends nothing to find out, and needs
// no port of TCP's.
bool has_route(asio::io_context& io, const Tcp::endpoint& address) {
  asio::basic_datagram_socket<asio::ip::udp, asio::io_context::executor_type> probe(io);
  boost::system::error_code error;
  probe.connect({address.address(), address.port()}, error);
  return error != asio::error::address_family_not_supported &&
         error != boost::system::errc::address_not_available && error != asio::error::network_unreachable;
}

// Whether the failure is this machine's own: no descriptor, port or memory is left.
bool is_local(const boost::system::error_code& error, asio::io_context& io, const Tcp::endpoint& address) {
  namespace errc = boost::system::errc;
  if (error == errc::address_not_available) return has_route(io, address);
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
         error == errc::no_buffer_space || error == errc::not_enough_memory ||
         error == errc::resource_unavailable_try_again;
}

}  // namespace

struct Dial::Race : std::enable_shared_from_this<Dial::Race> {
  Race(asio::io_context& loop, Timer& clock) : io(loop), timer(clock) {}

  // Begins with the next address that can be begun with.
  void start_next() {
    if (over) return;
    while (next < addresses.size()) {
      const Tcp::endpoint address = addresses[next++];
      sockets.emplace_back(io);
      Socket& socket = sockets.back();
      boost::system::error_code error;
      socket.open(address.protocol(), error);
      if (error) {
        note(error, address);
        continue;
      }
      socket.set_option(Tcp::no_delay(true), error);
      socket.set_option(asio::socket_base::receive_buffer_size(receive_buffer), error);
      probe_peer(socket.native_handle());
      limit_unacknowledged(socket.native_handle());
      ++under_way;
      const std::size_t index = sockets.size() - 1;
      socket.async_connect(address, [race = shared_from_this(), index, address](const auto& failed) {
        race->came_back(failed, index, address);
      });
      if (next < addresses.size()) timer.set(stagger, timer.now() + head_start);
      return;
    }
  }

  void came_back(const boost::system::error_code& error, std::size_t index, const Tcp::endpoint& address) {
    --under_way;
    if (!over && !error && sockets[index].is_open()) {
      won.emplace(std::move(sockets[index]));
      end();
    } else if (!over) {
      note(error, address);
      start_next();
    }
    if (won || under_way == 0) waiter.wake();
  }

  void note(const boost::system::error_code& error, const Tcp::endpoint& address) {
    if (!is_local(error, io, address)) all_local = false;
  }

  // Nothing more is begun; what is under way comes back as aborted.
  void end() {
    over = true;
    stagger.cancel();
    late.cancel();
    boost::system::error_code ignored;
    for (Socket& socket : sockets) socket.close(ignored);
  }
  void give_up() {
    all_local = false;
    end();
  }

  asio::io_context& io;
  Timer& timer;
  Addresses addresses;
  std::size_t next = 0;
  std::deque<Socket> sockets;  // of addresses[0..next)
  int under_way = 0;
  std::optional<Socket> won;
  bool all_local = true;  // of those that failed
  bool over = false;
  Waiter waiter;
  struct Stagger final : Alarm {
    explicit Stagger(Race& runs) : race(runs) {}
    void ring() override { race.start_next(); }
    Race& race;
  } stagger{*this};
  struct Late final : Alarm {
    explicit Late(Race& runs) : race(runs) {}
    void ring() override { race.give_up(); }
    Race& race;
  } late{*this};
};

Dial::Dial(asio::io_context& io, Timer& timer) : race_(std::make_shared<Race>(io, timer)) {}

Dial::~Dial() {
  race_->waiter.set(nullptr);
  race_->end();
}

Task<Result<Connection::Socket>> Dial::connect(const Addresses& addresses, config::TimePoint limit) {
  Race& race = *race_;
  race.addresses = addresses;
  race.start_next();
  if (race.under_way > 0) {
    race.timer.set(race.late, limit);
    co_await race.waiter.wait();
  }
  if (!race.won) co_return race.all_local && !addresses.empty() ? FailureKind::local : FailureKind::connect;
  co_return *std::move(race.won);
}

void Dial::abort() {
  race_->give_up();
}

Dial::Addresses in_turn(const Dial::Addresses& addresses) {
  Dial::Addresses result, others;
  for (const Tcp::endpoint& each : addresses) {
    const bool as_the_first = each.protocol() == addresses.front().protocol();
    (as_the_first ? result : others).push_back(each);
  }
  std::size_t at = 1;
  for (const Tcp::endpoint& each : others) {
    result.insert(result.begin() + static_cast<std::ptrdiff_t>(std::min(at, result.size())), each);
    at += 2;
  }
  return result;
}

}  // namespace providers
