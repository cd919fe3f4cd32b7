#include "gateway/overload/loop_lag.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

namespace gateway {

LoopLag::LoopLag(boost::asio::io_context& loop, providers::Timer& timer)
    : readiness_(boost::asio::use_service<providers::Readiness>(loop)),
      timer_(timer),
      mark_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (mark_ >= 0 && readiness_.add(mark_, *this)) return;
  if (mark_ >= 0) ::close(mark_);
  mark_ = -1;
}

LoopLag::~LoopLag() {
  if (mark_ < 0) return;
  if (is_out_) readiness_.end_wait();
  readiness_.remove(*this);
  ::close(mark_);
}

void LoopLag::watch() {
  if (std::exchange(idle_looks_, 0) < looks_without_anybody || mark_ < 0) return;
  last_ = {};
  timer_.set(*this, timer_.now() + look_every);
}

config::Duration LoopLag::lag() const {
  config::Duration least = *std::ranges::min_element(last_);
  // One that is still not come upon is at least as late.
  if (is_out_) least = std::max(least, std::min(timer_.now() - put_, *std::ranges::max_element(last_)));
  return least;
}

void LoopLag::ring() {
  if (++idle_looks_ > looks_without_anybody) return;
  timer_.set(*this, timer_.now() + look_every);
  if (is_out_ || mark_ < 0) return;
  constexpr std::uint64_t one = 1;
  if (::write(mark_, &one, sizeof one) != sizeof one) return;
  put_ = timer_.now();
  is_out_ = true;
  readiness_.begin_wait();
}

void LoopLag::ready(std::uint32_t events) {
  if (!is_out_ || (events & EPOLLIN) == 0) return;
  is_out_ = false;
  readiness_.end_wait();
  note(timer_.now() - put_);
}

void LoopLag::note(config::Duration lag) {
  last_[next_] = lag;
  next_ = (next_ + 1) % last_.size();
}

}  // namespace gateway
