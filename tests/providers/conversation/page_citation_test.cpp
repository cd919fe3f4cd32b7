#include "providers/conversation/page_citation.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

TEST_CASE("a text in a body has as many characters as what it stands for") {
  const std::string pieces[]{
      "a",       "\\n",     "\\\\",    "\\\"",           "\xc3\xbc",       "\xf0\x9f\x98\x80",
      "\\u00fc", "\\uD83D", "\\uDE00", "\\ud83d\\ude00", "\\uDBFF\\uDFFF", ""};
  for (const std::string& first : pieces) {
    for (const std::string& second : pieces) {
      for (const std::string& third : pieces) {
        const std::string raw = first + second + third;
        const std::string plain = Text{raw, true}.text();
        CAPTURE(raw);
        CHECK(characters_in({raw, true}) == characters_in({plain, false}));
      }
    }
  }
  CHECK(characters_in({"\\u00fc\\ud83d\\ude00 \xc3\xbc\\n", true}) == 5);
}
