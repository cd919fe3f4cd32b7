// Finds the endpoint that an attempt of any generation was made at among those of today. Pure.
#pragma once

#include <optional>

#include "gateway/observe/record.hpp"

namespace gateway {

// Nothing when it is not there any more. Costs a comparison of pointers unless a reload came between.
std::optional<routing::EndpointIndex> index_today(const Record& record, const routing::Attempt& attempt,
                                                  const routing::Catalogue& today);
// The same for one endpoint of an older catalogue; endpoints are the same by name and model.
std::optional<routing::EndpointIndex> index_today(const routing::Endpoint& endpoint,
                                                  const routing::Catalogue& today);

}  // namespace gateway
