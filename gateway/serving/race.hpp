// The attempts of one request that are under way, at most two, and the coroutine that waits for whichever
// ends first, or for a time. The first whose host shows that it answers gets the client. Belongs to one
// request; the attempts it began must not outlive what they were given.
#pragma once

#include <array>
#include <optional>

#include "gateway/serving/attempt.hpp"
#include "providers/loop/timer.hpp"
#include "routing/decision/journey.hpp"

namespace gateway {

class Race final : private providers::Alarm {
 public:
  using Leg = routing::Journey::Leg;

  // Both must outlive it.
  Race(providers::Timer& timer, routing::Journey& journey) : timer_(timer), journey_(journey) {}

  // Begins on the stack of the caller, and may have ended when this returns.
  void begin(Leg leg, providers::Task<std::unique_ptr<Tried>> task) {
    tasks_[leg].emplace(std::move(task));
    tasks_[leg]->start();
  }
  bool is_empty() const { return !tasks_[0] && !tasks_[1]; }
  bool has_ended(Leg leg) const { return tasks_[leg] && tasks_[leg]->has_ended(); }
  // Of one that has ended; throws what it threw.
  std::unique_ptr<Tried> take(Leg leg) {
    const providers::Task<std::unique_ptr<Tried>> task = std::move(*tasks_[leg]);
    tasks_[leg].reset();
    return task.take();
  }

  // Waits until one has ended, until the client is decided about, or until the time has come.
  auto next(std::optional<config::TimePoint> time) {
    struct Wait {
      Race& race;
      std::optional<config::TimePoint> time;
      bool await_ready() const { return race.has_ended(0) || race.has_ended(1); }
      void await_suspend(std::coroutine_handle<> waiting) { race.wait(waiting, time); }
      void await_resume() const { race.wakes(); }
    };
    return Wait{*this, time};
  }

  // While it lives, an attempt can be given up. `target` is what ends it.
  class Entry {
   public:
    Entry(Race& race, Leg leg, Interruptible& target) : place_(race.targets_[leg]) { place_ = &target; }
    ~Entry() { place_ = nullptr; }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    Interruptible*& place_;
  };

  // Whether the client gets what this one answers. Who waits goes on at the timer's next turn, to give up the
  // other: whoever claims is in the middle of reading, on the loop's scratch space, which the end of the
  // other needs.
  bool claim(Leg leg) {
    if (!journey_.shows(leg)) return false;
    if (!is_alone(leg)) timer_.set(*this, timer_.now() + std::chrono::milliseconds(1));
    return true;
  }
  bool has_lost(Leg leg) const { return journey_.has_lost(leg); }
  // Whether no other attempt is under way, so that what both read of the request may go.
  bool is_alone(Leg leg) const { return !targets_[1 - leg]; }
  // It may have ended before this returns.
  void give_up(Leg leg) {
    if (targets_[leg]) targets_[leg]->interrupt(routing::FailureKind::outrun);
  }

 private:
  void wait(std::coroutine_handle<> waiting, std::optional<config::TimePoint> time) {
    waiting_ = waiting;
    resume_at_end(waiting);
    if (time) timer_.set(*this, *time);
  }
  void wakes() {
    waiting_ = nullptr;
    cancel();
    resume_at_end(nullptr);
  }
  void resume_at_end(std::coroutine_handle<> waiting) {
    for (const auto& task : tasks_) {
      if (task && !task->has_ended()) task->resume_at_end(waiting);
    }
  }
  void ring() override {
    if (waiting_) std::exchange(waiting_, nullptr).resume();
  }

  providers::Timer& timer_;
  routing::Journey& journey_;
  std::array<Interruptible*, routing::Journey::most_legs> targets_{};
  std::array<std::optional<providers::Task<std::unique_ptr<Tried>>>, routing::Journey::most_legs> tasks_{};
  std::coroutine_handle<> waiting_{};
};

}  // namespace gateway
