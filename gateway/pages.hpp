// What the control loop can tell a client's connection on a data loop. An interface, so that sessions can be
// tested without a second thread.
#pragma once

#include <string>

#include "providers/task.hpp"

namespace gateway {

struct Reloaded {
  int status = 200;  // 400 when the new configuration has errors; the one before stays
  std::string body;
};

class Pages {
 public:
  virtual ~Pages() = default;
  virtual providers::Task<std::string> metrics() = 0;
  virtual providers::Task<std::string> status() = 0;
  // Loads the configuration again: what came of it, as JSON.
  virtual providers::Task<Reloaded> reload() = 0;
};

}  // namespace gateway
