// What an attempt used and what it cost: by the host's own count, or by an estimate where it gave none.
#pragma once

#include "gateway/request/inference.hpp"

namespace gateway {

// `bytes`: of the answer's texts, as far as they came.
void settle(const InferenceRequest& request, std::size_t bytes, routing::Attempt& attempt);

// Of one that was given up before it answered: its prompt, and, where leaving does not end the bill, the
// answer that was expected of it, in tokens. There is no usage to learn from.
void settle_given_up(const InferenceRequest& request, double expected_output, routing::Attempt& attempt);

}  // namespace gateway
