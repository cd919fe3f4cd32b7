// What a host's header fields say about asking again and about what is left of its rate limit. Garbage counts
// as nothing said. Pure: the wall clock is an argument.
#pragma once

#include <optional>

#include "config/units.hpp"
#include "providers/http_fields.hpp"

namespace providers {

// retry-after-ms before Retry-After (seconds, with a fraction too, or an HTTP date). Never negative. A hint
// beyond 60 s is cut to 60 s: it is obeyed as a minimum wait, and nobody may bar us for longer.
std::optional<config::Duration> retry_after(const Fields& fields, config::WallTime now);

// The least share of a rate limit that is left, 0..1, over requests and tokens and all windows that are
// reported with their limit.
std::optional<double> headroom(const Fields& fields);

}  // namespace providers
