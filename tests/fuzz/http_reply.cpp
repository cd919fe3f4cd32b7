// A reply's head is accepted only whole, and its body does not depend on where the bytes were cut.
#include <string>
#include <string_view>

#include "providers/host/retry_hint.hpp"
#include "providers/http/http_reply.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

struct Body {
  std::string text;
  bool done = false;
  bool broken = false;

  friend bool operator==(const Body&, const Body&) = default;
};

Body body_of(const providers::Framing& framing, std::string_view bytes, std::size_t step) {
  providers::BodyReader reader(framing);
  Body body;
  for (std::size_t at = 0; at < bytes.size() && !reader.done() && reader.fault().empty();) {
    const auto read = reader.read(bytes.substr(at, step));
    EXPECT_THAT(read.consumed > 0);
    EXPECT_THAT(read.piece.size() <= read.consumed);
    body.text += read.piece;
    at += read.consumed;
  }
  body.done = reader.done();
  body.broken = !reader.fault().empty();
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[size / 2] % size;
  const auto whole = providers::read_reply_head(bytes);
  const auto start = providers::read_reply_head(std::string_view(bytes).substr(0, cut));
  if (const auto* head = std::get_if<providers::ReplyHead>(&whole)) {
    EXPECT_THAT(head->size <= size);
    EXPECT_THAT(head->status >= 200 && head->status <= 599);
    EXPECT_THAT((cut < head->size) == std::holds_alternative<providers::Incomplete>(start));
    const auto rest = std::string_view(bytes).substr(head->size);
    EXPECT_THAT(body_of(head->framing, rest, 1) == body_of(head->framing, rest, size + 1));
    const auto wait = providers::retry_after(head->fields, config::WallTime{});
    EXPECT_THAT(!wait || (wait->count() >= 0 && *wait <= std::chrono::seconds(60)));
    const auto share = providers::headroom(head->fields);
    EXPECT_THAT(!share || (*share >= 0 && *share <= 1));
  }
  EXPECT_THAT(body_of(providers::Chunked{}, bytes, 1 + cut) ==
              body_of(providers::Chunked{}, bytes, size + 1));
  return 0;
}
