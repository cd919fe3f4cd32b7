// What an attempt used and what it cost: by the host's own count, or by an estimate where it gave none.
#pragma once

#include "gateway/request/inference.hpp"

namespace gateway {

// `bytes`: of the answer's texts, as far as they came.
void settle(const InferenceRequest& request, std::size_t bytes, routing::Attempt& attempt);

}  // namespace gateway
