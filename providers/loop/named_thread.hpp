// Threads whose names `top -H`, debuggers and profilers show.
#pragma once

#include <pthread.h>

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

}  // namespace providers
