// The simulated hosts that run inside a gateway without a configuration: on a thread and on ports of their
// own, reached over HTTP like any other host.
#pragma once

#include <boost/asio/io_context.hpp>
#include <thread>
#include <vector>

#include "config/values/fleet.hpp"
#include "providers/simulated/simulated_hosts.hpp"

namespace gateway {

class DemoHosts {
 public:
  // Listens and serves at once. Throws std::runtime_error when it cannot.
  explicit DemoHosts(const config::Fleet& fleet);
  // Stops serving.
  ~DemoHosts();
  DemoHosts(const DemoHosts&) = delete;
  DemoHosts& operator=(const DemoHosts&) = delete;

  const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  boost::asio::io_context io_{1};
  providers::SimulatedHosts hosts_;
  std::vector<std::uint16_t> ports_;
  std::thread thread_;
};

}  // namespace gateway
