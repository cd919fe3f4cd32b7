// A coroutine of one data loop, and a place where one waits for another party of the same loop.
//
// A task begins when it is awaited, on the stack of whoever awaits it, and costs a frame (frames.hpp) and two
// calls: no executor, no queue, no lock. What ends at once never suspends the one who awaits it. Frames are
// nested by ownership: destroying a task that waits destroys all that it waits in.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "providers/loop/frames.hpp"

namespace providers {

template <class T>
class [[nodiscard]] Task;

namespace detail {

class PromiseBase {
 public:
  static void* operator new(std::size_t size) { return take_frame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { give_frame(frame, size); }

  struct Ended {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const std::coroutine_handle<> awaits = ended.promise().awaits_;
      return awaits ? awaits : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  Ended final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { fault_ = std::current_exception(); }

  void resume_at_end(std::coroutine_handle<> awaits) { awaits_ = awaits; }
  void rethrow() const {
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  std::coroutine_handle<> awaits_;  // none while the task runs on the stack of the one who awaits it
  std::exception_ptr fault_;
};

template <class T>
class Promise final : public PromiseBase {
 public:
  Task<T> get_return_object();
  template <class Value>
  void return_value(Value&& value) {
    value_.emplace(std::forward<Value>(value));
  }
  T take() {
    rethrow();
    return *std::move(value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const { rethrow(); }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  // To be awaited once.
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaits) const {
    frame_.resume();
    if (frame_.done()) return false;
    frame_.promise().resume_at_end(awaits);
    return true;
  }
  T await_resume() const { return frame_.promise().take(); }

  // Instead of awaiting it, for whoever has several under way: begins it, and says who goes on when it ends,
  // which may be nobody. Once only.
  void start() const { frame_.resume(); }
  void resume_at_end(std::coroutine_handle<> waiting) const { frame_.promise().resume_at_end(waiting); }
  bool has_ended() const { return frame_.done(); }
  T take() const { return frame_.promise().take(); }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace detail

// One coroutine at a time waits here until wake(). Belongs to one loop. Allocates nothing.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  auto wait() {
    struct Wait {
      Waiter& waiter;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiting) const noexcept { waiter.set(waiting); }
      void await_resume() const noexcept {}
    };
    return Wait{*this};
  }
  // For whoever has a way of his own to wait: resumed by wake() as if in wait().
  void set(std::coroutine_handle<> waiting) { waiting_ = waiting; }
  bool waited_for() const { return waiting_ != nullptr; }
  // Resumes the one who waits, before wake() returns: call it last, `this` may be gone afterwards.
  void wake() {
    if (waiting_) std::exchange(waiting_, nullptr).resume();
  }

 private:
  std::coroutine_handle<> waiting_;
};

}  // namespace providers
