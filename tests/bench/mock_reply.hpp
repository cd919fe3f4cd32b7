// What the mock host says, as whole HTTP messages and chunks. Pure text.
#pragma once

#include <string>

#include "bench/loop.hpp"

namespace bench {

std::string whole_answer();
std::string stream_head();

// One event whose content is `time`: when it was handed to the kernel.
std::string content_event(Nanoseconds time);

// The finishing event, the usage and [DONE].
std::string stream_end();

}  // namespace bench
