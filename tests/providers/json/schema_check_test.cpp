#include "providers/json/schema_check.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

namespace {

Fit checked(const std::string& schema, const std::string& value, FitEffort& effort) {
  JsonTokens tokens;
  JsonTree schemas, values;
  REQUIRE(schemas.read(schema, tokens) == JsonTree::Read::all);
  REQUIRE(values.read(value, tokens) == JsonTree::Read::all);
  return fit(schemas, schemas.root(), schemas.root(), values, values.root(), effort);
}
Fit checked(const std::string& schema, const std::string& value) {
  FitEffort effort;
  return checked(schema, value, effort);
}
// `each` so many times, with commas between.
std::string times(int count, const std::string& each) {
  std::string list;
  for (int i = 0; i < count; ++i) list.append(i > 0 ? "," : "").append(each);
  return list;
}
void fits(const std::string& schema, const std::string& value) {
  CAPTURE(schema);
  CAPTURE(value);
  CHECK(checked(schema, value) == Fit::fits);
}
void breaks(const std::string& schema, const std::string& value) {
  CAPTURE(schema);
  CAPTURE(value);
  CHECK(checked(schema, value) == Fit::breaks);
}
void unjudged(const std::string& schema, const std::string& value) {
  CAPTURE(schema);
  CAPTURE(value);
  CHECK(checked(schema, value) == Fit::unjudged);
}

const std::string weather =
    R"({"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1},)"
    R"("unit":{"enum":["C","F"]}},"required":["city"],"additionalProperties":false})";

}  // namespace

TEST_CASE(
    "arguments fit when they have what is required, of the right types, and nothing that is not allowed") {
  fits(weather, R"({"city":"Rome"})");
  fits(weather, R"({"city":"Rome","days":3,"unit":"C"})");
  fits(weather, R"({"c\u0069ty":"Rome","days":3.0})");
  breaks(weather, R"({"days":3})");
  breaks(weather, R"({"city":7})");
  breaks(weather, R"({"city":"Rome","days":"3"})");
  breaks(weather, R"({"city":"Rome","days":2.5})");
  breaks(weather, R"({"city":"Rome","days":0})");
  breaks(weather, R"({"city":"Rome","unit":"K"})");
  breaks(weather, R"({"city":"Rome","country":"IT"})");
  breaks(weather, R"(["Rome"])");
}

TEST_CASE("types may be several, in capitals, or said to be null as well") {
  fits(R"({"type":["string","null"]})", "null");
  breaks(R"({"type":["string","null"]})", "1");
  fits(R"({"type":"STRING"})", R"("x")");
  breaks(R"({"type":"OBJECT"})", R"("x")");
  fits(R"({"type":"string","nullable":true})", "null");
  breaks(R"({"type":"string"})", "null");
  unjudged(R"({"type":"colour"})", "null");
}

TEST_CASE("a schema may say anything, nothing, or name another part of itself") {
  fits("true", "1");
  fits("{}", "[1,{}]");
  breaks("false", "1");
  const std::string tree =
      R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"left":{"$ref":"#/$defs/node"},)"
      R"("value":{"type":"number"}},"required":["value"]}}})";
  fits(tree, R"({"value":1,"left":{"value":2}})");
  breaks(tree, R"({"value":1,"left":{"left":{"value":2}}})");
  fits(R"({"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"null"}}})", "null");
  unjudged(R"({"$ref":"https://example.com/schema"})", "1");
  unjudged(R"({"$ref":"#/$defs/none"})", "1");
}

TEST_CASE("lists, texts and numbers have their bounds") {
  fits(R"({"type":"array","items":{"type":"number"},"minItems":1,"maxItems":2})", "[1,2]");
  breaks(R"({"items":{"type":"number"}})", R"([1,"2"])");
  breaks(R"({"minItems":1})", "[]");
  breaks(R"({"maxItems":1})", "[1,2]");
  breaks(R"({"uniqueItems":true})", R"([1,2,1.0])");
  fits(R"({"prefixItems":[{"type":"string"},{"type":"number"}],"items":false})", R"(["a",1])");
  breaks(R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a",1])");
  fits(R"({"minLength":3,"maxLength":3})", R"("äö\u00fc")");
  breaks(R"({"maxLength":2})", R"("abc")");
  fits(R"({"exclusiveMinimum":1,"maximum":5,"multipleOf":2})", "4");
  breaks(R"({"exclusiveMinimum":4})", "4");
  breaks(R"({"minimum":4,"exclusiveMinimum":true})", "4");
  breaks(R"({"multipleOf":3})", "4");
  unjudged(R"({"multipleOf":0.1})", "0.3");
}

TEST_CASE("schemas combine, and one breach is a breach whatever else is not judged") {
  fits(R"({"anyOf":[{"type":"string"},{"type":"number"}]})", "1");
  breaks(R"({"anyOf":[{"type":"string"},{"type":"number"}]})", "true");
  breaks(R"({"oneOf":[{"type":"integer"},{"type":"number"}]})", "1");
  fits(R"({"oneOf":[{"type":"integer"},{"type":"number"}]})", "1.5");
  breaks(R"({"allOf":[{"minimum":1},{"maximum":2}]})", "3");
  breaks(R"({"not":{"type":"string"}})", R"("x")");
  breaks(R"({"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}})", R"({"a":1})");
  fits(R"({"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}})", R"({"a":2})");
  unjudged(R"({"type":"string","pattern":"^a+$"})", R"("aaa")");
  breaks(R"({"type":"string","pattern":"^a+$"})", "1");
  breaks(R"({"pattern":"^a+$","type":"string"})", "1");
  unjudged(R"({"anyOf":[{"type":"number"},{"pattern":"x"}]})", R"("y")");
  fits(R"({"type":"string","format":"email","description":"of a person","x-own":1})", R"("x")");
}

