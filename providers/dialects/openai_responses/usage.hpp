// Token counts as OpenAI's Responses reports them. What a host says of usage is money and so distrusted: what
// cannot be is flagged, never believed.
#pragma once

#include "providers/reports/usage.hpp"

namespace providers {

// Consumes the value of a `usage` member, whatever its type.
ReportedUsage read_responses_usage(JsonWalk& walk);

}  // namespace providers
