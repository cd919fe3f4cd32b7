// Does something again and again on one loop, each time so long after it was done before. Ends with its
// owner, or when it is told to.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <utility>

namespace providers {

class Regularly {
 public:
  explicit Regularly(boost::asio::io_context& io) : timer_(io) {}

  void begin(std::chrono::milliseconds every, std::function<void()> what) {
    every_ = every;
    what_ = std::move(what);
    goes_on_ = true;
    wait();
  }
  // Also while it is done.
  void end() {
    goes_on_ = false;
    timer_.cancel();
  }

 private:
  void wait() {
    timer_.expires_after(every_);
    timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      what_();
      if (goes_on_) wait();
    });
  }

  boost::asio::steady_timer timer_;
  std::chrono::milliseconds every_{};
  std::function<void()> what_;
  bool goes_on_ = false;
};

}  // namespace providers
