// Whatever bytes a client says are packed: they are unpacked within the bound, or refused in words.
#include <string>
#include <string_view>
#include <variant>

#include "gateway/http/content_coding.hpp"
#include "tests/fuzz/expect.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::size_t most = 1 << 20;
  const auto coding = data[0] % 2 == 0 ? gateway::ContentCoding::gzip : gateway::ContentCoding::zstd;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::size_t taken = 0;
  const gateway::Grow grow = [&](std::size_t bytes) { return taken += bytes, taken <= most / 2; };
  for (const gateway::Grow& each : {gateway::Grow([](std::size_t) { return true; }), grow}) {
    const auto unpacked = gateway::unpacked(coding, body, most, each);
    if (const auto* text = std::get_if<std::string>(&unpacked)) {
      EXPECT_THAT(text->size() <= most);
    } else {
      EXPECT_THAT(std::get<gateway::Refusal>(unpacked).status >= 400);
    }
  }
  return 0;
}
