// Inspects the body of a Responses call.
#pragma once

#include "gateway/surface/client_body.hpp"
#include "providers/json/json_tokens.hpp"

namespace gateway {

// `tokens` is scratch space. The result's ranges are of `body`. What asks for state that is kept nowhere here
// is a fault.
Inspected inspect_responses(std::string_view body, providers::JsonTokens& tokens);
// Of a call that only asks how long its prompt is.
Inspected inspect_responses_count(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway
