#include "providers/json/json_walk.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/plain_json.hpp"

using namespace providers;

namespace {

bool walked(const std::string& text, JsonWalk::Depth depth) {
  static JsonTokens tokens;
  JsonWalk walk(tokens, text, depth);
  return walk.ok() && walk.skip() && walk.finish();
}

}  // namespace

TEST_CASE("a walk accepts what RFC 8259 does, and nothing else, one byte beside it") {
  const std::vector<std::string> documents = {
      R"({"a":[1,-0.5e+3,"x\n\u00e9\ud83d\ude00",null,true,false,{},[]],"b":{"c":1E400}})",
      R"( [ 123456789012345678901234567890 , "\ud800" , "\udc00\ud800" , 1e-400 ] )",
      "\"\xc3\xa9\xf0\x9f\x98\x80\"",
      "0",
      "-1.0",
  };
  const std::string bytes = "{}[]:,\"\\/0159eE+-.tfnau \n\t\x01\x7f\x80\xff";
  for (const std::string& document : documents) {
    CHECK(walked(document, JsonWalk::Depth::limited));
    for (std::size_t at = 0; at <= document.size(); ++at) {
      for (const char byte : bytes) {
        std::string with_more = document, with_other = document, without = document;
        with_more.insert(at, 1, byte);
        std::vector<std::string> changed{with_more};
        if (at < document.size()) {
          with_other[at] = byte;
          changed.push_back(with_other);
          changed.push_back(without.erase(at, 1));
        }
        for (const std::string& text : changed) {
          CAPTURE(text);
          const bool right = support::is_json(text);
          if (walked(text, JsonWalk::Depth::limited) != right) FAIL_CHECK(text);
          if (walked(text, JsonWalk::Depth::any) != right) FAIL_CHECK(text);
        }
      }
    }
  }
}

TEST_CASE("only where it is limited a walk minds the depth") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(walked(nested(128), JsonWalk::Depth::limited));
  CHECK_FALSE(walked(nested(129), JsonWalk::Depth::limited));
  CHECK(walked(nested(1'000'000), JsonWalk::Depth::any));
  CHECK_FALSE(walked(nested(1'000) + "]", JsonWalk::Depth::any));
  CHECK_FALSE(walked("[" + nested(1'000), JsonWalk::Depth::any));
}

TEST_CASE("the size of a text without its escapes is that of what they stand for") {
  for (const std::string raw :
       {R"(plain)", R"(a\n\"\\)", R"(\u0041\u00e9\u20ac)", R"(\ud83d\ude00)", R"(\ud83dx)", ""}) {
    CAPTURE(raw);
    CHECK(decoded_size(raw) == JsonString{raw, true}.text().size());
  }
  CHECK(decoded_size(R"({"a":"\u00e9","b":["\n"]})") == std::string(R"({"a":"xx","b":["x"]})").size());
}

TEST_CASE("each string says of itself whether it holds an escape, whichever others do") {
  JsonTokens tokens;
  const std::string text = R"({"a":"x\ny","b":"plain","\u0063":["\\","","e\"f","g"],"d":"h"})";
  JsonWalk walk(tokens, text);
  std::string found;
  const auto take = [&](const JsonString& string) { found += string.escaped ? '1' : '0'; };
  REQUIRE(walk.object([&](const JsonString& key) {
    take(key);
    const auto element = [&] {
      const auto value = walk.string();
      if (value) take(*value);
      return value.has_value();
    };
    return walk.type() == JsonType::array ? walk.array(element) : element();
  }));
  CHECK(found ==
        "01"
        "00"
        "11010"
        "00");
}
