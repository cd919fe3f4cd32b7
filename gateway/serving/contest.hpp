// Between the attempts of one request that are under way at the same time: the first whose host shows that it
// answers gets the client, the other is given up at once. Belongs to one request.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "gateway/request/interruption.hpp"

namespace gateway {

class Contest {
 public:
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
  // Whether the client gets what this one answers. Gives up the other, which may end before this returns.
  bool claim(std::size_t leg) {
    if (winner_) return *winner_ == leg;
    winner_ = leg;
    if (Interruptible* other = targets_[1 - leg]) other->interrupt(routing::FailureKind::outrun);
    return true;
  }

 private:
  std::array<Interruptible*, 2> targets_{};
  std::optional<std::size_t> winner_{};
};

}  // namespace gateway
