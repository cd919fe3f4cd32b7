// Whom a request may be sent to at all, as long as it is under way. What changes meanwhile, breakers, limits
// and measurements, keeps nobody out of its reach. Pure.
#pragma once

#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

// What keeps an endpoint from a request under every policy. `prompt`: as its host counts it.
bool is_unfit(const Demand& demand, EndpointIndex endpoint);
// Tokens that prompt and output need beyond the context.
double tokens_beyond(const config::EndpointSettings& settings, const Demand& demand, double prompt,
                     double expected_output);
// Prompts are estimated: what is beyond the context by no more than so many the host may judge itself.
double doubtful_beyond(const config::EndpointSettings& settings);
bool gives_enough(const config::EndpointSettings& settings, const Demand& demand);

// False only where those, or the policy's rules, leave the endpoint out by what is declared of it and what
// the request says. Rules that look at a prediction or a measurement leave out nobody here. `prompt_scale`:
// its prompt tokens over our estimate of them. Does not allocate.
bool may_ever_answer(const Endpoint& endpoint, const Policy& policy, const Demand& demand,
                     double prompt_scale);

}  // namespace routing
