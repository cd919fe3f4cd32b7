// What isocost must know of a call of Google's generateContent.
#pragma once

#include <string_view>

#include "gateway/surface/client_body.hpp"
#include "providers/json/json_tokens.hpp"

namespace gateway {

// Of a body into which what stands in the path was put.
Inspected inspect_gemini(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway
