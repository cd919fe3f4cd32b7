#include "providers/reports/reported_error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

namespace {

ReportedError read(const std::string& body) {
  static JsonTokens tokens;
  return read_error(body, tokens);
}

}  // namespace

TEST_CASE("a status that an error tells counts from 400 to 599, by whichever name it goes") {
  for (const std::string name : {"code", "status_code", "http_status"}) {
    CAPTURE(name);
    const auto status = [&](const std::string& value) {
      return read(R"({"error":{"message":"No",")" + name + "\":" + value + "}}").status;
    };
    CHECK(status("400") == 400);
    CHECK(status("599") == 599);
    CHECK(status("399") == 0);
    CHECK(status("600") == 0);
    CHECK(status("429.5") == 0);
    CHECK(status("\"429\"") == (std::string(name) == "code" ? 429 : 0));
    CHECK(status("null") == 0);
  }
}

TEST_CASE("an error's kind is its type, else its error_type, else that of its metadata") {
  CHECK(read(R"({"error":{"message":"No","type":"a"}})").type == "a");
  CHECK(
      read(R"({"error":{"message":"No","type":"a","error_type":"b","metadata":{"error_type":"c"}}})").type ==
      "a");
  CHECK(read(R"({"error":{"message":"No","error_type":"b","metadata":{"error_type":"c"}}})").type == "b");
  CHECK(read(R"({"error":{"message":"No","metadata":{"x":1,"error_type":"c"}}})").type == "c");
  CHECK(read(R"({"error":{"message":"No","metadata":"c"}})").type == "");
}

TEST_CASE("an error's words are its message, and its detail where it has none") {
  CHECK(read(R"({"error":{"detail":"d","message":"m"}})").message == "m");
  CHECK(read(R"({"error":{"message":"m","detail":"d"}})").message == "m");
  CHECK(read(R"({"error":{"message":{"a":1},"detail":"d"}})").message == "d");
  // What has no words has its code.
  CHECK(read(R"({"error":{"code":"c"}})").message == "c");
  CHECK(read(R"({"error":{"code":"c"}})").code == "c");
}

TEST_CASE("an error beside other members is read to the end") {
  const ReportedError error =
      read(R"({"id":7,"error":{"message":"m","param":["x"],"code":"c"},"user":{"a":[]}})");
  CHECK(error.message == "m");
  CHECK(error.code == "c");
}

TEST_CASE("a status is a number under `status`, and a word there is the kind where no other says it") {
  CHECK(read(R"({"error":{"message":"No","status":503}})").status == 503);
  CHECK(read(R"({"error":{"message":"No","status":"DENIED"}})").type == "DENIED");
  CHECK(read(R"({"error":{"message":"No","type":"t","status":"DENIED"}})").type == "t");
  CHECK(read(R"({"error":{"message":"No","status":true}})").message == "No");
}

TEST_CASE("a code of three digits is a status, also as a text; one that is longer or no number is none") {
  CHECK(read(R"({"error":{"message":"No","code":"503"}})").status == 503);
  CHECK(read(R"({"error":{"message":"No","code":"0503"}})").status == 0);
  CHECK(read(R"({"error":{"message":"No","code":"5x3"}})").status == 0);
  CHECK(read(R"({"error":{"message":"No","code":"5x3"}})").code == "5x3");
  CHECK(read(R"({"error":{"message":"No","code":5030}})").status == 0);
  CHECK(read(R"({"error":{"message":"No","code":5030}})").code == "5030");
}

TEST_CASE("a reason in the details is the code where that is missing or a number, and the first of them") {
  const auto code = [](const std::string& members) {
    return read(R"({"error":{"message":"No",)" + members + "}}").code;
  };
  CHECK(code(R"("details":[7,{"x":1,"reason":"R"}])") == "R");
  CHECK(code(R"("code":400,"details":[{"reason":"R"},{"reason":"S"}])") == "R");
  CHECK(code(R"("code":"c","details":[{"reason":"R"}])") == "c");
  CHECK(code(R"("code":"c","details":{"reason":"R"})") == "c");
  CHECK(code(R"("details":{"reason":"R"})") == "");
}

TEST_CASE("every name of an error's words is read where no words came before") {
  for (const std::string key : {"message", "detail", "errors", "error_msg", "msg"}) {
    CAPTURE(key);
    CHECK(read(R"({"error":{")" + key + R"(":"No"}})").message == "No");
    CHECK(read(R"({"error":{"message":"first",")" + key + R"(":"No"}})").message ==
          (key == "message" ? "No" : "first"));
  }
}

TEST_CASE("an error in a list of one is read, and what stands beside it is not") {
  CHECK(read(R"([7,{"error":{"message":"No","code":"c"}}])").code == "c");
  CHECK(read(R"([7])").message == "");
  CHECK(read(R"("No")").message == R"("No")");
}
