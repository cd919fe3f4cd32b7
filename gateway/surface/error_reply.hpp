// The one translation of what went wrong into what the client is told: status, code and OpenAI's error
// envelope. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/http_gate.hpp"
#include "gateway/surface/body_fault.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// What x-should-retry tells the client's SDK. unsaid: its own rules by status are right.
enum class ShouldRetry { unsaid, no, yes };

struct ErrorReply {
  int status = 500;
  std::string_view type;  // OpenAI's: "invalid_request_error", "rate_limit_error", ...
  std::string_view code;  // ours, machine-readable: "model_not_found", "provider_auth_error", ...
  std::string message;
  std::string param;  // the member at fault, or empty: null in the envelope
  std::vector<std::pair<std::string, std::string>> metadata;  // empty: no metadata in the envelope
  std::optional<config::Duration> retry_after{};
  ShouldRetry should_retry = ShouldRetry::unsaid;
  std::string host_code{};            // shown instead of `code`, which records and metrics go on to count by
  std::string failed_generation{};    // as Groq gives it; empty: none
  std::vector<std::string> models{};  // that the request asked for, in its order; empty: it was not read
};

// A host's own account of a failure, already scrubbed.
struct HostWords {
  std::string message;
  std::string code;  // empty, or machine-readable
  std::string param;
  std::string failed_generation;
  // Ours, of an answer that we cut: it went on far beyond the bound that was asked for.
  bool ran_on = false;
};

// One without a member at fault.
ErrorReply plain_error(int status, std::string_view type, std::string_view code, std::string message);
ErrorReply of_refusal(const Refusal& refusal);
ErrorReply of_body_fault(const BodyFault& fault);
// The host's words are shown only where the request itself is at fault.
ErrorReply of_failure(const routing::Failure& failure, const HostWords& said = {});
// Of a request whose last attempt failed.
ErrorReply of_failures(const routing::Attempts& attempts, const HostWords& said);
ErrorReply gateway_stopping();
// For this request there is none now.
ErrorReply out_of_memory();

// Shown as `code`: the host's own word for it, where that helps, else ours.
std::string_view shown_code(const ErrorReply& error);

// {"error":{"message","type","param","code","metadata"?}}
std::string envelope(const ErrorReply& error);

// The chunk fields that every event of a stream repeats.
struct StreamIdentity {
  std::string_view id;
  std::int64_t created = 0;  // seconds since 1970
  std::string_view model;
  std::int64_t events = 0;      // so far, where the API numbers them
  std::string_view provider{};  // whose host it is, for people; empty: nobody's yet
  std::uint64_t owner = 0;      // the endpoint that answers, by Endpoint::name_hash; 0: none yet
};
}  // namespace gateway
