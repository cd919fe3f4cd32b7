// What a request's `cache_control` asks of hosts' caches, anywhere in its prompt: nothing; to keep something
// for an hour; or for as long as they usually do.
#pragma once

#include <cstdint>

namespace routing {

enum class CacheMarks : std::uint8_t { none, hour, usual };  // in records by number

inline void add_marks(CacheMarks more, CacheMarks& marks) {
  if (marks == CacheMarks::none || more == CacheMarks::hour) marks = more;
}

}  // namespace routing
