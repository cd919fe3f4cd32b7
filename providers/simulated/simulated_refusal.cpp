#include "providers/simulated/simulated_refusal.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>

namespace providers {
namespace {

SimulatedError context_error(const config::SimulatedHost& host, const routing::HostRequest& request) {
  std::string message = "This model's context is " + std::to_string(host.context.count) +
                        " tokens; your messages have " + std::to_string(request.prompt.count) + " tokens";
  if (request.max_output)
    message += " and you asked for up to " + std::to_string(request.max_output->count) + " more";
  return {400, message + ".", "invalid_request_error", "context_length_exceeded", "messages"};
}

SimulatedError trouble(int status) {
  switch (status) {
    case 401:
      return {status, "The API key is not valid.", "authentication_error", "invalid_api_key", ""};
    case 402:
      return {status, "The balance is used up.", "insufficient_quota", "insufficient_quota", ""};
    case 429:
      return {status, "The host is busy; try again later.", "rate_limit_error", "rate_limit_exceeded", ""};
    case 503:
    case 529:
      return {status, "The host is overloaded; try again later.", "server_error", "overloaded", ""};
    default:
      return {status, "Something went wrong inside the host.", "server_error", "", ""};
  }
}

SimulatedError over_limit(double limit, const std::string& what) {
  const auto number = static_cast<std::int64_t>(std::llround(limit));
  return {429, "The limit of " + std::to_string(number) + ' ' + what + " per minute is reached.",
          "rate_limit_error", "rate_limit_exceeded", ""};
}

std::string field(const std::string& name, const std::string& value) {
  return name + ": " + value + "\r\n";
}

}  // namespace

SimulatedError error_of(const routing::Refused& refused, const config::SimulatedHost& host,
                        const routing::HostRequest& request) {
  using Because = routing::Refused::Because;
  switch (refused.because) {
    case Because::context:
      return context_error(host, request);
    case Because::max_output:
      return {400,
              "This model returns at most " + std::to_string(host.max_output.value_or(host.context).count) +
                  " tokens.",
              "invalid_request_error", "invalid_value", "max_tokens"};
    case Because::requests_per_minute:
      return over_limit(host.rate_limits.requests_per_minute.value_or(0), "requests");
    case Because::tokens_per_minute:
      return over_limit(host.rate_limits.tokens_per_minute.value_or(0), "tokens");
    case Because::outage:
    case Because::error:
    case Because::queue_full:
      break;
  }
  return trouble(refused.status);
}

std::string retry_fields(config::Duration wait) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return field("retry-after", std::to_string(seconds)) +
         field("retry-after-ms", std::to_string(milliseconds));
}

std::string limit_fields(const std::string& what, const routing::RateStanding& standing,
                         config::Duration until_full) {
  const auto whole = [](double amount) { return std::to_string(static_cast<std::int64_t>(amount)); };
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(until_full).count();
  return field("x-ratelimit-limit-" + what, whole(standing.limit)) +
         field("x-ratelimit-remaining-" + what, whole(standing.remaining)) +
         field("x-ratelimit-reset-" + what, std::to_string(milliseconds) + "ms");
}

}  // namespace providers
