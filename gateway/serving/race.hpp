// Up to two attempts of one request under way at the same time, and the coroutine that waits for whichever
// ends first, or for a time. Belongs to one request; the attempts it began must not outlive what they were
// given.
#pragma once

#include <array>
#include <optional>

#include "gateway/serving/attempt.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class Race final : private providers::Alarm {
 public:
  explicit Race(providers::Timer& timer) : timer_(timer) {}

  // Begins on the stack of the caller, and may have ended when this returns.
  void begin(std::size_t leg, providers::Task<Tried> task) {
    tasks_[leg].emplace(std::move(task));
    tasks_[leg]->start();
  }
  bool is_under_way(std::size_t leg) const { return tasks_[leg] && !tasks_[leg]->has_ended(); }
  // Of one that has ended; throws what it threw.
  Tried take(std::size_t leg) { return tasks_[leg]->take(); }

  // Waits until one of those that were under way has ended, or the time has come. At once where one has ended
  // since it was looked at last.
  auto next(std::optional<config::TimePoint> time = {}) {
    struct Wait {
      Race& race;
      std::optional<config::TimePoint> time;
      bool await_ready() const { return race.has_news(); }
      void await_suspend(std::coroutine_handle<> waiting) { race.wait(waiting, time); }
      void await_resume() const { race.look(); }
    };
    return Wait{*this, time};
  }

 private:
  bool has_news() const {
    for (std::size_t leg = 0; leg < tasks_.size(); ++leg) {
      if (tasks_[leg] && tasks_[leg]->has_ended() && !seen_[leg]) return true;
    }
    return false;
  }
  void wait(std::coroutine_handle<> waiting, std::optional<config::TimePoint> time) {
    waiting_ = waiting;
    resume_at_end(waiting);
    if (time) timer_.set(*this, *time);
  }
  void look() {
    waiting_ = nullptr;
    cancel();
    resume_at_end(nullptr);
    for (std::size_t leg = 0; leg < tasks_.size(); ++leg)
      seen_[leg] = tasks_[leg] && tasks_[leg]->has_ended();
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
  std::array<std::optional<providers::Task<Tried>>, 2> tasks_{};
  std::array<bool, 2> seen_{};
  std::coroutine_handle<> waiting_{};
};

}  // namespace gateway
