// The question that an attempt puts to its host, in the host's words: the client's own bytes with a few
// edits, or the conversation.
#pragma once

#include "gateway/serving/attempting.hpp"
#include "gateway/serving/batches.hpp"

namespace gateway {

// All must outlive the task. `permit` is of the key that is asked with; null: any.
providers::Task<providers::Result<providers::HostReply>> ask(const Attempting& with,
                                                             const routing::Endpoint& endpoint,
                                                             providers::Exchange& exchange,
                                                             const Batches& batches,
                                                             providers::KeyPermit* permit);

}  // namespace gateway
