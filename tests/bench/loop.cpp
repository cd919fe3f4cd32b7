#include "bench/loop.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace bench {
namespace {

constexpr Nanoseconds second = 1'000'000'000;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

Nanoseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * second + time.tv_nsec;
}

Loop::Loop() : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  // The kernel may delay a wake-up by 50 us otherwise, as much as what is measured here.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

Loop::~Loop() {
  ::close(epoll_);
}

void Loop::watch(int fd, std::uint32_t events, Source& source) {
  epoll_event event{.events = events, .data = {.ptr = &source}};
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl add");
}

void Loop::rewatch(int fd, std::uint32_t events, Source& source) {
  epoll_event event{.events = events, .data = {.ptr = &source}};
  checked(::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event), "epoll_ctl mod");
}

void Loop::at(Nanoseconds time, std::function<void()> action) {
  timers_.push({time, timers_made_++, std::move(action)});
}

void Loop::run() {
  stopped_ = false;
  while (!stopped_) {
    fire_due();
    if (!stopped_) wait();
  }
}

void Loop::fire_due() {
  const Nanoseconds time = now();
  while (!stopped_ && !timers_.empty() && timers_.top().time <= time) {
    const auto action = timers_.top().action;
    timers_.pop();
    action();
  }
}

void Loop::wait() {
  timespec limit{};
  const timespec* until = nullptr;
  if (!timers_.empty()) {
    const Nanoseconds left = std::max<Nanoseconds>(0, timers_.top().time - now());
    limit = {left / second, left % second};
    until = &limit;
  }
  std::array<epoll_event, 256> events;
  const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), until, nullptr);
  if (count < 0 && errno != EINTR) checked(count, "epoll_pwait2");
  for (int i = 0; i < count && !stopped_; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Source*>(event.data.ptr)->ready(event.events);
  }
}

std::uint64_t raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace bench
