// The dry run of a call: the decision that it would get now, without sending anything.
#pragma once

#include <string>

#include "gateway/inference.hpp"

namespace gateway {

// The decision as JSON. Uses the loop's scratch space; changes nothing that later decisions read.
std::string explained(Services& services, const InferenceRequest& request);

}  // namespace gateway
