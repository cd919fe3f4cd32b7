// Schemas in Google's own form, as JSON Schema says the same. Pure.
#pragma once

#include <string_view>

#include "providers/conversation/text.hpp"

namespace gateway {

// Google names types in capitals, says beside a type that it may be null, and spells counts as texts.
// `schema` is valid JSON; what had to be changed is kept in `own`.
std::string_view as_json_schema(std::string_view schema, providers::OwnTexts& own);

}  // namespace gateway
