#include "providers/json/json_text.hpp"

#include <doctest/doctest.h>

namespace {

std::string escaped(std::string_view text) {
  std::string out = "before ";
  providers::append_escaped(out, text);
  return out.substr(7);
}

// One character at a time.
std::string spelled(std::string_view text) {
  std::string out;
  for (const char c : text) out += escaped({&c, 1});
  return out;
}

}  // namespace

TEST_CASE("what stands for itself in JSON stays, and the rest is spelled with escapes") {
  CHECK(escaped("") == "");
  CHECK(escaped("plain, and longer than eight") == "plain, and longer than eight");
  CHECK(escaped("say \"hi\" \\ or\n") == "say \\\"hi\\\" \\\\ or\\u000a");
  CHECK(escaped("Grüße, 東京\x7f") == "Grüße, 東京\x7f");
}

TEST_CASE("a character is escaped the same way wherever it stands") {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t size = 1; size < 20; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        const std::string found = escaped(text);
        if (found != spelled(text)) FAIL_CHECK("byte " << byte << " at " << at << " of " << size);
      }
    }
  }
}
