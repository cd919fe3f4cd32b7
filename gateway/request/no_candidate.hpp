// What a client is told when no endpoint may get its request: every reason, and what would help.
#pragma once

#include "gateway/overload/shed.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

// 400 where only the request itself is in the way, 404 where its preferences are; 429 where all are full or
// limit their rate; else 503, with Retry-After where waiting helps. `shed`: why it does not wait in line any
// more, where it did or would have.
ErrorReply no_candidate(const routing::Decision& decision, const InferenceRequest& request,
                        config::TimePoint now, Shed shed = Shed::none);

}  // namespace gateway
