// How hosts of OpenAI's chat are told how much to think, each in its own words. Pure.
#pragma once

#include <string>

#include "config/values/settings.hpp"
#include "providers/conversation/wishes.hpp"

namespace providers {

// Members of a request's body, each with a comma behind it; empty where there is nothing to say.
std::string reasoning_members(config::ReasoningSwitch by, const ThinkingWish& wish);
}  // namespace providers
