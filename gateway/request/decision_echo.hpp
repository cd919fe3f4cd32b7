// The decision for clients that asked for it with their call: `debug` adds the member `isocost`, the header
// X-OpenRouter-Metadata adds `openrouter_metadata`. Pure.
#pragma once

#include "gateway/explain/decision_page.hpp"
#include "gateway/request/echo.hpp"
#include "gateway/request/inference.hpp"

namespace gateway {

// `made`: the attempts before this decision.
Echo echo_of(const InferenceRequest& request, const Decided& decided, const routing::Attempts& made);

}  // namespace gateway
