// What a simulated host reads out of a request in Google's or Amazon's own API. Pure.
#pragma once

#include <string_view>
#include <variant>

#include "providers/simulated/simulated_path.hpp"
#include "providers/simulated/simulated_prompt.hpp"
#include "providers/simulated/simulated_request.hpp"

namespace providers {

// Of SimulatedApi::gemini and ::converse.
std::variant<SimulatedRequest, BadRequest> read_elsewhere(std::string_view body, int block_tokens,
                                                          const SimulatedPath& path);

}  // namespace providers
