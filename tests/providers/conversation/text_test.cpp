#include "providers/conversation/text.hpp"

#include <doctest/doctest.h>

#include "providers/json/json_writer.hpp"

using namespace providers;

TEST_CASE("a text is blank when it says nothing, however its white space is written") {
  CHECK(is_blank({"", false}));
  CHECK(is_blank({"  ", false}));
  CHECK(is_blank({"\\n\\t ", true}));
  CHECK(is_blank({" \\u0020\\r", true}));
  CHECK_FALSE(is_blank({"a", false}));
  CHECK_FALSE(is_blank({" \\n.", true}));
  CHECK_FALSE(is_blank({"\\\\n", true}));
  CHECK_FALSE(is_blank({"\\u0041", true}));
}

TEST_CASE("a text of our own stays where it is when its owner is moved, and is written as JSON") {
  OwnTexts own;
  const Text plain = own.keep_plain("plain");
  const Text quoted = own.keep_plain("a \"b\"\n");
  const OwnTexts moved = std::move(own);
  CHECK(plain.raw == "plain");
  CHECK_FALSE(plain.escaped);
  CHECK(quoted.raw == "a \\\"b\\\"\\u000a");
  CHECK(quoted.text() == "a \"b\"\n");
}

TEST_CASE("a JSON writer puts the commas where they belong") {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("a").integer(-1);
  json.key("b").begin_array();
  json.string({"x\\n", true});
  json.plain("\"");
  json.begin_object();
  json.end_object();
  json.begin_array();
  json.end_array();
  json.raw("1e3");
  json.end_array();
  json.key("c").boolean(true);
  json.end_object();
  CHECK(out == R"({"a":-1,"b":["x\n","\"",{},[],1e3],"c":true})");
}
