#include "providers/loop/frames.hpp"

#include <array>
#include <new>

namespace providers {
namespace {

// Sanitizers see what happens to memory that was given back, and not to what was kept. GCC says that one
// looks by a macro; Clang wants to be asked.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ISOCOST_IS_WATCHED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(ISOCOST_IS_WATCHED)
constexpr bool keeps_frames = false;
#else
constexpr bool keeps_frames = true;
#endif

// Sizes are rounded up to the next step; larger frames are rare.
constexpr std::size_t step = 64, sizes = 64;
// Of each size: what many requests that end and begin together need.
constexpr unsigned most_kept = 64;

constexpr std::size_t place_of(std::size_t size) {
  return (size - 1) / step;
}
constexpr std::size_t rounded(std::size_t size) {
  return (place_of(size) + 1) * step;
}

struct Kept {
  Kept* next = nullptr;
};

// What a thread keeps. Has no destructor of its own: frames may be given back until the thread's very end.
struct Shelf {
  struct OfSize {
    Kept* first = nullptr;
    unsigned count = 0;
  };
  std::array<OfSize, sizes> all{};
  bool is_to_be_swept = false;  // somebody will see to it
  bool is_swept = false;        // at the thread's end

  void sweep() noexcept {
    is_swept = true;
    for (std::size_t place = 0; place < sizes; ++place) {
      OfSize& of_size = all[place];
      while (Kept* const kept = of_size.first) {
        of_size.first = kept->next;
        ::operator delete(static_cast<void*>(kept), (place + 1) * step);
      }
      of_size.count = 0;
    }
  }
};

constinit thread_local Shelf shelf;

struct Sweeper {
  ~Sweeper() { shelf.sweep(); }
  void begin() const { shelf.is_to_be_swept = true; }
};

[[gnu::noinline]] void let_sweep() {
  static thread_local const Sweeper sweeper;
  sweeper.begin();
}

}  // namespace

void* take_frame(std::size_t size) {
  const std::size_t place = place_of(size);
  if (keeps_frames && place < sizes) {
    Shelf::OfSize& of_size = shelf.all[place];
    if (Kept* const kept = of_size.first) {
      of_size.first = kept->next;
      --of_size.count;
      return kept;
    }
  }
  return ::operator new(rounded(size));
}

void give_frame(void* frame, std::size_t size) noexcept {
  const std::size_t place = place_of(size);
  if (keeps_frames && place < sizes && !shelf.is_swept && shelf.all[place].count < most_kept) {
    if (!shelf.is_to_be_swept) let_sweep();
    Shelf::OfSize& of_size = shelf.all[place];
    of_size.first = ::new (frame) Kept{of_size.first};
    ++of_size.count;
    return;
  }
  ::operator delete(frame, rounded(size));
}

}  // namespace providers
