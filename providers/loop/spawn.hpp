// Where tasks meet Asio: tasks that a loop runs by themselves, and waiting in one for an asynchronous
// operation. Belongs to one loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>
#include <coroutine>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "providers/loop/task.hpp"

namespace providers {

namespace detail {

// The tasks of one loop that have not ended. What is left of them goes with the loop.
class Spawned final : public boost::asio::execution_context::service {
 public:
  struct Root : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    virtual void destroy() = 0;

   protected:
    ~Root() = default;
  };

  static inline boost::asio::execution_context::id id;
  explicit Spawned(boost::asio::execution_context& loop) : service(loop) {}
  void add(Root& root) { roots_.push_back(root); }

 private:
  void shutdown() override {
    while (!roots_.empty()) roots_.front().destroy();
  }

  boost::intrusive::list<Root, boost::intrusive::constant_time_size<false>> roots_;
};

// A coroutine that nobody awaits: runs at once, and its frame goes when it ends.
struct Detached {
  struct promise_type final : Spawned::Root {
    template <class... Arguments>
    explicit promise_type(boost::asio::io_context& loop, Arguments&&...) {
      boost::asio::use_service<Spawned>(loop).add(*this);
    }
    void destroy() override { std::coroutine_handle<promise_type>::from_promise(*this).destroy(); }

    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

template <class T, class Done>
Detached run(boost::asio::io_context&, Task<T> task, Done done) {
  std::exception_ptr fault;
  std::optional<T> value;
  try {
    value.emplace(co_await std::move(task));
  } catch (...) {
    fault = std::current_exception();
  }
  done(fault, std::move(value));
}

template <class Done>
Detached run(boost::asio::io_context&, Task<void> task, Done done) {
  std::exception_ptr fault;
  try {
    co_await std::move(task);
  } catch (...) {
    fault = std::current_exception();
  }
  done(fault);
}

}  // namespace detail

// Runs the task by itself, beginning now. At its end calls done(fault), or done(fault, std::optional<T>)
// where it has a value, which must not throw. A task that has not ended when the loop goes is dropped.
template <class T, class Done>
void spawn(boost::asio::io_context& loop, Task<T> task, Done done) {
  detail::run(loop, std::move(task), std::move(done));
}

// Waits for an Asio operation: `start` is called with the handler to give to it, and awaiting gives a tuple
// of its results. For example co_await completion<error_code>([&](auto handler) { timer.async_wait(handler);
// }).
template <class... Results, class Start>
auto completion(Start start) {
  struct Wait {
    Start start;
    std::optional<std::tuple<Results...>> results;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      start([this, waiting](Results... given) {
        results.emplace(std::move(given)...);
        waiting.resume();
      });
    }
    std::tuple<Results...> await_resume() { return *std::move(results); }
  };
  return Wait{std::move(start), std::nullopt};
}

// Calls `make` on another loop and gives what it returned, or threw, on the loop of the one who waits. Either
// may be gone before that: then nobody goes on.
template <class Make>
Task<std::invoke_result_t<Make>> elsewhere(boost::asio::io_context& there, boost::asio::io_context& here,
                                           Make make) {
  using Made = std::invoke_result_t<Make>;
  auto [made, fault] = co_await completion<std::optional<Made>, std::exception_ptr>([&](auto handler) {
    boost::asio::post(there, [&here, make, handler] {
      std::optional<Made> result;
      std::exception_ptr thrown;
      try {
        result.emplace(make());
      } catch (...) {
        thrown = std::current_exception();
      }
      boost::asio::post(here, [handler, moved = std::move(result), thrown]() mutable {
        handler(std::move(moved), thrown);
      });
    });
  });
  if (fault) std::rethrow_exception(fault);
  co_return *std::move(made);
}

}  // namespace providers
