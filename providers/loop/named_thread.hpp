// Threads whose names `top -H`, debuggers and profilers show.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <thread>
#include <utility>

namespace providers {

// Runs `work` on a thread of its own. `name` has at most 15 bytes, which is all that Linux keeps, and stays.
template <class Work>
std::thread named_thread(const char* name, Work work) {
  return std::thread([name, work = std::move(work)]() mutable {
    ::pthread_setname_np(::pthread_self(), name);
    work();
  });
}

// One that writes what happened, for which no request waits: as it wakes it takes no core from those who
// serve, but has its share of them (sched(7), SCHED_BATCH).
template <class Work>
std::thread patient_thread(const char* name, Work work) {
  return named_thread(name, [work = std::move(work)]() mutable {
    const sched_param no_priority{};
    ::sched_setscheduler(0, SCHED_BATCH, &no_priority);  // of this thread; where it may not, nothing is lost
    work();
  });
}

}  // namespace providers
