#include "gateway/data_loop.hpp"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>

#include "providers/http_provider.hpp"
#include "providers/plain_connection.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

// What the kernel may hold for one client that reads slowly.
constexpr int send_buffer = 128 * 1024;

std::shared_ptr<const Hosts> hosts_of(std::shared_ptr<const Generation> generation, asio::io_context& io,
                                      providers::Timer& timer, providers::Resolver& resolver) {
  auto hosts = std::make_shared<Hosts>();
  for (const config::ProviderSettings& provider : generation->catalogue->settings().providers) {
    hosts->providers.push_back(std::make_unique<providers::HttpProvider>(provider, io, timer, resolver));
  }
  hosts->generation = std::move(generation);
  return hosts;
}

}  // namespace

DataLoop::DataLoop(std::uint64_t seed, Outbox::Deliver deliver, Pages& pages, Metrics& metrics)
    : services_{.timer = timer_, .outbox = Outbox(timer_, std::move(deliver)), .dice = Dice(seed)},
      front_{.services = services_, .pages = pages, .metrics = metrics} {}

void DataLoop::adopt(std::shared_ptr<const Generation> generation,
                     std::shared_ptr<const routing::Snapshot> snapshot) {
  const routing::Catalogue& catalogue = *generation->catalogue;
  services_.counted = catalogue.settings().records.file.empty()
                          ? nullptr
                          : std::make_unique<routing::InFlight>(catalogue.endpoints().size());
  services_.hosts = hosts_of(std::move(generation), io_, timer_, resolver_);
  services_.snapshot = std::move(snapshot);
}

void DataLoop::learn(std::shared_ptr<const routing::Snapshot> snapshot) {
  // One taken before a reload that this loop has seen already is of no use.
  if (snapshot->catalogue == services_.hosts->generation->catalogue) services_.snapshot = std::move(snapshot);
}

Tcp::endpoint DataLoop::listen(const Tcp::endpoint& address) {
  acceptor_.open(address.protocol());
  acceptor_.set_option(Tcp::acceptor::reuse_address(true));
  const int on = 1;
  if (::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    throw boost::system::system_error(errno, boost::system::system_category(), "SO_REUSEPORT");
  }
  // Accepted sockets inherit both.
  acceptor_.set_option(Tcp::no_delay(true));
  acceptor_.set_option(asio::socket_base::send_buffer_size(send_buffer));
  acceptor_.bind(address);
  acceptor_.listen(4096);
  accept();
  return acceptor_.local_endpoint();
}

void DataLoop::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, providers::Connection::Socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      open_connections_.fetch_add(1, std::memory_order_relaxed);
      providers::ConnectionPtr connection(new providers::PlainConnection(std::move(socket)));
      asio::co_spawn(io_, session(front_, std::move(connection)), [this](std::exception_ptr fault) {
        if (fault) front_.metrics.count(Event::escaped_exception);
        ended();
      });
    }
    const bool out_of_descriptors = error == asio::error::no_descriptors ||
                                    error == boost::system::errc::too_many_files_open_in_system ||
                                    error == asio::error::no_memory;
    if (out_of_descriptors || open_connections() >= most_connections_) {
      pause_accepting();
    } else {
      accept();
    }
  });
}

void DataLoop::pause_accepting() {
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

void DataLoop::ended() {
  const bool last = open_connections_.fetch_sub(1, std::memory_order_relaxed) == 1;
  if (last && drained_) {
    services_.outbox.flush();
    std::exchange(drained_, nullptr)();
  }
}

void DataLoop::drain(std::function<void()> done) {
  front_.draining = true;
  drained_ = std::move(done);
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  accept_again_.cancel();
  if (open_connections() == 0) {
    open_connections_.fetch_add(1, std::memory_order_relaxed);
    ended();
    return;
  }
  for (OpenSession& open : front_.sessions) {
    if (!open.serving) open.connection->close();
  }
}

void DataLoop::stop() {
  for (OpenSession& open : front_.sessions) open.connection->close();
}

}  // namespace gateway
