// Edits a host's usage for OpenRouter's clients.
#pragma once

#include <optional>

#include "gateway/surface/cost_shown.hpp"
#include "gateway/surface/json_edits.hpp"

namespace gateway {

// The object that comes next. Without a cost the host's own stays.
bool edit_usage(providers::JsonWalk& walk, JsonEdits& edits, const std::optional<CostShown>& cost);

}  // namespace gateway
