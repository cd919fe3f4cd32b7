#include "gateway/surfaces/openrouter/openrouter_errors.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace gateway;

namespace json = boost::json;

TEST_CASE("an error has a number as its code, one of OpenRouter's types, and our own word beside it") {
  ErrorReply error = plain_error(429, "rate_limit_error", "provider_rate_limited", "slow down");
  error.param = "model";
  error.host_code = "rate_limit";
  const json::value found = json::parse(openrouter_envelope(error)).at("error");
  CHECK(found.at("code") == 429);
  CHECK(found.at("message") == "slow down");
  const json::object metadata{{"error_type", "rate_limit_exceeded"},
                              {"isocost_code", "provider_rate_limited"},
                              {"provider_code", "rate_limit"},
                              {"param", "model"}};
  CHECK(found.at("metadata") == json::value(metadata));
}

TEST_CASE("each status has its type, and some errors their own") {
  struct Row {
    int status;
    std::string_view code, type;
  };
  for (const Row& row :
       {Row{400, "invalid_type", "invalid_request"},
        Row{400, "context_length_exceeded", "context_length_exceeded"},
        Row{400, "model_not_found", "not_found"}, Row{401, "invalid_api_key", "authentication"},
        Row{403, "model_not_allowed", "permission_denied"}, Row{404, "no_eligible_endpoint", "not_found"},
        Row{413, "body_too_large", "payload_too_large"}, Row{418, "x", "invalid_request"},
        Row{500, "internal_error", "server"}, Row{501, "not_supported", "unmapped"},
        Row{502, "provider_error", "provider_unavailable"},
        Row{503, "provider_overloaded", "provider_overloaded"}, Row{504, "deadline_exceeded", "timeout"}}) {
    CAPTURE(row.code);
    CHECK(openrouter_error_type(plain_error(row.status, "", row.code, "")) == row.type);
  }
}

TEST_CASE("a stream that had begun ends with a chunk that says why") {
  const std::string event = openrouter_error_event(
      plain_error(502, "upstream_error", "stream_incomplete", "it broke"), {"gen-1", 7, "m", 0, "Host"});
  REQUIRE(event.starts_with("data: "));
  REQUIRE(event.ends_with("\n\n"));
  const json::value chunk = json::parse(event.substr(6));
  CHECK(chunk.at("object") == "chat.completion.chunk");
  CHECK(chunk.at("provider") == "Host");
  CHECK(chunk.at("error").at("code") == 502);
  CHECK(chunk.at("error").at("metadata").at("error_type") == "provider_unavailable");
  CHECK(chunk.at("choices").at(0).at("finish_reason") == "error");
}

TEST_CASE("Responses and Messages have the type where their clients look for it") {
  const ErrorReply error = plain_error(401, "authentication_error", "invalid_api_key", "no");
  const json::value responses = json::parse(openrouter_responses_envelope(error));
  CHECK(responses.at("error_type") == "authentication");
  CHECK(responses.at("error").at("code") == 401);
  const json::value messages = json::parse(openrouter_messages_envelope(
      error, R"({"type":"error","error":{"type":"authentication_error","message":"no"},"request_id":"r"})"));
  CHECK(messages.at("error").at("type") == "authentication_error");
  CHECK(messages.at("error").at("error_type") == "authentication");
  CHECK(messages.at("request_id") == "r");
}

TEST_CASE("why nobody is there to answer is said in OpenRouter's words, and whether to come again") {
  const auto told = [](ErrorReply error) {
    error.models = {"a/b", "c"};
    const json::object found = json::parse(openrouter_envelope(error)).at("error").as_object();
    return found.contains("availability") ? found.at("availability") : json::value(nullptr);
  };
  ErrorReply full = plain_error(429, "rate_limit_error", "endpoints_full", "");
  full.retry_after = std::chrono::milliseconds(1'500);
  const json::object expected{{"code", "capacity_exhausted"},
                              {"retryable", true},
                              {"requested_models", {"a/b", "c"}},
                              {"retry_after", 2.0}};
  CHECK(told(full) == json::value(expected));
  CHECK(told(plain_error(400, "", "model_not_found", "")).at("code") == "model_not_found");
  CHECK(told(plain_error(404, "", "no_eligible_endpoint", "")).at("code") == "constraint_filtered");
  CHECK(told(plain_error(502, "upstream_error", "provider_error", "")).at("retryable") == true);
  CHECK(told(plain_error(400, "", "invalid_type", "")).is_null());
}
