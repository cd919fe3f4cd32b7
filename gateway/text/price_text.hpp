// Prices as OpenRouter's clients read them: dollars per token as an exact decimal text, "0.00000055". Pure.
#pragma once

#include <string>

#include "config/values/units.hpp"

namespace gateway {

std::string per_token_text(config::PricePerMillionTokens price);
std::string dollars_text(config::Money money);

}  // namespace gateway
