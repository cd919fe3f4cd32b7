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
