// Whatever a host sends as frames of Amazon's: reading them ends, stays within them, and where they are cut
// changes nothing. Half the inputs are put into frames whose checksums are right, so that what is behind
// those is reached.
#include <string>
#include <string_view>

#include "providers/dialects/anthropic_elsewhere/framed_stream.hpp"
#include "providers/dialects/bedrock_converse/stream.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/support/event_frames.hpp"
#include "tests/support/told_answer.hpp"

namespace {

using providers::Reading;

template <class Stream>
std::string told(Stream& stream, std::string_view bytes, std::size_t cut) {
  support::ToldAnswer sink;
  Reading reading = stream.feed(bytes.substr(0, cut), sink);
  reading = stream.feed(bytes.substr(cut), sink);
  return sink.text() + std::to_string(static_cast<int>(reading));
}

std::string converse(std::string_view bytes, std::size_t cut) {
  providers::JsonTokens tokens;
  providers::ConverseStream stream(tokens, "amazon-bedrock-v1");
  return told(stream, bytes, cut);
}

std::string invoke(std::string_view bytes, std::size_t cut) {
  providers::JsonTokens tokens;
  providers::FramedStream stream(tokens);
  return told(stream, bytes, cut);
}

void check(std::string_view bytes, std::size_t cut) {
  EXPECT_THAT(converse(bytes, 0) == converse(bytes, cut));
  EXPECT_THAT(invoke(bytes, 0) == invoke(bytes, cut));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  check(bytes, std::min<std::size_t>(data[0], bytes.size()));
  // Lines: the type of an event, a space and its payload.
  std::string frames;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = bytes.substr(at, end - at);
    const std::size_t space = std::min(line.find(' '), std::min<std::size_t>(line.size(), 127));
    frames += support::event_frame(line.substr(0, space), std::string(line.substr(space)));
    at = end + 1;
  }
  check(frames, std::min<std::size_t>(data[1], frames.size()));
  return 0;
}
