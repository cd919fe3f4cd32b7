// Events do not depend on where the bytes were cut.
#include <string>
#include <string_view>
#include <vector>

#include "providers/http/sse.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

std::vector<std::string> events_of(const std::vector<std::string_view>& pieces) {
  providers::SseReader reader;
  std::vector<std::string> events;
  for (const auto piece : pieces) {
    const std::string copy(piece);
    reader.feed(copy);
    while (const auto event = reader.next()) {
      events.push_back(std::string(event->data) + '|' + std::string(event->name) + '|' +
                       std::string(event->raw));
    }
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto whole = events_of({all});
  const std::size_t first = size == 0 ? 0 : data[0] % (size + 1);
  const std::size_t second = first + (size == first ? 0 : data[size - 1] % (size - first + 1));
  EXPECT_THAT(events_of({all.substr(0, first), all.substr(first, second - first), all.substr(second)}) ==
              whole);
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(all.substr(i, 1));
  EXPECT_THAT(events_of(bytes) == whole);
  return 0;
}
