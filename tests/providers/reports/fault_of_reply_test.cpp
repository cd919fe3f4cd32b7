#include "providers/reports/fault_of_reply.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialects/openai_chat/chat_events.hpp"

using namespace providers;
using routing::FailureKind;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

ReadFault of_status(int status, const std::string& body) {
  return fault_of_reply(status, read_error(body, scratch_tokens()));
}

ReadFault of_event(const std::string& data, const std::string& name) {
  SseReader reader;
  const std::string text = (name.empty() ? "" : "event: " + name + "\n") + "data: " + data + "\n\n";
  reader.feed(text);
  const PassedEvent event = classify(*reader.next(), scratch_tokens());
  REQUIRE(event.kind == PassedEvent::Kind::error);
  return fault_of_reply(200, *event.error);
}

ReadFault of_document(const std::string& body) {
  const PassedReply reply = classify_whole(body, scratch_tokens());
  REQUIRE(reply.kind == PassedReply::Kind::error);
  return fault_of_reply(200, *reply.error);
}

std::string says(const std::string& message) {
  return R"({"error":{"message":")" + message + R"("}})";
}

}  // namespace

TEST_CASE("a refusal for the content or the features of a request is the request's, whatever its status") {
  struct Row {
    int status;
    std::string body;
    std::string_view cause;
  };
  const std::string_view content = "content_filter", feature = "unsupported_by_provider";
  const std::vector<Row> rows{
      {403,
       R"({"error":{"code":403,"message":"m/x requires moderation on Y. Your input was flagged for \"sexual\". No credits were charged.","metadata":{"reasons":["sexual"],"flagged_input":"..."}}})",
       content},
      {403, says("This request was blocked by a guardrail of your workspace"), content},
      {403, says("Request blocked by our content policy"), content},
      {403, says("You do not have permission to generate this content"), content},
      {403, says("This content is not available in your region"), content},
      {403, R"({"error":{"message":"no","code":"content_policy_violation"}})", content},
      {403, R"({"error":{"message":"no","code":403,"metadata":{"error_type":"content_policy_violation"}}})",
       content},
      {400,
       R"({"error":{"message":"The response was filtered due to the prompt triggering the policy","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
       content},
      {400, R"({"error":{"code":"data_inspection_failed","message":"Input data may be bad"}})", content},
      {404, says("No endpoints found that support tool use. To learn more, visit: https://x/docs"), feature},
      {404, says("No endpoints found that support image input"), feature},
      {404, says("No endpoints found that can handle the requested parameters."), feature},
      {404, says("The model `acme/reasoner` does not support the parameter logprobs"), feature},
      {403, says("Streaming is not enabled for this kind of request"), feature},
      {404, R"({"error":{"message":"no","code":"unsupported_parameter","param":"seed"}})", feature},
      {404, says("The image at the given url could not be read: download failed"), ""},
      {400, R"({"error":{"message":"no","type":"invalid_request_error","code":"tool_use_failed"}})", ""},
      {400, R"({"error":{"message":"long","code":"context_length_exceeded"}})", "context_length_exceeded"},
      {422, R"({"detail":[{"loc":["body","seed"],"msg":"no"}]})", ""},
      {451, says("no"), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const ReadFault fault = of_status(row.status, row.body);
    CHECK(fault.kind == FailureKind::rejected);
    CHECK(fault.status == row.status);
    CHECK(fault.cause == row.cause);
    CHECK(!fault.is_doubtful);
  }
}

TEST_CASE("a 401, a 402 and what plainly is about our key or account are our fault at once") {
  const std::vector<std::pair<int, std::string>> rows{
      {401, says("content policy: who are you?")},
      {402, says("Insufficient credits to serve this content")},
      {403, R"({"error":{"message":"no","code":"invalid_api_key"}})"},
      {403, R"({"error":{"message":"no","code":"insufficient_quota"}})"},
      {429, R"({"error":{"message":"no","code":"insufficient_quota"}})"},
      {400,
       R"([{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}])"},
  };
  for (const auto& [status, body] : rows) {
    const auto& shown = body;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    const ReadFault fault = of_status(status, body);
    CHECK(fault.kind == FailureKind::credential);
    CHECK(!fault.is_doubtful);
  }
}

