// How an attempt at one endpoint ended, in the words that routing decides and learns by. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/values/units.hpp"
#include "routing/terms/catalogue.hpp"

namespace routing {

enum class FailureKind {
  resolve,              // no address
  connect,              // refused, unreachable, or the connect limit
  tls,                  // handshake or certificate
  reset_before_reply,   // closed with no byte of a reply
  first_token_timeout,  // no decisive event in time
  bad_reply,            // not HTTP, not JSON, not SSE, or against the framing rules
  empty_reply,          // 200 without content
  error_in_reply,       // 200 whose first event or body is an error
  broken_stream,        // ended before its end, after it began
  stalled_stream,       // no byte, or no content, for too long
  rate_limited,         // 429
  overloaded,           // 503, 529
  server_error,         // other 5xx
  rejected,             // 400, 413, 422 and the like: the request itself is at fault
  credential,           // 401, 402, 403, or a 429 for want of money: our credential or balance is at fault
  missing_model,        // 404: the host does not know the model
  deadline,             // the request's own deadline
  client_left,          // not a fault of the endpoint
  too_long,             // 400: the prompt does not fit into the endpoint's context
};

// How far an attempt got. Once the client has bytes, no other endpoint can take over.
enum class Progress { nothing_sent, request_sent, client_has_bytes };

struct Failure {
  FailureKind kind{};
  Progress progress = Progress::nothing_sent;
  int status = 0;                                 // of the host's reply; 0 without one
  std::optional<config::Duration> retry_after{};  // as the host asked
  std::optional<config::Tokens> prompt{};  // of one that is too long: its tokens, where the host counted them
  std::optional<config::Tokens> context{};  // and the context, where it named its own
};

// Tokens as the host counted them. `prompt` includes `cached`, `output` includes `reasoning`.
struct Usage {
  config::Tokens prompt{};
  config::Tokens cached{};
  config::Tokens cache_written{};
  config::Tokens output{};
  config::Tokens reasoning{};
  std::optional<double> cost{};  // dollars, where the host itself reports it
};

// What one attempt showed. Times are absent when the attempt did not get there.
struct Attempt {
  EndpointIndex endpoint = 0;
  std::uint64_t generation = 0;  // of the catalogue the index belongs to
  config::TimePoint dispatched{};
  std::optional<config::Duration> first_delta{};    // any delta of content, reasoning or a tool call
  std::optional<config::Duration> first_visible{};  // the first that a reader sees
  std::optional<config::Duration> finished{};       // the whole reply
  std::optional<config::Duration> worst_gap{};      // the longest between two deltas
  std::uint32_t deltas = 0;
  int in_flight = 0;  // at this endpoint when it was dispatched, this attempt not counted
  std::optional<Usage> usage{};
  bool usage_is_estimated = false;
  config::Money cost{};              // what the host bills, as far as known
  std::optional<double> headroom{};  // share of the rate limit left, 0..1, as the host reported
  std::optional<Failure> failure{};  // absent: the attempt succeeded
};

using Attempts = std::vector<Attempt>;

}  // namespace routing
