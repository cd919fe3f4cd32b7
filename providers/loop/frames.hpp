// The memory of coroutines' frames. A request has some twenty, one within the other, and the next one has the
// same: a thread keeps a few of each size instead of giving them back. Any thread may give back what another
// one took.
#pragma once

#include <cstddef>

namespace providers {

// As operator new: throws std::bad_alloc.
void* take_frame(std::size_t size);
// `size` must be that of take_frame().
void give_frame(void* frame, std::size_t size) noexcept;

}  // namespace providers
