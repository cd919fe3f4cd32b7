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

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, IMF-fixdate).
std::optional<config::WallTime> http_date(std::string_view text);

// The least share of a rate limit that is left, 0..1, over requests and tokens and every window that is
// reported with its limit.
std::optional<double> headroom(const Fields& fields);

}  // namespace providers
