// What a host's header fields say about asking again and about what is left of its rate limit. Garbage counts
// as nothing said. Pure: the wall clock is an argument.
#pragma once

#include <optional>
#include <string_view>

#include "config/values/units.hpp"
#include "providers/http/http_fields.hpp"

namespace providers {

// retry-after-ms before Retry-After (seconds, with a fraction too, or an HTTP date). A hint beyond 60 s is
// cut to 60 s: nobody may bar us for longer. Negative ones are garbage; a date that has passed is 0.
std::optional<config::Duration> retry_after(const Fields& fields, config::WallTime now);

// The same as some hosts say it, in the body of an error alone: `"retryDelay": "34.4s"` (Google), "Please try
// again in 20.5s", "... in 1m20s", "... in 250ms", "retry after 12 seconds" (OpenAI and others). The first
// one counts.
std::optional<config::Duration> retry_hint_in(std::string_view body);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, IMF-fixdate).
std::optional<config::WallTime> http_date(std::string_view text);

// The least share of a rate limit that is left, 0..1, over requests and tokens and every window that is
// reported with its limit.
std::optional<double> headroom(const Fields& fields);

}  // namespace providers
