// The words by which the log, the metrics and the pages name what happened. Stable: scripts and dashboards
// read them.
#pragma once

#include <string>
#include <string_view>

#include "gateway/observe/record.hpp"

namespace gateway {

std::string_view word(Ending ending);
std::string_view word(routing::FailureKind kind);
// Of an attempt, `ran_on` having the bits of a record.
bool has_run_on(std::size_t attempt, std::uint32_t ran_on);
// How an attempt failed: of those whose answers were cut off, `ran_on` having their bits, "ran_on".
std::string_view failure_of(const routing::Attempts& attempts, std::size_t attempt, std::uint32_t ran_on);
// The same for people; of one that did not fail "answered".
std::string outcome_of(const routing::Attempts& attempts, std::size_t attempt, std::uint32_t ran_on);
// The same for people, as what the host did: "could not be connected to".
std::string_view said_of_host(routing::FailureKind kind);
// With all that is known of it: "an error of its own, 503", "no TLS came about: its certificate has expired".
std::string said_of(routing::FailureKind kind, routing::TlsFault tls, int status);
std::string_view word(routing::TlsFault fault);
std::string_view word(routing::Reason reason);
// The same for people: "it costs least".
std::string_view because(routing::Reason reason);
std::string_view word(routing::Removal removal);
std::string_view word(LimitHit::Of of);
// "tokens_day", "tokens_request" (of each alone), "concurrent".
std::string kind_of(const LimitHit& hit);

}  // namespace gateway
