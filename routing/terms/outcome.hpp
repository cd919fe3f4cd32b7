// How an attempt at one endpoint ended, in the words that routing decides and learns by. Values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "config/values/units.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/reason.hpp"

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
  // Beside the statuses named, other 4xx whose code or type says so, as a 413 of a rate or a 498 of what is
  // full.
  rate_limited,   // 429
  overloaded,     // 503, 529
  server_error,   // other 5xx, and 408, 409, 425
  rejected,       // the request itself is at fault: other 4xx; 403 and 404 for its content or features
  credential,     // 401, 402, 412, other 403, a 429 or 400 for want of money: our credential or balance
  missing_model,  // other 404 and 410, or a 400 that says it: the host does not know the model
  deadline,       // the request's own deadline
  client_left,    // not a fault of the endpoint
  local,          // this machine's: no descriptor, port or memory for a connection; nobody was asked
  too_long,       // 400: the prompt does not fit into the endpoint's context
  outrun,         // another attempt of the same request answered first, and this one was given up
};
inline constexpr std::size_t failure_kinds = static_cast<std::size_t>(FailureKind::outrun) + 1;

// How far an attempt got. Once the client has bytes, no other endpoint can take over.
enum class Progress { nothing_sent, request_sent, client_has_bytes };

// Why no secure connection came about. For operators; nothing is decided by it.
enum class TlsFault {
  none,
  expired,
  not_yet_valid,
  wrong_name,
  unknown_authority,
  bad_certificate,     // another fault of the certificate or its chain
  certificate_wanted,  // the host wants one of us
  plaintext,           // the host does not speak TLS there
  protocol_version,    // none in common
  refused,             // the host broke off with an alert
  unfinished,          // the handshake was cut or took too long
};

// Of a refusal that may be meant for one request alone: who asked, and for what, as hashes. Two are of
// different requests when `request` differs.
struct Doubt {
  std::uint64_t request = 0;
  std::uint64_t key = 0;  // of the client key's name; 0 without one
};

struct Failure {
  FailureKind kind{};
  Progress progress = Progress::nothing_sent;
  int status = 0;                                 // of the host's reply; 0 without one
  std::optional<config::Duration> retry_after{};  // as the host asked
  TlsFault tls = TlsFault::none;                  // of FailureKind::tls
  std::optional<Doubt> doubt{};                   // of a refusal that may be for one request alone
  std::optional<config::Tokens> prompt{};  // of one that is too long: its tokens, where the host counted them
  std::optional<config::Tokens> context{};  // and the context, where it named its own
};

// Whether the request alone is more than a limit of rate ever lets in: others may be answered, and after a
// pause it is too large still.
inline bool exceeds_rate_alone(const Failure& failure) {
  return failure.kind == FailureKind::rate_limited && failure.status == 413;
}

// Tokens as the host counted them. `prompt` includes `cached`, `output` includes `reasoning`.
struct Usage {
  config::Tokens prompt{};
  config::Tokens cached{};
  config::Tokens cache_written{};
  config::Tokens cache_written_1h{};  // of those, for an hour
  config::Tokens output{};
  config::Tokens reasoning{};
  // What of these is no text, where the host tells it apart.
  config::Tokens audio_prompt{};  // what is cached of it included
  config::Tokens cached_audio{};
  config::Tokens image_prompt{};
  config::Tokens audio_output{};
  config::Tokens image_output{};
  std::int32_t searches = 0;                  // in the web, by the host
  std::optional<config::ServiceTier> tier{};  // that it was served at
  config::GeoWord geo{};                      // where it was served; empty: it does not say
  std::optional<double> cost{};               // dollars, where the host itself reports it
};

// What of an answer is checked, whatever it says. In the order in which states and files hold them.
enum class Check : std::uint8_t {
  tool_arguments,  // of each call: JSON, for a tool that was offered, and what its schema asks for
  json,            // where JSON was asked for: whether it is, and what the schema asks for
  content,         // something to read, or a call
  finish,          // it says how it ended, and that fits what came
  // Numbers beside what is usual; one of far out is a failure, and a few always are.
  prompt_tokens,  // for so long a text, beside this host's own past
  longer,         // than such requests get at all hosts
  shorter,        // likewise
  // Of canaries, which the gateway asks itself (routing/quality/canary.hpp).
  canary_count,   // the tokens that it counts in a text that it was asked before
  canary_answer,  // the beginning of its answer to such a text, and how likely it says that it was
};
inline constexpr std::size_t check_count = static_cast<std::size_t>(Check::canary_answer) + 1;
constexpr bool is_of_canary(Check check) {
  return check >= Check::canary_count;
}
// `no`: there was nothing to check. `unjudged`: what was asked for is more than is checked here.
enum class Checked : std::uint8_t { no, passed, failed, unjudged };
using Conduct = std::array<Checked, check_count>;
constexpr Checked& checked(Conduct& conduct, Check check) {
  return conduct[static_cast<std::size_t>(check)];
}
constexpr Checked checked(const Conduct& conduct, Check check) {
  return conduct[static_cast<std::size_t>(check)];
}

// What of an attempt has been learned before its request ended: each fact is learned once, when it shows.
enum class Told { nothing, beginning, all };

// What one attempt showed. Times are absent when the attempt did not get there.
struct Attempt {
  EndpointIndex endpoint = 0;
  std::uint64_t generation = 0;  // of the catalogue the index belongs to
  Reason reason = Reason::best;  // why it was chosen
  double propensity = 0;         // how likely that was; 0 where nobody reckoned it
  config::TimePoint dispatched{};
  // A stream's: when its reply began, whatever was in it. Not recorded.
  std::optional<config::Duration> head{};
  std::optional<config::Duration> first_delta{};    // any delta of content, reasoning or a tool call
  std::optional<config::Duration> first_visible{};  // the first that a reader sees
  std::optional<config::Duration> finished{};       // its end, whatever way it ended
  std::optional<config::Duration> worst_gap{};      // the longest between two deltas
  std::uint32_t deltas = 0;
  int in_flight = 0;        // at this endpoint when it was dispatched, this attempt not counted
  double cached_share = 0;  // of the prompt, that this endpoint had seen lately when it was chosen
  Told told = Told::nothing;
  std::optional<Usage> usage{};
  bool usage_is_estimated = false;
  bool is_cut_by_us =
      false;  // at a bound that its client did not set: its length says nothing. Not recorded.
  // What the client has of it so far is text that another attempt could go on with. Not recorded.
  bool can_go_on = false;
  config::Money cost{};              // what the host bills, as far as known
  std::optional<double> headroom{};  // share of the rate limit left, 0..1, as the host reported
  std::optional<Failure> failure{};  // absent: the attempt succeeded
  Conduct conduct{};
  std::uint64_t fingerprint = 0;  // of what the host says that it runs; 0: it does not say
};

using Attempts = std::vector<Attempt>;  // in the order in which they began

// The one that a request goes by: the last that has not failed, which may have been joined by one that did;
// else the last that no other has outrun. There is one.
inline const Attempt& deciding_one(const Attempts& attempts) {
  for (auto at = attempts.rbegin(); at != attempts.rend(); ++at) {
    if (!at->failure) return *at;
  }
  auto at = attempts.rbegin();
  while (at + 1 != attempts.rend() && at->failure->kind == FailureKind::outrun) ++at;
  return *at;
}

}  // namespace routing
