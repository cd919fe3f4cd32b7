// Usage as OpenRouter's clients read it: with what it costs, and of what that is made. Pure.
#pragma once

#include <string>

#include "gateway/surface/cost_shown.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// Dollars, as JSON has them.
std::string cost_text(config::Money cost);
// {"upstream_inference_cost": ...}
std::string cost_details(const CostShown& cost);
// ,"cost":0.1,"is_byok":false,"cost_details":{...}
std::string openrouter_cost_members(const CostShown& cost);
// The same of Responses, which have other names for the parts.
std::string openrouter_responses_cost(const CostShown& cost);
// The whole object; says so where it is only an estimate.
std::string openrouter_usage(const routing::Attempt& attempt, const CostShown& cost);

}  // namespace gateway
