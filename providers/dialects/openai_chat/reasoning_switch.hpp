// How hosts of OpenAI's chat are told how much to think, each in its own words. Pure.
#pragma once

#include <string>
#include <string_view>

#include "config/values/settings.hpp"
#include "providers/conversation/wishes.hpp"
#include "providers/dialect/host_model.hpp"

namespace providers {

// Members of a request's body, each with a comma behind it; empty where there is nothing to say, or
// to a model that does not think.
std::string reasoning_members(const HostModel& model, const ThinkingWish& wish);

// Whether it is one of theirs, and says more in a client's own words than a wish holds.
bool is_reasoning_member(config::ReasoningSwitch by, std::string_view name);

}  // namespace providers
