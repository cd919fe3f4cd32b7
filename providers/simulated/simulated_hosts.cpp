#include "providers/simulated/simulated_hosts.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "providers/simulated/simulated_response.hpp"
#include "providers/simulated/simulated_server.hpp"

namespace providers {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
template <class T>
using Task = asio::awaitable<T>;
using Server = std::shared_ptr<SimulatedServer>;
using Connection = std::shared_ptr<SimulatedConnection>;

constexpr std::size_t buffer_limit = 32 * 1024;  // Beast 1.81 throws past us on longer trailers
constexpr std::uint32_t header_limit = 16 * 1024;
constexpr std::uint64_t body_limit = 64u << 20;
constexpr int send_buffer = 128 * 1024;  // so that a reader who stalls holds the host back
constexpr std::chrono::seconds idle_limit{75};
constexpr std::chrono::seconds body_time{60};
constexpr std::chrono::milliseconds accept_pause{50};  // when descriptors have run out

// What is not HTTP, or too long, is answered; who has gone is not.
std::optional<SimulatedError> fault_of(error_code error) {
  if (error == http::error::body_limit) {
    return SimulatedError{413, "The body is too long.", "invalid_request_error", "", ""};
  }
  const bool is_http = error.category() == make_error_code(http::error::bad_version).category();
  if (!is_http || error == http::error::end_of_stream || error == http::error::partial_message)
    return std::nullopt;
  return SimulatedError{400, "This is not HTTP as we know it: " + error.message() + '.',
                        "invalid_request_error", "", ""};
}

Task<After> close_after(Connection connection, error_code error) {
  if (const auto fault = fault_of(error)) {
    Task<After> refusal = refuse(*connection, After::close, *fault);
    co_await std::move(refusal);
  }
  co_return After::close;
}

SimulatedCall taken_from(http::request<http::string_body>&& message) {
  SimulatedCall call;
  const auto method = message.method_string();
  call.method.assign(method.data(), method.size());
  const std::string_view target{message.target().data(), message.target().size()};
  const std::size_t mark = std::min(target.find('?'), target.size());
  call.path = target.substr(0, mark);
  call.query = target.substr(std::min(mark + 1, target.size()));
  const auto authorization = message[http::field::authorization];
  call.authorization.assign(authorization.data(), authorization.size());
  for (const char* const name : {"x-api-key", "x-goog-api-key", "api-key"}) {
    const auto key = message[name];
    if (!key.empty()) call.api_key.assign(key.data(), key.size());
  }
  call.arrival = {message.version(), message.keep_alive() ? After::keep_open : After::close};
  call.body = std::move(message.body());
  return call;
}

Task<After> one_request(Connection connection, boost::beast::flat_buffer& buffer) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(header_limit);
  parser.body_limit(body_limit);
  connection->limit(idle_limit);
  const auto [header_error, header_size] =
      co_await http::async_read_header(connection->socket, buffer, parser, as_values);
  if (header_error) co_return co_await close_after(connection, header_error);
  if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool taken = co_await connection->write(std::move(go_on));
    if (!taken) co_return After::close;
  }
  connection->limit(body_time);
  const auto [error, size] = co_await http::async_read(connection->socket, buffer, parser, as_values);
  if (error) co_return co_await close_after(connection, error);
  connection->unlimited();
  const SimulatedCall call = taken_from(parser.release());
  Task<After> response = respond(connection, call);
  co_return co_await std::move(response);
}

Task<void> session(Server server, tcp::socket socket) {
  const auto connection = std::make_shared<SimulatedConnection>(std::move(server), std::move(socket));
  boost::beast::flat_buffer buffer{buffer_limit};
  for (;;) {
    const After after = co_await one_request(connection, buffer);
    if (after == After::close) break;
  }
  error_code ignored;
  connection->socket.shutdown(tcp::socket::shutdown_both, ignored);
  connection->socket.close(ignored);
}

struct CountFaults {
  Server server;
  void operator()(std::exception_ptr fault) const {
    if (fault) ++server->tally.faults;
  }
};

Task<void> listen(Server server) {
  const auto executor = server->acceptor.get_executor();
  asio::steady_timer pause{executor};
  while (server->acceptor.is_open()) {
    auto [error, socket] = co_await server->acceptor.async_accept(as_values);
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay{true}, ignored);
      socket.set_option(tcp::socket::send_buffer_size{send_buffer}, ignored);
      asio::co_spawn(executor, session(server, std::move(socket)), CountFaults{server});
    } else if (server->acceptor.is_open()) {
      pause.expires_after(accept_pause);
      co_await pause.async_wait(as_values);
    }
  }
}

void open(SimulatedServer& server, const std::string& host, std::uint16_t port) {
  try {
    const tcp::endpoint endpoint{asio::ip::make_address(host), port};
    server.acceptor.open(endpoint.protocol());
    server.acceptor.set_option(tcp::acceptor::reuse_address{true});
    server.acceptor.bind(endpoint);
    server.acceptor.listen();
    server.port = server.acceptor.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("simulated host " + server.settings.name.text + " cannot listen on " + host +
                             ':' + std::to_string(port) + ": " + error.code().message());
  }
}

}  // namespace

struct SimulatedHosts::State {
  config::Fleet fleet;
  std::vector<Server> servers;
};

SimulatedHosts::SimulatedHosts(asio::io_context& io, const config::Fleet& fleet)
    : state_(std::make_shared<State>(State{fleet, {}})) {
  const config::TimePoint start = config::Clock::now();
  const auto clock = std::make_shared<WorldClock>(fleet.time_scale, start);
  for (std::size_t i = 0; i < fleet.hosts.size(); ++i) {
    state_->servers.push_back(std::make_shared<SimulatedServer>(io, fleet, i, clock, start));
  }
}

SimulatedHosts::~SimulatedHosts() {
  stop();
}

void SimulatedHosts::start() {
  const config::Fleet& fleet = state_->fleet;
  for (std::size_t i = 0; i < state_->servers.size(); ++i) {
    open(*state_->servers[i], fleet.listen, config::configured_port(fleet, i));
  }
  for (const Server& server : state_->servers) {
    asio::co_spawn(server->acceptor.get_executor(), listen(server), CountFaults{server});
  }
}

void SimulatedHosts::stop() {
  error_code ignored;
  for (const Server& server : state_->servers) {
    server->acceptor.close(ignored);
    for (tcp::socket* const socket : server->sockets) socket->close(ignored);
  }
}

std::vector<std::uint16_t> SimulatedHosts::ports() const {
  std::vector<std::uint16_t> ports;
  for (const Server& server : state_->servers) ports.push_back(server->port);
  return ports;
}

HostCounters SimulatedHosts::counters(std::size_t host) const {
  const SimulatedTally& tally = state_->servers[host]->tally;
  return {.connections = tally.connections,
          .requests = tally.requests,
          .refused = tally.refused,
          .completed = tally.completed,
          .broken = tally.broken,
          .aborted = tally.aborted,
          .tokens = tally.tokens,
          .faults = tally.faults,
          .open_connections = tally.open_connections,
          .under_way = tally.under_way};
}

}  // namespace providers
