#include "bench/event_reader.hpp"

#include <charconv>

namespace bench {

Nanoseconds EventReader::sent_at(std::string_view event) {
  constexpr std::string_view before = R"("content":")";
  Nanoseconds time = 0;
  if (const auto at = event.find(before); at != std::string_view::npos) {
    std::from_chars(event.data() + at + before.size(), event.data() + event.size(), time);
  }
  return time;
}

}  // namespace bench
