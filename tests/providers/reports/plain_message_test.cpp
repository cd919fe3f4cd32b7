#include "providers/reports/plain_message.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/reports/reported_error.hpp"

using namespace providers;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

std::string read(const std::string& body) {
  return read_error(body, scratch_tokens()).message;
}

}  // namespace

TEST_CASE("whatever a host makes of its message, it is told as a short plain text") {
  struct Row {
    std::string body, message;
  };
  const std::vector<Row> rows = {
      {R"({"detail":[{"type":"missing","loc":["body","messages",0,"role"],"msg":"Field required","input":{"x":"secret"},"url":"https://errors"}]})",
       "messages.0.role: Field required"},
      {R"({"detail":[{"loc":["body","seed"],"msg":"a"},{"loc":["body","n"],"msg":"b"}]})", "seed: a; n: b"},
      {R"({"error":{"message":["one","two"]}})", "one; two"},
      {R"({"error":{"message":{"text":"No"}}})", "No"},
      {R"({"error":{"message":"{\"error\":{\"message\":\"inner\",\"code\":400}}"}})", "inner"},
      {R"({"error":["No",1,null]})", "No"},
      {R"({"errors":[{"message":"No","code":7}]})", "No"},
      {R"([{"error":{"code":400,"message":"No","status":"INVALID_ARGUMENT"}}])", "No"},
      {R"({"title":"Bad Request"})", "Bad Request"},
      {R"({"what":"this","why":{"because":"that"}})", "this, that"},
      {"<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>",
       "502 Bad Gateway"},
      {"  <html><style>a{}</style><script>if (a<b) x();</script><h1>No</h1>\n<p>way</p></html>", "No way"},
      {"upstream connect error", "upstream connect error"},
      {"a < b", "a < b"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(read(row.body) == row.message);
  }
  const std::string page = "<html><p>" + std::string(5'000, 'a') + "</p></html>";
  CHECK(read(page).size() <= 300);
  std::string many = R"({"detail":[)";
  for (int i = 0; i < 1'000; ++i) many += R"({"msg":"caf\u00e9 is not allowed here"},)";
  CHECK(read(many + "{}]}").size() <= 600);
  CHECK(read("{}").empty());
}

TEST_CASE("an error's member at fault and what the model wrote are read wherever they stand") {
  const auto error =
      read_error(R"({"error":{"message":"m","param":"messages[0]","code":"c","failed_generation":"<f\n>"}})",
                 scratch_tokens());
  CHECK(error.param == "messages[0]");
  CHECK(error.code == "c");
  CHECK(error.failed_generation == "<f\n>");
  CHECK(read_error(R"({"error":{"param":null}})", scratch_tokens()).param.empty());
  CHECK(read_error(R"({"error":{"code":"403"}})", scratch_tokens()).status == 403);
  // Google's code is the status; the reason stands in the details.
  const auto google = read_error(
      R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"t","reason":"R"}]}}])",
      scratch_tokens());
  CHECK(google.code == "R");
  CHECK(google.status == 400);
  CHECK(google.type == "INVALID_ARGUMENT");
}

TEST_CASE("of a page three hundred characters are told, of JSON six hundred, and no character is cut") {
  const auto page = [](const std::string& text) { return read("<html><p>" + text + "</p></html>"); };
  CHECK(page(std::string(300, 'a')) == std::string(300, 'a'));
  CHECK(page(std::string(301, 'a')) == std::string(300, 'a'));
  CHECK(page(std::string(299, 'a') + "\u00e9") == std::string(299, 'a'));
  CHECK(page(std::string(298, 'a') + "\u00e9b") == std::string(298, 'a') + "\u00e9");
  const auto json = [](const std::string& text) {
    return read(R"({"error":{"message":[")" + text + R"("]}})");
  };
  CHECK(json(std::string(600, 'a')) == std::string(600, 'a'));
  CHECK(json(std::string(601, 'a')) == std::string(600, 'a'));
  CHECK(json(std::string(599, 'a') + "\u00e9") == std::string(599, 'a'));
  CHECK(json(std::string(597, 'a') + "\",\"bcd") == std::string(597, 'a') + "; b");
}

TEST_CASE("what is nested deeper than anybody would is passed over") {
  const auto nested = [](int depth) {
    return read(R"({"error":{"message":)" + std::string(static_cast<std::size_t>(depth), '[') + R"("No")" +
                std::string(static_cast<std::size_t>(depth), ']') + R"(,"code":"c"}})");
  };
  CHECK(nested(12) == "No");
  CHECK(nested(13) != "No");
  std::string objects;
  for (int i = 0; i < 12; ++i) objects += R"({"message":)";
  const std::string ends(12, '}');
  CHECK(read(R"({"error":{"message":)" + objects + R"("No")" + ends + "}}") == "No");
  CHECK(read(R"({"error":{"message":{"a":)" + objects + R"("No")" + ends + "}}}") != "No");
}

TEST_CASE("a page is told by its title, and by its text where that is empty or has no end") {
  CHECK(read("<html><TITLE class='x'>One\t two</TITLE><p>three</p>") == "One two");
  CHECK(read("<html><title> </title><p>three</p>") == "three");
  CHECK(read("<html><p>three</p><title>One</title") == "One");
  CHECK(read("<html><title>One<p>three</p>") == "One three");
  CHECK(read("<html><p>three</p><title") == "three");
  CHECK(read("<?xml version='1'?><Error><Code>No</Code></Error>") == "No");
  CHECK(read("<body>No</body>") == "No");
  CHECK(read("<head></head>No") == "No");
  CHECK(read("<Error>No</Error>") == "No");
  CHECK(read("<No") == "<No");
  CHECK(read("< 3 and > 2") == "< 3 and > 2");
}

TEST_CASE("scripts and styles are no text of a page, and gaps are drawn together") {
  CHECK(read("<html>One<script>a > b</script >two<style>x > y</style>three</html>") == "One two three");
  CHECK(read("<html>One<script>never closed") == "One");
  CHECK(read("<html>One <b> \r\n two</b>\tthree  </html>") == "One two three");
  CHECK(read("<html>One<br").starts_with("One"));
  CHECK(read("<html>One</script") == "One");
}

TEST_CASE("white space around a message is not part of it") {
  CHECK(read(" \t\r\n No way \r\n\t ") == "No way");
  CHECK(read(" \t\r\n ").empty());
  CHECK(read(" [\"No\"] ") == "No");
}

TEST_CASE("texts whose key promises a sentence are told, and without any all others are") {
  for (const std::string key :
       {"message", "msg", "text", "detail", "details", "error", "reason", "error_msg", "title"}) {
    CAPTURE(key);
    CHECK(read(R"({"error":{"message":{"a":"other",")" + key + R"(":"No"}}})") == "No");
  }
  CHECK(read(R"({"error":{"message":{"a":"one","b":["two",3,null],"c":{"d":"three"}}}})") ==
        "one, two, three");
  CHECK(read(R"({"error":{"message":{"a":"one","input":"x","ctx":{"message":"y"},"url":"z"}}})") == "one");
  CHECK(read(R"({"error":{"message":{"loc":["body","a",1,null],"msg":"No"}}})") == "a.1: No");
  CHECK(read(R"({"error":{"message":{"loc":"body","msg":"No"}}})") == "No");
}
