#include "gateway/surfaces/anthropic_messages/message_errors.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "providers/dialects/anthropic/errors.hpp"

using namespace gateway;
namespace json = boost::json;

TEST_CASE("each status has the type that Anthropic's clients expect with it") {
  const auto type = [](int status, ShouldRetry retry = ShouldRetry::unsaid) {
    ErrorReply error = plain_error(status, "x", "y", "z");
    error.should_retry = retry;
    return std::string(json::parse(message_error(error, "req_1")).at("error").at("type").as_string());
  };
  CHECK(type(400) == "invalid_request_error");
  CHECK(type(401) == "authentication_error");
  CHECK(type(402) == "billing_error");
  CHECK(type(403) == "permission_error");
  CHECK(type(404) == "not_found_error");
  CHECK(type(413) == "request_too_large");
  CHECK(type(422) == "invalid_request_error");
  CHECK(type(429) == "rate_limit_error");
  CHECK(type(500) == "api_error");
  CHECK(type(502) == "api_error");
  CHECK(type(503) == "overloaded_error");
  CHECK(type(503, ShouldRetry::no) == "api_error");
  CHECK(type(504) == "timeout_error");
}

TEST_CASE("an error says what, where and of which request, and is read by who reads Anthropic's") {
  ErrorReply error = plain_error(400, "invalid_request_error", "invalid_value", "No \"x\".");
  error.param = "messages[0]";
  const std::string text = message_error(error, "req_1");
  const json::value body = json::parse(text);
  CHECK(body.at("type") == "error");
  CHECK(body.at("request_id") == "req_1");
  CHECK(body.at("error").at("message") == "No \"x\".");
  CHECK(body.at("error").at("details").at("error_code") == "invalid_value");
  CHECK(body.at("error").at("details").at("param") == "messages[0]");
  providers::JsonTokens tokens;
  const auto read = providers::read_anthropic_error(text, tokens);
  CHECK(read.type == "invalid_request_error");
  CHECK(read.message == "No \"x\".");
  const std::string event = anthropic_messages_surface().error_event(error, {"req_1", 7, "m"});
  CHECK(event == "event: error\ndata: " + text + "\n\n");
}

TEST_CASE("a prompt that is too long is called so, for programs that then make it shorter") {
  ErrorReply error = plain_error(400, "x", "context_length_exceeded", "About 9 tokens.");
  CHECK(json::parse(message_error(error, "")).at("error").at("message") ==
        "prompt is too long: About 9 tokens.");
  error.param = "max_tokens";  // it is the answer that would be
  CHECK(json::parse(message_error(error, "")).at("error").at("message") == "About 9 tokens.");
  error.param = "messages";
  error.message = "rejected: prompt is too long: 9 tokens > 8 maximum";
  CHECK(json::parse(message_error(error, "")).at("error").at("message") == json::value(error.message));
}

TEST_CASE("a parameter is named as the API has it") {
  CHECK(anthropic_messages_surface().parameter("stop") == "stop_sequences");
  CHECK(anthropic_messages_surface().parameter("top_k") == "top_k");
  CHECK(anthropic_messages_surface().parameter("tools[0]") == "tools[0]");
}
