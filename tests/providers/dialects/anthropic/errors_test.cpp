#include "providers/dialects/anthropic/errors.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/dialects/anthropic/anthropic.hpp"

using namespace providers;
using routing::FailureKind;

TEST_CASE("an error of Anthropic's is of the kind that its status and type say") {
  struct Row {
    int status;
    std::string type, message;
    FailureKind kind;
  };
  JsonTokens tokens;
  for (const Row& row : {Row{400, "invalid_request_error", "messages: too many", FailureKind::rejected},
                         Row{400, "invalid_request_error",
                             "Your credit balance is too low to access the API.", FailureKind::credential},
                         Row{401, "authentication_error", "invalid x-api-key", FailureKind::credential},
                         Row{402, "billing_error", "no", FailureKind::credential},
                         Row{403, "permission_error", "no", FailureKind::credential},
                         Row{404, "not_found_error", "model: claude-9", FailureKind::missing_model},
                         Row{409, "conflict_error", "no", FailureKind::server_error},
                         Row{413, "request_too_large", "no", FailureKind::rejected},
                         Row{429, "rate_limit_error", "no", FailureKind::rate_limited},
                         Row{500, "api_error", "no", FailureKind::server_error},
                         Row{504, "timeout_error", "no", FailureKind::server_error},
                         Row{529, "overloaded_error", "Overloaded", FailureKind::overloaded}}) {
    CAPTURE(row.type);
    const std::string body = R"({"type":"error","error":{"type":")" + row.type + R"(","message":")" +
                             row.message + R"("},"request_id":"req_1"})";
    const ReportedError error = anthropic_dialect().error_in(body, tokens);
    CHECK(error.type == row.type);
    CHECK(error.message == row.message);
    CHECK(error.status == row.status);
    CHECK(anthropic_dialect().fault_of(row.status, error).kind == row.kind);
  }
}

TEST_CASE("an error that is not Anthropic's is read as well as it can be") {
  JsonTokens tokens;
  const ReportedError plain = read_anthropic_error("<html>Bad gateway</html>", tokens);
  CHECK(plain.message == "Bad gateway");
  CHECK(plain.status == 0);
  CHECK(fault_of_anthropic(502, plain).kind == FailureKind::server_error);
  const ReportedError bare = read_anthropic_error(R"({"type":"error","message":"no"})", tokens);
  CHECK(bare.type.empty());
  const ReportedError turned = read_anthropic_error(
      R"({"error":{"type":"rate_limit_error","message":"slow"},"type":"error"})", tokens);
  CHECK(turned.type == "rate_limit_error");
  CHECK(turned.status == 429);
  CHECK(bare.message == "no");
}

TEST_CASE("a request to Anthropic goes to its messages, with the version that takes sampling") {
  const Dialect& dialect = anthropic_dialect();
  CHECK(dialect.format() == config::Format::messages);
  std::string scratch;
  CHECK(dialect.target({}, routing::Delivery::streamed, scratch) == "/messages");
  REQUIRE(dialect.fields().size() == 1);
  CHECK(dialect.fields()[0].name == "anthropic-version");
  CHECK(dialect.fields()[0].value == "2023-06-01");
}
