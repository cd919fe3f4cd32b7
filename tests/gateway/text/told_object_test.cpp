#include "gateway/text/told_object.hpp"

#include <doctest/doctest.h>

using gateway::NotTold;
using gateway::told_object;

namespace {

std::string refused(std::string_view text) {
  const auto told = told_object(text);
  const auto* no = std::get_if<NotTold>(&told);
  return no ? std::string(no->code) + ": " + no->text : std::string();
}

}  // namespace

TEST_CASE("an object is taken as it is, also where objects side by side have the same members") {
  const auto told = told_object(R"({"a":{"x":1},"b":{"x":2},"c":[{"x":3},{"x":4}],"x":5})");
  REQUIRE(std::holds_alternative<boost::json::object>(told));
  CHECK(std::get<boost::json::object>(told).at("b").at("x") == 2);
}

TEST_CASE("what says a member twice is refused with its name, however deep and however it is spelled") {
  CHECK(refused(R"({"disabled":false,"disabled":true})") ==
        R"(duplicate_key: The body says "disabled" twice in one object; say it once.)");
  CHECK(refused(R"({"quota":{"dollars":{"day":1,"day":100}}})").find("\"day\"") != std::string::npos);
  CHECK(refused(R"({"a":[{"b":1,"\u0062":2}]})").find("\"b\"") != std::string::npos);
  CHECK(refused(R"({"":1,"":2})").starts_with("duplicate_key"));
}

TEST_CASE("what is no object is refused") {
  for (const std::string_view text : {"", "{", "[]", "7", "{} {}", "{\"a\":}", "nonsense"}) {
    CAPTURE(text);
    CHECK(refused(text) == "invalid_json: The body is no JSON object.");
  }
}
