// What the control loop can tell a client's connection on a data loop. An interface, so that sessions can be
// tested without a second thread.
#pragma once

#include <string>

#include "providers/task.hpp"

namespace gateway {

class Pages {
 public:
  virtual ~Pages() = default;
  virtual providers::Task<std::string> metrics() = 0;
  virtual providers::Task<std::string> status() = 0;
};

}  // namespace gateway
