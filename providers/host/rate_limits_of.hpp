// What the head of a reply says of the limits of the key that it was asked with. Garbage counts as nothing
// said. Pure: the wall clock is an argument.
#pragma once

#include "config/values/units.hpp"
#include "providers/credentials/rate_limits.hpp"
#include "providers/http/http_fields.hpp"

namespace providers {

// Of requests and of tokens the limit of which least is left, among those whose end is told: x-ratelimit-...
// (OpenAI, Groq, Cerebras and others) and anthropic-ratelimit-.... A reset is a span ("6m0s", "12ms", "3"), a
// moment (RFC 3339), or seconds or milliseconds since 1970.
RateLimits rate_limits_of(const Fields& fields, config::WallTime now);

}  // namespace providers
