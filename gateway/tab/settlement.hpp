// What an attempt used and what it cost: by the host's own count, or by an estimate where it gave none.
#pragma once

#include "gateway/request/inference.hpp"
#include "gateway/surface/cost_shown.hpp"
#include "gateway/tab/tried.hpp"
#include "routing/terms/bill.hpp"

namespace gateway {

// What its prices depend on beside the usage.
routing::Sale sale_of(const InferenceRequest& request, std::size_t replies = 1);

void settle(const InferenceRequest& request, Tried& tried);

// Tokens of all answers together, of which so many are expected: no host gives more than it is asked for.
std::int64_t bounded_output(const InferenceRequest& request, const routing::Endpoint& endpoint,
                            double expected_output);

// What an answer of so many tokens is expected to use. With a search where it may search.
routing::Usage expected_usage(const InferenceRequest& request, std::int64_t output);

// Of one that was given up before it answered: its prompt, and, where leaving does not end the bill, the
// answer that was expected of it, in tokens. There is no usage to learn from.
void settle_given_up(const InferenceRequest& request, double expected_output, routing::Attempt& attempt);

// Of one that was cut before its end, by whom ever, and of a whole reply that broke off: its host bills the
// prompt at least, and where leaving does not end the bill, the answer that was expected of it.
void settle_cut(const InferenceRequest& request, Tried& tried);

// What of a cost is the prompt's, fees included, and what the answer's, at the endpoint's prices.
CostShown cost_shown(const routing::Endpoint& endpoint, const routing::Usage& usage,
                     const routing::Sale& sale);

}  // namespace gateway
