// The life of a request: choose, attempt, choose again, give up, and one record of it all.
#pragma once

#include "gateway/attempt.hpp"
#include "gateway/inference.hpp"
#include "gateway/interruption.hpp"
#include "gateway/record.hpp"
#include "gateway/reply.hpp"

namespace gateway {

// All references must outlive the returned task.
providers::Task<RecordPtr> serve(Services& services, InferenceRequest& request, Reply& reply,
                                 Interruption& interruption);

}  // namespace gateway