TEST_CASE("a 403 or 404 that names neither content nor a feature is doubtful") {
  struct Row {
    int status;
    std::string body;
    FailureKind kind;
  };
  const std::vector<Row> rows{
      {403, says("Forbidden"), FailureKind::credential},
      {403, "", FailureKind::credential},
      {403, "<html><head><title>Attention Required!</title></head><body>content blocked</body></html>",
       FailureKind::credential},
      {403, says("Your account was flagged for violating our usage policies and is suspended"),
       FailureKind::credential},
      {403, says("The budget of this guardrail is spent"), FailureKind::credential},
      {403,
       R"({"error":{"message":"Country, region, or territory not supported","code":"unsupported_country_region_territory"}})",
       FailureKind::credential},
      {403, R"({"error":{"message":"no","type":"permission_error"}})", FailureKind::credential},
      {404, says("no"), FailureKind::missing_model},
      {404,
       R"({"error":{"message":"The model `gpt-image-tool-1` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}})",
       FailureKind::missing_model},
      {404, says("Model meta/llama-3.2-90b-vision is not available"), FailureKind::missing_model},
      {404, says("Model acme-reasoning-tools is not supported"), FailureKind::missing_model},
      {404, says("No endpoints found matching your data policy"), FailureKind::missing_model},
      {404, says("The requested URL was not found on this server. Copyright Acme"),
       FailureKind::missing_model},
      {404, says("No such model; names are case-sensitive"), FailureKind::missing_model},
      {404, says("Not found. Please contact support with the parameters of your call"),
       FailureKind::missing_model},
      {404, says("This reasoning model is not available"), FailureKind::missing_model},
      {403, says("Access prohibited"), FailureKind::credential},
      {403, says("Your IP address was flagged"), FailureKind::credential},
      {410, says("gone"), FailureKind::missing_model},
      {400, R"({"error":{"message":"no such","code":"model_not_found"}})", FailureKind::missing_model},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const ReadFault fault = of_status(row.status, row.body);
    CHECK(fault.kind == row.kind);
    CHECK(fault.is_doubtful);
    CHECK(fault.cause.empty());
  }
}

TEST_CASE("an error in a stream or in the body of a 200 is read as its status would be") {
  struct Row {
    std::string data;
    std::string name;
    FailureKind kind;
    int status;
  };
  const std::string failed =
      R"({"error":{"message":"Failed to call a function","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<x>","status_code":400}})";
  const std::vector<Row> rows{
      {failed, "error", FailureKind::rejected, 400},
      {R"({"message":"no","status_code":400})", "error", FailureKind::rejected, 400},
      {R"({"message":"no","status_code":400})", "", FailureKind::rejected, 400},
      {R"({"message":"no","code":"tool_use_failed","failed_generation":"<x>"})", "error",
       FailureKind::rejected, 400},
      {R"({"error":{"message":"no","failed_generation":"<x>"}})", "", FailureKind::rejected, 400},
      {R"({"error":{"code":400,"message":"no"}})", "", FailureKind::rejected, 400},
      {R"({"error":{"code":"400","message":"no"}})", "", FailureKind::rejected, 400},
      {R"({"error":{"code":403,"message":"Your input was flagged"}})", "", FailureKind::rejected, 403},
      {R"({"error":{"message":"Your input was flagged"}})", "", FailureKind::rejected, 400},
      {R"({"error":{"message":"no","type":"invalid_request_error"}})", "", FailureKind::rejected, 400},
      {R"({"error":{"message":"no","type":"BadRequestError"}})", "", FailureKind::rejected, 400},
      {R"({"object":"error","message":"no","type":"BadRequestError","code":400})", "", FailureKind::rejected,
       400},
      {R"({"error":{"message":"no","code":401}})", "", FailureKind::credential, 401},
      {R"({"error":{"message":"no","type":"authentication_error"}})", "", FailureKind::credential, 401},
      {R"({"error":{"message":"no","code":403}})", "", FailureKind::credential, 403},
      {R"({"error":{"message":"no","code":"model_not_found"}})", "", FailureKind::missing_model, 404},
      {R"({"error":{"message":"no","code":429}})", "", FailureKind::rate_limited, 429},
      {R"({"error":{"message":"no","type":"overloaded_error"}})", "", FailureKind::overloaded, 503},
      {R"({"error":{"message":"no","code":502}})", "", FailureKind::error_in_reply, 502},
      {R"({"error":{"message":"content server fell over","type":"server_error"}})", "",
       FailureKind::error_in_reply, 0},
      {R"({"error":{"message":"no"}})", "", FailureKind::error_in_reply, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.data);
    const ReadFault fault = of_event(row.data, row.name);
    CHECK(fault.kind == row.kind);
    CHECK(fault.status == row.status);
    if (!row.name.empty()) continue;
    const ReadFault whole = of_document(row.data);
    CHECK(whole.kind == row.kind);
    CHECK(whole.status == row.status);
  }
}

