// Ends what a request waits for when its client has left or the gateway stops, and remembers why.
// Belongs to one data loop; lives as long as its request.
#pragma once

#include <optional>

#include "providers/net/connection.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// What can be ended from outside: an exchange with a host, a sleep between attempts.
class Interruptible {
 public:
  // `why` is what the attempt under way is said to have failed by.
  virtual void interrupt(routing::FailureKind why) = 0;

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
      if (interruption_.why_) target.interrupt(*interruption_.why_);
    }
    ~Aim() { interruption_.target_ = nullptr; }
    Aim(const Aim&) = delete;
    Aim& operator=(const Aim&) = delete;

   private:
    Interruption& interruption_;
  };

  bool client_left() const { return why_ == routing::FailureKind::client_left; }
  // The gateway stops: there is time for a last word to the client, but not for the host.
  bool stopping() const { return why_ == stopped; }
  bool over() const { return why_.has_value(); }
  void peer_left() override { end(routing::FailureKind::client_left); }
  void stop() { end(stopped); }

 private:
  // To the host it is a request whose time was up, and no fault of its own.
  static constexpr routing::FailureKind stopped = routing::FailureKind::deadline;

  void end(routing::FailureKind why) {
    if (!why_) why_ = why;
    if (target_) target_->interrupt(*why_);
  }

  Interruptible* target_ = nullptr;
  std::optional<routing::FailureKind> why_{};
};

}  // namespace gateway
