// One request that was read: who may have what it asks for, and who answers it.
#pragma once

#include <memory>

#include "gateway/http/http_client.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

// All must outlive the task. `kept` is the connection's.
providers::Task<void> dispatch(Front& front, Incoming& incoming, KeptKey& kept, HttpClient& client,
                               Interruption& interruption);
// The same question before the body is read: who may not have the page need not send it. Null: who may.
std::unique_ptr<NotAdmitted> refused_by_head(const Front& front, const Incoming& incoming, KeptKey& kept);

}  // namespace gateway