TEST_CASE("what would take for ever is not judged") {
  unjudged(R"({"$ref":"#"})", "1");
  unjudged(R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})", "1");
  std::string wide = "[1";
  for (int i = 0; i < 15'000; ++i) wide += ",1";
  unjudged(R"({"items":{"anyOf":[{"type":"string"},{"const":2},{"const":3},{"const":4},{"type":"number"}]}})",
           wide + "]");
}

TEST_CASE("whatever is looked at counts: alternatives, names, texts, and what is spelled with escapes") {
  const auto tried = [](const std::string& list) {
    return R"({"$defs":{"e":{"enum":[)" + list + R"(]}},"anyOf":[)" + times(20, R"({"$ref":"#/$defs/e"})") +
           "]}";
  };
  unjudged(tried(times(15'000, R"("no")")), R"("x")");
  unjudged(tried(times(5'000, R"("\u006eo")")), R"("x")");
  breaks(tried(times(50, R"("\u006eo")")), R"("x")");
  std::string names, members;
  for (int i = 0; i < 2'000; ++i) {
    const std::string name = "\"n" + std::to_string(i) + '"';
    names.append(i > 0 ? "," : "").append(name);
    members.append(i > 0 ? "," : "").append(name).append(":1");
  }
  unjudged(R"({"required":[)" + names + "]}", "{" + members + "}");
  const std::string longer = '"' + std::string(200'000, 'x') + '"';
  fits(R"({"maxLength":200000})", longer);
  unjudged(R"({"allOf":[)" + times(200, R"({"maxLength":200000})") + "]}", longer);
  unjudged(R"({"allOf":[)" + times(200, R"({"const":)" + longer.substr(0, 20'000) + R"(y"})") + "]}",
           longer.substr(0, 20'000) + "y\"");
}

TEST_CASE("several checks share an effort, and once it is spent nothing is judged") {
  const std::string schema = R"({"enum":[)" + times(15'000, R"("no")") + "]}";
  FitEffort effort{.left = 100'000};
  for (int i = 0; i < 3; ++i) CHECK(checked(schema, R"("x")", effort) == Fit::breaks);
  CHECK(!effort.is_spent());
  CHECK(checked(schema, R"("x")", effort) == Fit::unjudged);
  CHECK(effort.is_spent());
  CHECK(checked("true", "1", effort) == Fit::unjudged);
}

TEST_CASE("names of members and references may be spelled with escapes") {
  fits(R"({"requ\u0069red":["a"]})", R"({"\u0061":1})");
  breaks(R"({"requ\u0069red":["b"]})", R"({"\u0061":1})");
  breaks(R"({"properties":{"\u0061":{"type":"null"}}})", R"({"a":1})");
  fits(R"({"$ref":"#/$defs/a~0~1b","$defs":{"a~/b":{"type":"null"}}})", "null");
  unjudged(R"({"$ref":"#/$defs/a~2","$defs":{"a~2":{"type":"null"}}})", "null");
}

TEST_CASE("a text of too many values is not read, and one that is no JSON is told apart from it") {
  JsonTokens tokens;
  JsonTree tree;
  std::string many = "[0";
  for (std::size_t i = 0; i < JsonTree::most_nodes; ++i) many += ",0";
  CHECK(tree.read(many + "]", tokens) == JsonTree::Read::too_large);
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  CHECK(tree.read(deep, tokens) == JsonTree::Read::too_large);
  CHECK(tree.read(R"({"a":1)", tokens) == JsonTree::Read::invalid);
  CHECK(tree.read(R"({"a":1} x)", tokens) == JsonTree::Read::invalid);
  CHECK(tree.read(R"({"a":[1,2],"a":3})", tokens) == JsonTree::Read::all);
  CHECK(tree.member(tree.root(), "a")->number() == 3);
}
