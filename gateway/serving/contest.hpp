// Between the attempts of one request that are under way at the same time: the first whose host shows that it
// answers gets the client, the other is given up. Belongs to one request.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "gateway/request/interruption.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class Contest final : private providers::Alarm {
 public:
  explicit Contest(providers::Timer& timer) : timer_(timer) {}

  // While it lives, an attempt takes part. `target` is what gives it up.
  class Entry {
   public:
    Entry(Contest* contest, std::size_t leg, Interruptible& target) : contest_(contest), leg_(leg) {
      if (contest_) contest_->targets_[leg_] = &target;
    }
    ~Entry() {
      if (contest_) contest_->targets_[leg_] = nullptr;
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    Contest* const contest_;
    const std::size_t leg_;
  };

  bool is_decided() const { return winner_.has_value(); }
  // Whether no other attempt is under way, so that what both read of the request may go.
  bool is_alone(std::size_t leg) const { return !targets_[1 - leg]; }
  bool has_lost(std::size_t leg) const { return winner_ && *winner_ != leg; }
  // Whether the client gets what this one answers. The other is given up at the timer's next turn: whoever
  // claims is in the middle of reading, on the loop's scratch space, which the end of the other needs.
  bool claim(std::size_t leg) {
    if (winner_) return *winner_ == leg;
    winner_ = leg;
    timer_.set(*this, timer_.now() + std::chrono::milliseconds(1));
    return true;
  }
  // Once it is decided: the other may end before this returns.
  void give_up_loser() {
    cancel();
    Interruptible* const loser = winner_ ? targets_[1 - *winner_] : nullptr;
    if (loser) loser->interrupt(routing::FailureKind::outrun);
  }

 private:
  void ring() override { give_up_loser(); }

  providers::Timer& timer_;
  std::array<Interruptible*, 2> targets_{};
  std::optional<std::size_t> winner_{};
};

}  // namespace gateway
