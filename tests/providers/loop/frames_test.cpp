#include "providers/loop/frames.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

// There where AddressSanitizer is.
extern "C" [[gnu::weak]] int __asan_address_is_poisoned(const volatile void* address);

using providers::give_frame;
using providers::take_frame;

namespace {

// All at the same time, so that each has memory of its own.
std::vector<void*> taken(std::size_t count, std::size_t size) {
  std::vector<void*> frames;
  for (std::size_t i = 0; i < count; ++i) {
    frames.push_back(take_frame(size));
    std::memset(frames.back(), static_cast<int>(i), size);
  }
  return frames;
}

}  // namespace

TEST_CASE("frames of every size have memory of their own, again and again") {
  for (int round = 0; round < 3; ++round) {
    for (const std::size_t size :
         {1u, 16u, 63u, 64u, 65u, 500u, 2'047u, 2'048u, 2'049u, 4'096u, 4'097u, 100'000u}) {
      const std::vector<void*> frames = taken(200, size);
      CHECK(std::set<void*>(frames.begin(), frames.end()).size() == frames.size());
      for (std::size_t i = 0; i < frames.size(); ++i) {
        CHECK(static_cast<unsigned char*>(frames[i])[size - 1] == static_cast<unsigned char>(i));
        give_frame(frames[i], size);
      }
    }
  }
}

TEST_CASE("a frame may be given back by another thread, which may end at once") {
  std::vector<void*> frames = taken(10, 300);
  std::thread([&] {
    for (void* const frame : frames) give_frame(frame, 300);
  }).join();
  std::thread([&] { frames = taken(10, 300); }).join();
  for (void* const frame : frames) give_frame(frame, 300);
}

TEST_CASE("AddressSanitizer, where it looks, sees who uses a frame that was given back") {
  if (!__asan_address_is_poisoned) return;
  void* const frame = take_frame(300);
  CHECK_FALSE(__asan_address_is_poisoned(frame));
  give_frame(frame, 300);
  CHECK(__asan_address_is_poisoned(frame));
}
