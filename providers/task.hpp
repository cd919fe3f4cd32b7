// A coroutine of one data loop, and a place where one waits for another party of the same loop.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace providers {

template <class T>
using Task = boost::asio::awaitable<T>;

// One coroutine at a time waits here until wake(). Belongs to one loop. Allocates nothing of its own.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Task<void> wait() {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
        [](Handler handler, Waiter* self) { self->waiting_.emplace(std::move(handler)); },
        boost::asio::use_awaitable, this);
  }
  bool waited_for() const { return waiting_.has_value(); }
  // Resumes the one who waits, before wake() returns: call it last, `this` may be gone afterwards.
  void wake() {
    if (!waiting_) return;
    Handler handler = std::move(*waiting_);
    waiting_.reset();
    std::move(handler)();
  }

 private:
  using Handler = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;
  std::optional<Handler> waiting_;
};

}  // namespace providers
