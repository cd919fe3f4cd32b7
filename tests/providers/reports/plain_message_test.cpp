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
