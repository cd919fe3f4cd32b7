// Finds the mock host's content events in a relayed stream: when each was sent, and when it came.
#pragma once

#include <string>
#include <string_view>

#include "bench/loop.hpp"

namespace bench {

class EventReader {
 public:
  // Calls `each(sent)` for every content event that `piece` completes, and keeps the rest.
  template <class Each>
  void take(std::string_view piece, Each each) {
    text_.append(piece);
    std::size_t begin = 0;
    for (std::size_t end; (end = text_.find("\n\n", begin)) != std::string::npos; begin = end + 2) {
      const Nanoseconds sent = sent_at(std::string_view(text_).substr(begin, end - begin));
      if (sent > 0) each(sent);
    }
    text_.erase(0, begin);
  }

 private:
  // 0 when the event has no content: the end of the stream, a comment, the usage.
  static Nanoseconds sent_at(std::string_view event);

  std::string text_;
};

}  // namespace bench
