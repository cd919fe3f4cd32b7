#include "gateway/surfaces/anthropic_messages/message_errors.hpp"

#include <boost/json.hpp>

namespace gateway {

namespace json = boost::json;

namespace {

// One for each status that Anthropic's API has; its clients' retries go by both.
std::string_view type_of(const ErrorReply& error) {
  switch (error.status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 409:
      return "conflict_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 503:
      return error.should_retry == ShouldRetry::no ? "api_error" : "overloaded_error";
    case 529:
      return "overloaded_error";
    default:
      return error.status >= 500 ? "api_error" : "invalid_request_error";
  }
}

// Programs that make a long conversation shorter look for these words.
std::string message_of(const ErrorReply& error) {
  constexpr std::string_view too_long = "prompt is too long";
  const bool is_said = error.message.find(too_long) != std::string::npos;
  const bool is_prompt = error.code == "context_length_exceeded" && error.param != "max_tokens";
  if (!is_prompt || is_said) return error.message;
  return std::string(too_long) + ": " + error.message;
}

}  // namespace

std::string message_error(const ErrorReply& error, std::string_view request_id) {
  json::object details{{"error_code", shown_code(error)}};
  if (!error.param.empty()) details["param"] = error.param;
  for (const auto& [name, value] : error.metadata) details[name] = value;
  json::object body{
      {"type", "error"},
      {"error", {{"type", type_of(error)}, {"message", message_of(error)}, {"details", std::move(details)}}},
      {"request_id", json::value(nullptr)}};
  if (!request_id.empty()) body["request_id"] = request_id;
  return json::serialize(body);
}

}  // namespace gateway
