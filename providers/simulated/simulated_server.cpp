#include "providers/simulated/simulated_server.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "providers/loop/wall_clock.hpp"
#include "providers/simulated/simulated_refusal.hpp"

namespace providers {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds write_limit{60};

const config::SimulatedModel& model_of(const config::Fleet& fleet, const config::SimulatedHost& host) {
  for (const config::SimulatedModel& model : fleet.models) {
    if (model.name == host.model) return model;
  }
  static const config::SimulatedModel unnamed;  // the loader lets no such fleet through
  return unnamed;
}

std::uint64_t luck_of(const config::Fleet& fleet, const config::SimulatedHost& host) {
  return routing::mixed(fleet.seed, routing::hash_of(host.name.text));
}

// Whether a socket that became readable did so because the other side is gone, and not because a next request
// came.
bool is_gone(tcp::socket& socket) {
  char byte = 0;
  const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace

SimulatedServer::SimulatedServer(asio::io_context& io, const config::Fleet& fleet, std::size_t host,
                                 std::shared_ptr<WorldClock> fleet_clock, config::TimePoint start)
    : settings(fleet.hosts[host]),
      served(model_of(fleet, settings)),
      model_id(settings.host_model.empty() ? settings.model.text : settings.host_model),
      clock(std::move(fleet_clock)),
      world(settings, luck_of(fleet, settings), start, providers::system_wall()),
      model(settings, served.answers, fleet.seed, world, start),
      acceptor(io) {}

std::uint64_t SimulatedServer::luck_for(std::uint64_t words) {
  constexpr std::size_t most_remembered = 100'000;
  if (times_said.size() >= most_remembered && !times_said.contains(words)) times_said.clear();
  return routing::mixed(words, ++times_said[words]);
}

std::string SimulatedServer::limit_fields() {
  std::string fields;
  if (const auto left = model.requests_left(now())) {
    fields += providers::limit_fields("requests", *left, clock->real(left->until_full));
  }
  if (const auto left = model.tokens_left(now())) {
    fields += providers::limit_fields("tokens", *left, clock->real(left->until_full));
  }
  return fields;
}

SimulatedConnection::SimulatedConnection(std::shared_ptr<SimulatedServer> at, tcp::socket accepted)
    : server(std::move(at)), socket(std::move(accepted)), limit_(socket.get_executor()) {
  server->sockets.insert(&socket);
  ++server->tally.connections;
  ++server->tally.open_connections;
}

SimulatedConnection::~SimulatedConnection() {
  server->sockets.erase(&socket);
  --server->tally.open_connections;
}

void SimulatedConnection::limit(config::Duration limit) {
  limit_.expires_after(limit);
  limit_.async_wait([weak = weak_from_this()](error_code error) {
    const auto connection = weak.lock();
    if (error || !connection) return;
    // A handler that was already on its way when the limit moved must not fire.
    if (connection->limit_.expiry() > config::Clock::now()) return;
    error_code ignored;
    connection->socket.close(ignored);
  });
}

void SimulatedConnection::unlimited() {
  limit_.expires_at(config::TimePoint::max());
}

asio::awaitable<bool> SimulatedConnection::write(std::string bytes) {
  limit(write_limit);
  const auto buffer = asio::buffer(bytes);
  const auto [error, size] = co_await asio::async_write(socket, buffer, as_values);
  // Whoever waits next sets a limit of its own, or means to wait as long as it takes.
  unlimited();
  co_return !error;
}

SimulatedVisit::SimulatedVisit(std::shared_ptr<SimulatedConnection> connection, routing::Ticket ticket)
    : connection_(std::move(connection)),
      ticket_(ticket),
      watch_(std::make_shared<Watch>(Watch{asio::steady_timer{connection_->socket.get_executor()}})) {
  server().visits.insert(this);
  ++server().tally.under_way;
  connection_->socket.async_wait(tcp::socket::wait_read,
                                 [connection = connection_, watch = watch_](error_code error) {
                                   // An error: the hosts stop and closed the socket, or the request is over
                                   // and nobody listens.
                                   if (!error && !is_gone(connection->socket)) return;
                                   watch->left = true;
                                   watch->wake.cancel();
                                 });
}

SimulatedVisit::~SimulatedVisit() {
  server().visits.erase(this);
  --server().tally.under_way;
  error_code ignored;
  connection_->socket.cancel(ignored);
  server().model.release(ticket_, server().now());
  for (SimulatedVisit* const other : server().visits) {
    if (other->in_line_) other->watch_->wake.cancel();
  }
}

routing::HostProgress SimulatedVisit::progress() {
  const routing::HostProgress progress = server().model.progress(ticket_, server().now());
  in_line_ = progress.phase == routing::Phase::waiting;
  return progress;
}

asio::awaitable<void> SimulatedVisit::sleep_until(std::optional<config::TimePoint> time) {
  WorldClock& clock = *server().clock;
  if (time && clock.pace() == WorldClock::Pace::jumps) {
    clock.jump_to(*time);
    co_await asio::post(connection_->socket.get_executor(), asio::use_awaitable);
    co_return;
  }
  watch_->wake.expires_at(time ? clock.real(*time) : config::TimePoint::max());
  co_await watch_->wake.async_wait(as_values);
}

}  // namespace providers
