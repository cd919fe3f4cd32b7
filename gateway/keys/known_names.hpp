// Whether what a key names is there, in one configuration: its models, its policies, its team. Pure.
#pragma once

#include <optional>
#include <string>

#include "gateway/generation/generation.hpp"

namespace gateway {

// What is not, in words; of a body that is no key nothing, as that is told elsewhere.
std::optional<std::string> unknown_name(const std::string& body, const Generation& generation);

}  // namespace gateway
