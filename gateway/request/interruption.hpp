// Ends what a request waits for when its client has left or the gateway stops, and remembers why.
// Belongs to one data loop; lives as long as its request.
#pragma once

#include <array>
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
  // What the request waits for now; at most two at a time. Interrupted at once when the interruption came
  // before.
  class Aim {
   public:
    Aim(Interruption& interruption, Interruptible& target) : place_(interruption.free_place()) {
      place_ = &target;
      if (interruption.why_) target.interrupt(*interruption.why_);
    }
    ~Aim() { place_ = nullptr; }
    Aim(const Aim&) = delete;
    Aim& operator=(const Aim&) = delete;

   private:
    Interruptible*& place_;
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

  // The last interrupt may end the request, and this with it.
  void end(routing::FailureKind why) {
    if (!why_) why_ = why;
    const routing::FailureKind first = *why_;
    if (targets_[0] && targets_[1]) targets_[0]->interrupt(first);
    Interruptible* const last = targets_[1] ? targets_[1] : targets_[0];
    if (last) last->interrupt(first);
  }
  Interruptible*& free_place() { return targets_[0] ? targets_[1] : targets_[0]; }

  std::array<Interruptible*, 2> targets_{};
  std::optional<routing::FailureKind> why_{};
};

}  // namespace gateway
