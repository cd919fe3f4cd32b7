// An HTTP server that is every host of a fleet, each on a port of its own: OpenAI's chat
// completions and Anthropic's Messages, with the waiting, the limits and the failures that the fleet file
// describes. For trying isocost without a key and for tests; it invents its answers.
//
// Belongs to the thread that runs its loop; only `counters` may be read from elsewhere. It reads real time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/values/fleet.hpp"

namespace boost::asio {
class io_context;
}

namespace providers {

struct HostCounters {
  std::uint64_t connections = 0;  // accepted so far
  std::uint64_t requests = 0;     // chat completions, refused ones included
  std::uint64_t refused = 0;      // answered with an error
  std::uint64_t completed = 0;    // answered to the end
  std::uint64_t broken = 0;       // cut off by the host
  std::uint64_t aborted = 0;      // the client left before the end
  std::uint64_t tokens = 0;       // handed to clients
  std::uint64_t faults = 0;       // connections that ended by an exception: a bug
  int open_connections = 0;
  int under_way = 0;  // let in and not yet ended, waiting ones included
};

class SimulatedHosts {
 public:
  // Takes no port yet. `io` must outlive this object.
  SimulatedHosts(boost::asio::io_context& io, const config::Fleet& fleet);
  ~SimulatedHosts();
  SimulatedHosts(const SimulatedHosts&) = delete;
  SimulatedHosts& operator=(const SimulatedHosts&) = delete;

  // Listens. Throws std::runtime_error, naming host and port, when it cannot.
  void start();
  // Closes every port and connection. The loop runs out of work soon after.
  void stop();

  // Where each host listens, in the fleet's order; 0 before start().
  std::vector<std::uint16_t> ports() const;
  HostCounters counters(std::size_t host) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace providers
