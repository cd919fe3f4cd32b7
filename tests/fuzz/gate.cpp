// The gate: what it accepts it accepts only whole, inside the bytes given, and framed in one way.
#include <string>
#include <string_view>

#include "gateway/http/chunked_body.hpp"
#include "gateway/http/http_gate.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

struct Collected {
  std::string body;
  std::size_t consumed = 0;
  bool done = false;
  int status = 0;

  friend bool operator==(const Collected&, const Collected&) = default;
};

Collected collected(std::string_view bytes, std::size_t cut) {
  gateway::ChunkedBody body(1'000);
  Collected result;
  for (const auto piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    if (result.done || result.status != 0) break;
    const auto fed = body.feed(piece);
    result.consumed += fed.consumed;
    result.done = fed.done;
    if (fed.refusal) result.status = fed.refusal->status;
  }
  if (result.done) result.body = body.take();
  // Where a fault is found may depend on the cut; that it is found may not.
  if (result.status != 0) result.consumed = 0;
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = gateway::check_head(bytes);
  const std::size_t cut = size == 0 ? 0 : data[size / 2] % size;
  const auto start = gateway::check_head(std::string_view(bytes).substr(0, cut));
  if (const auto* head = std::get_if<gateway::RequestHead>(&whole)) {
    EXPECT_THAT(head->size <= size);
    EXPECT_THAT(bytes.substr(0, head->size).ends_with("\r\n\r\n"));
    EXPECT_THAT(head->path.starts_with('/'));
    EXPECT_THAT(head->path.find("..") == std::string_view::npos);
    EXPECT_THAT(!head->host.empty());
    EXPECT_THAT(!std::holds_alternative<gateway::Refusal>(start));
    EXPECT_THAT((cut < head->size) == std::holds_alternative<gateway::HeadIncomplete>(start));
    const auto again = gateway::check_head(bytes, {}, std::min(cut, head->size - 1));
    EXPECT_THAT(std::holds_alternative<gateway::RequestHead>(again));
    EXPECT_THAT(bytes.substr(0, head->size).find('\0') == std::string::npos);
  } else if (std::holds_alternative<gateway::RequestHead>(start)) {
    EXPECT_THAT(false);
  }
  EXPECT_THAT(collected(bytes, cut) == collected(bytes, size));
  return 0;
}
