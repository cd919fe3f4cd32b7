// Ends what a request waits for when its client has left or a limit has passed, and remembers why.
// Belongs to one data loop; lives as long as its request.
#pragma once

#include <optional>

#include "providers/connection.hpp"
#include "routing/outcome.hpp"

namespace gateway {

// What can be ended from outside: an exchange with a host, a sleep between attempts.
class Interruptible {
 public:
  virtual void interrupt() = 0;

 protected:
  ~Interruptible() = default;
};

class Interruption final : public providers::Connection::Watcher {
 public:
  // What the request waits for now. Interrupted at once when the interruption came before.
  class Aim {
   public:
    Aim(Interruption& interruption, Interruptible& target) : interruption_(interruption) {
      interruption_.target_ = &target;
      if (interruption_.client_left_) target.interrupt();
    }
    ~Aim() { interruption_.target_ = nullptr; }
    Aim(const Aim&) = delete;
    Aim& operator=(const Aim&) = delete;

   private:
    Interruption& interruption_;
  };

  bool client_left() const { return client_left_; }
  void peer_left() override {
    client_left_ = true;
    if (target_) target_->interrupt();
  }

 private:
  Interruptible* target_ = nullptr;
  bool client_left_ = false;
};

}  // namespace gateway
