#include "gateway/surface/body_walk.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace gateway;

namespace {

// One value of a body, read as its member "x".
template <class Read>
std::string fault_of(const std::string& body, Read read) {
  static providers::JsonTokens tokens;
  BodyWalk walk(tokens, body);
  const Path top;
  if (read(walk, top.member("x"))) return "";
  return std::string(walk.fault().code) + " " + walk.fault().message;
}

std::string keys(int count, const std::string& more) {
  std::string members;
  for (int i = 0; i < count; ++i) members += "\"k" + std::to_string(i) + "\":0,";
  return "{" + members + more + "}";
}

std::string of_object(const std::string& body) {
  return fault_of(body, [](BodyWalk& walk, const Path& path) {
    return walk.object(path, [&](const providers::JsonString&, const Path&) { return walk.json.skip(); });
  });
}

}  // namespace

TEST_CASE(
    "a place is told by its members and elements, each name cut at 64 bytes and not within a character") {
  const Path top;
  CHECK(top.text() == "");
  CHECK(top.element(3).text() == "[3]");
  const Path messages = top.member("messages");
  const Path second = messages.element(2);
  CHECK(second.member("content").text() == "messages[2].content");
  CHECK(top.member(std::string(64, 'a')).text() == std::string(64, 'a'));
  CHECK(top.member(std::string(65, 'a')).text() == std::string(64, 'a'));
  CHECK(top.member(std::string(63, 'a') + "\xc3\xa9").text() == std::string(63, 'a'));
  CHECK(top.member(std::string(62, 'a') + "\xc3\xa9").text() == std::string(62, 'a') + "\xc3\xa9");
  CHECK(top.member(std::string(62, 'a') + "\xc3\xa9" + "b").text() == std::string(62, 'a') + "\xc3\xa9");
}

TEST_CASE("a key that comes twice is found among few and among many, and others are not taken for it") {
  for (const int count : {1, 23, 24, 25, 26, 60}) {
    CAPTURE(count);
    CHECK(of_object(keys(count, "\"last\":0")) == "");
    for (const int again : {0, count / 2, count - 1}) {
      CAPTURE(again);
      const std::string name = "k" + std::to_string(again);
      CHECK(of_object(keys(count, "\"" + name + "\":0")) ==
            "duplicate_key x." + name + ": found the key twice; allowed is one");
    }
  }
  CHECK(of_object(R"({"a":1,"\u0061":2})").starts_with("duplicate_key x."));
  CHECK(of_object(R"({"\u0061":1,"\u0062":2,"c":3})") == "");
}

TEST_CASE("a text is as long as is allowed, and no longer") {
  const auto read = [](const std::string& text, std::size_t most) {
    std::string value;
    return fault_of("\"" + text + "\"",
                    [&](BodyWalk& walk, const Path& path) { return walk.string(path, value, most); });
  };
  CHECK(read("abc", 3) == "");
  CHECK(read("abcd", 3) == "invalid_value x: found a string of 4 bytes; allowed is one of at most 3");
}

TEST_CASE("a whole number lies between its bounds, and what is too long is told by its beginning") {
  const auto read = [](const std::string& text) {
    std::optional<std::int64_t> value;
    return fault_of(text, [&](BodyWalk& walk, const Path& path) { return walk.integer(path, 2, 5, value); });
  };
  CHECK(read("2") == "");
  CHECK(read("5") == "");
  CHECK(read("1") == "invalid_value x: found 1; allowed is an integer from 2 to 5");
  CHECK(read("6") == "invalid_value x: found 6; allowed is an integer from 2 to 5");
  CHECK(read("true") == "invalid_type x: found a boolean; allowed is an integer from 2 to 5");
  CHECK(read(std::string(60, '9')) ==
        "invalid_value x: found " + std::string(40, '9') + "; allowed is an integer from 2 to 5");
}

TEST_CASE("a number may be spelled as a text only where that is usual, and is not negative") {
  using Spelling = BodyWalk::Spelling;
  std::optional<double> value;
  const auto read = [&](const std::string& text, Spelling spelling) {
    value.reset();
    return fault_of(text, [&](BodyWalk& walk, const Path& path) { return walk.real(path, spelling, value); });
  };
  CHECK(read("0", Spelling::number) == "");
  CHECK(value == 0.0);
  CHECK(read("1.5", Spelling::number_or_string) == "");
  CHECK(value == 1.5);
  CHECK(read("\"2.5\"", Spelling::number_or_string) == "");
  CHECK(value == 2.5);
  CHECK(read("null", Spelling::number) == "");
  CHECK_FALSE(value);
  CHECK(read("\"2.5\"", Spelling::number) == "invalid_type x: found a string; allowed is a number");
  CHECK(read("[]", Spelling::number_or_string) == "invalid_type x: found an array; allowed is a number");
  CHECK(read("\"2,5\"", Spelling::number_or_string).starts_with("invalid_value x: found"));
  CHECK(read("-0.1", Spelling::number) ==
        "invalid_value x: found -0.1; allowed is a number that is not negative");
  CHECK(read("1e" + std::string(50, '9'), Spelling::number) ==
        "invalid_value x: found 1e" + std::string(38, '9') + "; allowed is a number that a double can hold");
  CHECK(read("-" + std::string(50, '9'), Spelling::number) ==
        "invalid_value x: found -" + std::string(39, '9') + "; allowed is a number that is not negative");
}

TEST_CASE("a list of texts holds as many as is allowed") {
  const auto read = [](const std::string& body) {
    std::vector<std::string> values;
    return fault_of(body, [&](BodyWalk& walk, const Path& path) { return walk.strings(path, values, 2); });
  };
  CHECK(read(R"(["a","b"])") == "");
  CHECK(read(R"(["a","b","c"])") ==
        "invalid_value x: found more than 2 elements; allowed is so many at most");
  CHECK(read(R"(["a",null])") == "invalid_type x[1]: found null; allowed is a string");
}

TEST_CASE("the first fault counts, and a fault of the whole body is one of the body") {
  static providers::JsonTokens tokens;
  BodyWalk walk(tokens, "[1]");
  const Path top;
  CHECK_FALSE(walk.wrong("first", top, "this", "that"));
  CHECK_FALSE(walk.wrong("second", top.member("x"), "this", "that"));
  CHECK(walk.fault().code == "first");
  CHECK(walk.fault().param == "");
  CHECK(walk.fault().message == "body: found this; allowed is that");
}