TEST_CASE("no text in a message makes a host or a key guilty") {
  for (const char* message : {"invalid api key", "insufficient_quota", "rate limit exceeded",
                              "model not found", "Your account is deactivated", "payment required"}) {
    CAPTURE(message);
    CHECK(of_status(400, says(message)).kind == FailureKind::rejected);
    CHECK(of_status(500, says(message)).kind == FailureKind::server_error);
    CHECK(of_status(403, says(message)).is_doubtful);
  }
}

TEST_CASE("a 4xx that says a rate, a full host or a place that is not served is not the request's") {
  struct Row {
    int status;
    std::string body;
    FailureKind kind;
    bool is_doubtful;
  };
  const std::vector<Row> rows{
      {413, R"({"error":{"message":"no","type":"tokens","code":"rate_limit_exceeded"}})",
       FailureKind::rate_limited, false},
      {413, R"({"error":{"message":"no","type":"request_too_large"}})", FailureKind::rejected, false},
      {498, R"({"error":{"message":"no","code":"capacity_exceeded"}})", FailureKind::overloaded, false},
      {400,
       R"({"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}})",
       FailureKind::credential, true},
      {400, R"({"error":{"code":400,"message":"no","status":"FAILED_PRECONDITION"}})", FailureKind::rejected,
       false},
      {412, says("Account x is suspended"), FailureKind::credential, true},
      {400, says("Incorrect API key provided: xa***"), FailureKind::credential, true},
      {400, says("It said: Incorrect API key provided"), FailureKind::rejected, false},
      {400, says("Invocation of model ID a.b with on-demand throughput is not supported"),
       FailureKind::missing_model, true},
      {400, says("Invocation of model ID a.b with these tools is not supported"), FailureKind::rejected,
       false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const ReadFault fault = of_status(row.status, row.body);
    CHECK(fault.kind == row.kind);
    CHECK(fault.is_doubtful == row.is_doubtful);
  }
}

TEST_CASE("of a code and a type the one that says more counts, and words only where neither says anything") {
  const auto kind = [](int status, const std::string& code, const std::string& type,
                       const std::string& message = "no") {
    return fault_of_reply(status, {.message = message, .code = code, .type = type}).kind;
  };
  CHECK(kind(400, "invalid_api_key", "content_filter") == FailureKind::credential);
  CHECK(kind(400, "internal", "invalid_api_key") == FailureKind::credential);
  CHECK(kind(400, "model_not_found", "invalid_request_error") == FailureKind::missing_model);
  CHECK(kind(400, "", "model_not_found") == FailureKind::missing_model);
  CHECK(kind(200, "server_error", "model_not_found") == FailureKind::error_in_reply);
  CHECK(kind(200, "rate_limit", "content_filter") == FailureKind::rate_limited);
  CHECK(kind(200, "overloaded", "content_filter") == FailureKind::overloaded);
  CHECK(kind(200, "server_error", "overloaded") == FailureKind::overloaded);
  CHECK(kind(403, "overloaded", "", "Your input was flagged") == FailureKind::credential);
  CHECK(kind(403, "rate_limit", "", "Your input was flagged") == FailureKind::rate_limited);
  // Of an error without a status.
  CHECK(kind(200, "", "", "Your input was flagged") == FailureKind::rejected);
  CHECK(kind(200, "", "server_error", "Your input was flagged") == FailureKind::error_in_reply);
  CHECK(kind(200, "", "", "tools are unsupported") == FailureKind::error_in_reply);
  CHECK(kind(500, "", "", "Your input was flagged") == FailureKind::server_error);
}

