// The life of a request: choose, attempt, choose again, give up, and one record of it all.
#pragma once

#include "gateway/observe/record.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/request/reply.hpp"
#include "gateway/serving/attempt.hpp"

namespace gateway {

// All references must outlive the returned task.
providers::Task<RecordPtr> serve(Services& services, InferenceRequest& request, Reply& reply,
                                 Interruption& interruption);

}  // namespace gateway
