#include "providers/loop/timer.hpp"

namespace providers {

Task<bool> Sleep::until(Timer& timer, config::TimePoint time) {
  rang_ = false;
  if (time <= timer.now()) co_return true;
  timer.set(*this, time);
  co_await waiter_.wait();
  co_return rang_;
}

void Sleep::ring() {
  rang_ = true;
  waiter_.wake();
}

void Sleep::wake() {
  cancel();
  waiter_.wake();
}

}  // namespace providers
