// The end of a gateway's data loops: announced, then requests under way come to their end, at last they are
// broken off. Belongs to the control loop's thread, which ends when they have.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/control/admin_door.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/run/data_loop.hpp"

namespace gateway {

class Drain {
 public:
  // All must outlive it; the door, where there is one, is watched until the last reply has ended.
  Drain(ControlLoop& control, const std::vector<std::unique_ptr<DataLoop>>& loops,
        std::optional<AdminDoor>& admin)
      : control_(control), loops_(loops), admin_(admin), limit_(control.io()) {}

  void adopt(const config::ServingLimits& limits) {
    delay_ = limits.drain_delay;
    timeout_ = limits.drain_timeout;
  }
  bool has_begun() const { return has_begun_; }
  // Who asks whether it is ready is told no for a while, then connections are no longer accepted.
  void announce();
  // No connection is accepted from now on; after the limit what is left is broken off.
  void begin(Listener::Queued queued);
  // Ends every reply with an error, and the loops even where that does not end all they do.
  void break_off();

 private:
  void one_drained();

  ControlLoop& control_;
  const std::vector<std::unique_ptr<DataLoop>>& loops_;
  std::optional<AdminDoor>& admin_;
  boost::asio::steady_timer limit_;
  std::chrono::milliseconds delay_{}, timeout_{};
  bool has_begun_ = false;
  std::size_t left_ = 0;  // loops that have not drained
};

}  // namespace gateway
