#include "gateway/surfaces/gemini/gemini_schema.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>

namespace json = boost::json;

TEST_CASE("Google's schemas are said in JSON Schema") {
  const auto said = [](const std::string& schema) {
    providers::OwnTexts own;
    return json::parse(gateway::as_json_schema(schema, own));
  };
  CHECK(said(R"({"type":"STRING","nullable":true})") == json::parse(R"({"type":["string","null"]})"));
  CHECK(said(R"({"type":"string","nullable":false})") == json::parse(R"({"type":"string"})"));
  CHECK(said(R"({"nullable":true,"enum":["a"],"type":"STRING"})") ==
        json::parse(R"({"type":["string","null"],"enum":["a",null]})"));
  CHECK(said(R"({"anyOf":[{"type":"STRING"},{"type":"INTEGER"}],"nullable":true})") ==
        json::parse(R"({"anyOf":[{"type":"string"},{"type":"integer"},{"type":"null"}]})"));
  CHECK(
      said(R"({"type":"OBJECT","properties":{"type":{"type":"ARRAY","minItems":"2","items":{"type":"NUMBER",)"
           R"("nullable":true}},"enum":{"type":"STRING","enum":["NUMBER","type"]}},"required":["type"]})") ==
      json::parse(
          R"({"type":"object","properties":{"type":{"type":"array","minItems":2,"items":{"type":["number","null"]}},)"
          R"("enum":{"type":"string","enum":["NUMBER","type"]}},"required":["type"]})"));
  // What is JSON Schema already, or none, is left as it is.
  for (const std::string same :
       {R"({"type":["string","null"],"description":"STRING"})", R"({})", R"({"minItems":"x"})"}) {
    CHECK(said(same) == json::parse(same));
  }
}
