#include "gateway/surface/json_edits.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <set>

using namespace gateway;

namespace {

// The object without the members that are named, and with `"new":1` where that is asked for.
std::string without(const std::string& text, const std::set<std::string>& gone, bool adds = false) {
  providers::JsonTokens tokens;
  providers::JsonWalk walk(tokens, text);
  JsonEdits edits;
  edits.of(text);
  EditedObject object(walk, edits);
  const bool read = object.walk([&](const providers::JsonString& key) {
    walk.skip();
    return gone.contains(key.text()) ? Member::goes : Member::stays;
  });
  REQUIRE(read);
  if (adds) object.add("new", "1");
  std::string out;
  edits.write(out);
  return out;
}

}  // namespace

TEST_CASE("members go with their commas, wherever they stand, and what stays is as it came") {
  const std::string text = R"({ "a" : 1 , "b":[2, 3],  "c" : {"d":null} , "e":"\u0041" })";
  CHECK(without(text, {}) == text);
  CHECK(without(text, {"a", "b", "c", "e"}) == "{  }");
  for (const std::set<std::string>& gone : std::vector<std::set<std::string>>{{"a"},
                                                                              {"b"},
                                                                              {"e"},
                                                                              {"a", "b"},
                                                                              {"b", "c"},
                                                                              {"c", "e"},
                                                                              {"a", "e"},
                                                                              {"a", "c"},
                                                                              {"a", "b", "c"},
                                                                              {"b", "c", "e"}}) {
    for (const bool adds : {false, true}) {
      boost::json::object expected = boost::json::parse(text).as_object();
      for (const std::string& key : gone) expected.erase(key);
      if (adds) expected["new"] = 1;
      const std::string found = without(text, gone, adds);
      CAPTURE(found);
      CHECK(boost::json::parse(found) == boost::json::value(expected));
    }
  }
}

TEST_CASE("a member is added to an object that is empty, or becomes so") {
  CHECK(without("{}", {}, true) == R"({"new":1})");
  CHECK(without(R"({"a":null})", {"a"}, true) == R"({"new":1})");
  CHECK(without(R"({"a":null})", {}, true) == R"({"a":null,"new":1})");
}

TEST_CASE("edits may be noted in any order, and several at one place keep theirs") {
  JsonEdits edits;
  edits.of("abcdef");
  edits.insert(4, "2");
  edits.insert(4, "3");
  edits.replace({1, 3}, "1");
  edits.replace({4, 6}, {});
  std::string out = "> ";
  edits.write(out);
  CHECK(out == "> a1d23");
}
