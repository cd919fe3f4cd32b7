// Counts what this program allocates, to prove that a path does not. Include in one source file of a program:
// it replaces the global operator new.
#pragma once

#include <cstdlib>
#include <new>

namespace support {
inline thread_local long allocations = 0;
}

void* operator new(std::size_t size) {
  ++support::allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// std::stable_sort asks for its buffer in this way.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++support::allocations;
  return std::malloc(size);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
