#include "gateway/surface/error_reply.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

namespace gateway {
namespace {

namespace json = boost::json;
using routing::FailureKind;

constexpr std::string_view invalid = "invalid_request_error";
constexpr std::string_view upstream = "upstream_error";

std::string_view type_of(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "insufficient_quota";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "server_error" : invalid;
  }
}

// Whether the request itself is at fault there.
bool is_request_at_fault(const routing::Failure& failure) {
  return failure.kind == FailureKind::rejected || failure.kind == FailureKind::too_long ||
         routing::exceeds_rate_alone(failure);
}

// What each kind is to the client. `rejected` and `too_long` are not here: their status is the provider's.
struct Row {
  FailureKind kind;
  int status;
  std::string_view type;
  std::string_view code;
  std::string_view message;
  ShouldRetry should_retry = ShouldRetry::unsaid;
};
constexpr std::array<Row, 19> rows{{
    {FailureKind::resolve, 502, upstream, "provider_unreachable", "no provider could be reached"},
    {FailureKind::connect, 502, upstream, "provider_unreachable", "no provider could be reached"},
    {FailureKind::tls, 502, upstream, "upstream_tls", "no secure connection to a provider could be made"},
    {FailureKind::reset_before_reply, 502, upstream, "provider_disconnected",
     "the provider closed the connection"},
    {FailureKind::first_token_timeout, 504, upstream, "first_token_timeout",
     "the provider did not begin to answer in time"},
    {FailureKind::bad_reply, 502, upstream, "upstream_protocol_error",
     "the provider's reply could not be read"},
    {FailureKind::empty_reply, 502, upstream, "empty_reply", "the provider answered without content"},
    {FailureKind::error_in_reply, 502, upstream, "provider_error", "the provider answered with an error"},
    {FailureKind::broken_stream, 502, upstream, "stream_incomplete",
     "the provider's stream ended before its end"},
    {FailureKind::stalled_stream, 504, upstream, "stream_incomplete", "the provider's stream stopped"},
    {FailureKind::rate_limited, 429, "rate_limit_error", "provider_rate_limited",
     "the provider that was asked is limiting its rate"},
    {FailureKind::overloaded, 503, "server_error", "provider_overloaded", "the provider is overloaded"},
    {FailureKind::server_error, 502, upstream, "provider_error", "the provider failed"},
    // Our key or balance is at fault: told a 401, the client would look for the mistake in its own.
    {FailureKind::credential, 502, upstream, "provider_auth_error", "the provider did not accept the gateway",
     ShouldRetry::no},
    {FailureKind::missing_model, 502, upstream, "provider_model_missing",
     "the provider does not have the model", ShouldRetry::no},
    {FailureKind::deadline, 504, "server_error", "deadline_exceeded", "no answer came before the deadline"},
    {FailureKind::outrun, 502, upstream, "provider_error", "another attempt answered first"},
    {FailureKind::client_left, 499, invalid, "client_left", "the client closed the connection"},
    {FailureKind::local, 503, "server_error", "gateway_out_of_connections",
     "the gateway's machine has no room for another connection to a provider", ShouldRetry::yes},
}};

ErrorReply of_rejection(const routing::Failure& failure, const HostWords& said) {
  ErrorReply reply;
  const bool is_plain = failure.status >= 400 && failure.status < 500;
  reply.status = is_plain ? failure.status : 400;
  reply.type = reply.status == 403 ? type_of(403) : invalid;
  reply.code = "rejected_by_provider";
  reply.message = "the provider rejected the request";
  if (!said.message.empty()) reply.message.append(": ").append(said.message);
  reply.host_code = said.code;
  reply.param = said.param;
  reply.failed_generation = said.failed_generation;
  if (failure.kind == FailureKind::too_long) {
    reply.code = "context_length_exceeded";
    if (reply.param.empty()) reply.param = "messages";
  }
  // The same request would be rejected again, whatever an SDK thinks of 408 and 409.
  reply.should_retry = ShouldRetry::no;
  return reply;
}

json::object members(const ErrorReply& error) {
  json::object object;
  object["message"] = error.message;
  object["type"] = error.type;
  object["param"] = error.param.empty() ? json::value(nullptr) : json::value(error.param);
  object["code"] = shown_code(error);
  if (!error.failed_generation.empty()) object["failed_generation"] = error.failed_generation;
  return object;
}

json::object metadata(const ErrorReply& error) {
  json::object object;
  for (const auto& [name, value] : error.metadata) object[name] = value;
  return object;
}

}  // namespace

