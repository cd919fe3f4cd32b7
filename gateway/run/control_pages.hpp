// What the control loop can tell a client's connection on a data loop. An interface, so that sessions can be
// tested without a second thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "providers/loop/task.hpp"

namespace gateway {

struct Reloaded {
  int status = 200;  // 400 when the new configuration has errors; the one before stays
  std::string body;
};

// Each answer comes on the loop of the one who asks.
class Pages {
 public:
  using Loop = boost::asio::io_context;

  virtual ~Pages() = default;
  virtual providers::Task<std::string> metrics(Loop& asker) = 0;
  virtual providers::Task<std::string> status(Loop& asker) = 0;
  // Loads the configuration again: what came of it, as JSON.
  virtual providers::Task<Reloaded> reload(Loop& asker) = 0;
};

}  // namespace gateway
