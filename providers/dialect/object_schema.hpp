// The schema of what a tool takes, for hosts where it must say that it is one of an object. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/json/json_tokens.hpp"

namespace providers {

// One without a type is any at OpenAI. `schema`: JSON, an object; empty: of nothing.
std::string object_schema(std::string_view schema, JsonTokens& tokens);

}  // namespace providers