std::string_view shown_code(const ErrorReply& error) {
  return error.host_code.empty() ? error.code : std::string_view(error.host_code);
}

ErrorReply of_refusal(const Refusal& refusal) {
  ErrorReply reply{refusal.status, type_of(refusal.status), refusal.code, refusal.message, {}, {}, {}, {}};
  reply.should_retry = ShouldRetry::no;
  if (refusal.status == 503) {
    reply.should_retry = ShouldRetry::yes;
    reply.retry_after = std::chrono::seconds(1);
  }
  return reply;
}

ErrorReply of_body_fault(const BodyFault& fault) {
  return {400, invalid, fault.code, fault.message, fault.param, {}, {}, ShouldRetry::no};
}

ErrorReply plain_error(int status, std::string_view type, std::string_view code, std::string message) {
  return {.status = status,
          .type = type,
          .code = code,
          .message = std::move(message),
          .param = {},
          .metadata = {}};
}

ErrorReply out_of_memory() {
  ErrorReply error =
      plain_error(503, "server_error", "out_of_memory", "The gateway has no memory for this request now.");
  error.retry_after = std::chrono::seconds(1);
  error.should_retry = ShouldRetry::yes;
  return error;
}

ErrorReply gateway_stopping() {
  ErrorReply reply = plain_error(503, "server_error", "gateway_stopping",
                                 "the gateway is stopping, and broke this request off");
  reply.should_retry = ShouldRetry::yes;
  return reply;
}

ErrorReply of_failure(const routing::Failure& failure, const HostWords& said) {
  if (is_request_at_fault(failure)) return of_rejection(failure, said);
  ErrorReply reply;
  for (const Row& row : rows) {
    if (row.kind != failure.kind) continue;
    reply.status = row.status;
    reply.type = row.type;
    reply.code = row.code;
    reply.message = row.message;
    reply.should_retry = row.should_retry;
  }
  if (failure.kind == FailureKind::credential && (failure.status == 402 || failure.status == 429)) {
    reply.code = "provider_payment_error";
    reply.message = "the gateway's account at the provider has no money left";
  }
  if (failure.kind == FailureKind::bad_reply && said.ran_on) {
    reply.message =
        "the provider's answer went on far beyond the `max_tokens` that was asked for, and was cut off";
  }
  // Not the request's fault, but clients that know the host's code for it do what is right.
  if (failure.kind == FailureKind::missing_model && said.code.find("model") != std::string::npos) {
    reply.host_code = said.code;
  }
  reply.retry_after = failure.retry_after;
  if (failure.kind == FailureKind::local && !reply.retry_after) reply.retry_after = std::chrono::seconds(1);
  return reply;
}

ErrorReply of_failures(const routing::Attempts& attempts, const HostWords& said) {
  const routing::Failure& failure = *routing::deciding_one(attempts).failure;
  ErrorReply reply = of_failure(failure, said);
  if (failure.kind != FailureKind::rate_limited || is_request_at_fault(failure) || attempts.size() == 1) {
    return reply;
  }
  const bool all = std::ranges::all_of(attempts, [](const routing::Attempt& attempt) {
    return attempt.failure && attempt.failure->kind == FailureKind::rate_limited;
  });
  const std::string count = std::to_string(attempts.size());
  reply.message = all ? "all " + count + " attempts met a provider's limit of rate"
                      : "of " + count + " attempts all failed, the last at a provider's limit of rate";
  return reply;
}

std::string envelope(const ErrorReply& error) {
  json::object object = members(error);
  if (!error.metadata.empty()) object["metadata"] = metadata(error);
  return json::serialize(json::object{{"error", std::move(object)}});
}

}  // namespace gateway
