// One simulated host as it runs: its model, its port, the clients connected to it and their requests.
// Belongs to the thread of its loop, but for the tally.
#pragma once

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/values/fleet.hpp"
#include "providers/simulated/world_clock.hpp"
#include "routing/host_model/drifting_world.hpp"
#include "routing/host_model/host_model.hpp"

namespace providers {

class SimulatedVisit;

constexpr auto as_values = boost::asio::as_tuple(boost::asio::use_awaitable);

// What has happened at a host. Written by its loop, read by anybody.
struct SimulatedTally {
  std::atomic<std::uint64_t> connections{0}, requests{0}, refused{0}, completed{0}, broken{0}, aborted{0},
      tokens{0}, faults{0};
  std::atomic<int> open_connections{0}, under_way{0};
};

struct SimulatedServer {
  SimulatedServer(boost::asio::io_context& io, const config::Fleet& fleet, std::size_t host,
                  std::shared_ptr<WorldClock> fleet_clock, config::TimePoint start);

  config::TimePoint now() const { return clock->at(config::Clock::now()); }
  // Header lines that tell what is left of the host's limits.
  std::string limit_fields();
  // The luck of a request: of what it says, and of how often it came, so that two fleets of one seed treat
  // the same requests alike, whatever came between.
  std::uint64_t luck_for(std::uint64_t words);
  // What it is asked for.
  std::vector<std::string> model_ids() const {
    std::vector<std::string> ids{model_id};
    for (const config::ModelName& name : settings.also) ids.push_back(name.text);
    return ids;
  }

  const config::SimulatedHost settings;
  const config::SimulatedModel served;
  const std::string model_id;  // what this host calls the model
  const std::shared_ptr<WorldClock> clock;
  routing::DriftingWorld world;
  routing::HostModel model;
  boost::asio::ip::tcp::acceptor acceptor;
  std::uint16_t port = 0;
  std::set<boost::asio::ip::tcp::socket*> sockets;
  std::set<SimulatedVisit*> visits;
  SimulatedTally tally;
  std::unordered_map<std::uint64_t, std::uint32_t> times_said;
};

// A client's connection. Shared with handlers that may run once more after its session has ended.
class SimulatedConnection : public std::enable_shared_from_this<SimulatedConnection> {
 public:
  SimulatedConnection(std::shared_ptr<SimulatedServer> at, boost::asio::ip::tcp::socket accepted);
  ~SimulatedConnection();
  SimulatedConnection(const SimulatedConnection&) = delete;
  SimulatedConnection& operator=(const SimulatedConnection&) = delete;

  // Closes the connection unless `limit` is called again within `limit`.
  void limit(config::Duration limit);
  void unlimited();
  // Whether the client took it, within a limit.
  boost::asio::awaitable<bool> write(std::string bytes);

  const std::shared_ptr<SimulatedServer> server;
  boost::asio::ip::tcp::socket socket;

 private:
  boost::asio::steady_timer limit_;
};

// A request that was let in. Gives its place back however it ends, so that nobody waits for a client that
// left.
class SimulatedVisit {
 public:
  SimulatedVisit(std::shared_ptr<SimulatedConnection> connection, routing::Ticket ticket);
  ~SimulatedVisit();
  SimulatedVisit(const SimulatedVisit&) = delete;
  SimulatedVisit& operator=(const SimulatedVisit&) = delete;

  bool client_left() const { return watch_->left; }
  routing::HostProgress progress();
  const routing::Answer& answer() const { return server().model.answer(ticket_); }
  // Until the world's clock shows `time`, or the client leaves, or, for a request in line, its turn may have
  // come.
  boost::asio::awaitable<void> sleep_until(std::optional<config::TimePoint> time);

  SimulatedServer& server() const { return *connection_->server; }
  SimulatedConnection& connection() const { return *connection_; }

 private:
  // Shared with the handler that notices the client leaving.
  struct Watch {
    boost::asio::steady_timer wake;
    bool left = false;
  };

  std::shared_ptr<SimulatedConnection> connection_;
  routing::Ticket ticket_;
  std::shared_ptr<Watch> watch_;
  bool in_line_ = true;
};

}  // namespace providers
