// What a client is told when no endpoint may get its request: every reason, and what would help.
#pragma once

#include "gateway/chat/error_reply.hpp"
#include "gateway/request/inference.hpp"

namespace gateway {

// 400 where only the request's own size is in the way; 429 with Retry-After where all that time helps against
// is a limit of rate; 503 where it is something else, or where nothing helps; 404 for the request's
// preferences.
ErrorReply no_candidate(const routing::Decision& decision, const InferenceRequest& request,
                        config::TimePoint now);

}  // namespace gateway