TEST_CASE("what the words of a 400 are about is not told as its cause, what its code says is") {
  CHECK(of_status(400, says("Your input was flagged")).cause.empty());
  CHECK(of_status(400, says("tools are unsupported")).cause.empty());
  CHECK(fault_of_reply(400, {.message = "no", .code = "content_filter", .type = {}}).cause ==
        "content_filter");
  CHECK(of_status(410, says("tools are unsupported")).cause == "unsupported_by_provider");
}

TEST_CASE("a 403, 404 or 410 for a rate or for money is what it says, and nobody doubts it") {
  struct Row {
    int status;
    std::string code;
    FailureKind kind;
    bool is_doubtful;
  };
  const std::vector<Row> rows{
      {403, "rate_limit_exceeded", FailureKind::rate_limited, false},
      {404, "rate_limit_exceeded", FailureKind::rate_limited, false},
      {403, "insufficient_quota", FailureKind::credential, false},
      {404, "insufficient_quota", FailureKind::credential, false},
      {410, "invalid_api_key", FailureKind::credential, false},
      {404, "overloaded", FailureKind::missing_model, true},
      {403, "overloaded", FailureKind::credential, true},
      {429, "invalid_api_key", FailureKind::rate_limited, false},
      {429, "", FailureKind::rate_limited, false},
      {422, "invalid_api_key", FailureKind::credential, false},
      {422, "model_not_found", FailureKind::missing_model, true},
      {500, "model_not_found", FailureKind::server_error, false},
      {503, "invalid_api_key", FailureKind::overloaded, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CAPTURE(row.code);
    const ReadFault fault = fault_of_reply(row.status, {.message = "no", .code = row.code, .type = {}});
    CHECK(fault.kind == row.kind);
    CHECK(fault.status == row.status);
    CHECK(fault.is_doubtful == row.is_doubtful);
  }
}

TEST_CASE(
    "an error without a status has that of its kind, and one that came with the status 0 or 200 its own") {
  struct Row {
    std::string code;
    int status;
    FailureKind kind;
  };
  const std::vector<Row> rows{
      {"content_filter", 400, FailureKind::rejected},
      {"unsupported", 400, FailureKind::rejected},
      {"context_length", 400, FailureKind::rejected},
      {"invalid_value", 400, FailureKind::rejected},
      {"bad_request", 400, FailureKind::rejected},
      {"unauthorized", 401, FailureKind::credential},
      {"insufficient_quota", 402, FailureKind::credential},
      {"forbidden", 403, FailureKind::credential},
      {"invalid_model", 404, FailureKind::missing_model},
      {"rate_limit", 429, FailureKind::rate_limited},
      {"overloaded", 503, FailureKind::overloaded},
      {"internal", 0, FailureKind::error_in_reply},
      {"", 0, FailureKind::error_in_reply},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    for (const int status : {0, 200}) {
      const ReadFault fault = fault_of_reply(status, {.message = "no", .code = row.code, .type = {}});
      CHECK(fault.kind == row.kind);
      CHECK(fault.status == row.status);
    }
  }
  CHECK(fault_of_reply(200, {.message = "no", .code = {}, .type = {}, .status = 500}).kind ==
        FailureKind::error_in_reply);
  CHECK(fault_of_reply(500, {.message = "no", .code = {}, .type = {}, .status = 429}).status == 500);
}
