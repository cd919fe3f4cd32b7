// One epoll thread with timers of nanosecond aim, for the load generator and its mock host. Not thread-safe.
// Times are CLOCK_MONOTONIC nanoseconds, which two processes of one machine share.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace bench {

using Nanoseconds = std::int64_t;

Nanoseconds now();

// Something with a file descriptor. It may destroy itself in ready(), but nothing else that is watched:
// the batch in hand may still hold the other's event. Timers may destroy anything.
class Source {
 public:
  virtual ~Source() = default;
  virtual void ready(std::uint32_t events) = 0;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void watch(int fd, std::uint32_t events, Source& source);
  void rewatch(int fd, std::uint32_t events, Source& source);

  // Timers cannot be taken back: let them find out that their purpose is gone.
  void at(Nanoseconds time, std::function<void()> action);

  void run();
  void stop() { stopped_ = true; }

 private:
  struct Timer {
    Nanoseconds time;
    std::uint64_t order;  // of two equal times the older timer comes first
    std::function<void()> action;
    bool operator<(const Timer& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  void fire_due();
  void wait();

  int epoll_;
  bool stopped_ = false;
  std::uint64_t timers_made_ = 0;
  std::priority_queue<Timer> timers_;
};

// Raises the soft limit on open files to the hard one and returns it.
std::uint64_t raise_file_limit();

}  // namespace bench
