// Tells the supervisor that the process is alive as long as all of its loops are. Belongs to the loop that it
// was made for.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <vector>

#include "gateway/process/supervisor.hpp"

namespace gateway {

class Heartbeat {
 public:
  // `supervisor` must outlive it.
  Heartbeat(boost::asio::io_context& io, const Supervisor& supervisor) : supervisor_(supervisor), next_(io) {}

  // A loop of `others` that stands still answers no more, and then nobody says that the gateway is alive.
  // They must outlive this, or ease() come first. Does nothing where nobody watches.
  void beat(std::vector<boost::asio::io_context*> others);
  // Loops may end from now on.
  void ease() { others_.clear(); }

 private:
  void look();

  const Supervisor& supervisor_;
  boost::asio::steady_timer next_;
  std::vector<boost::asio::io_context*> others_;
  std::atomic<std::size_t> alive_{0};  // of those, since the supervisor was told
};

}  // namespace gateway
