// Providers whose name has several addresses: each address becomes a host of its own. Pure.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "config/values/settings.hpp"

namespace gateway {

// Of each name that is to be looked up, those it has, in order.
using Addresses = std::map<std::string, std::vector<std::string>>;

// The names that `said` wants looked up, and how often; each once.
std::map<std::string, std::chrono::milliseconds> names_to_find(const config::Settings& said);

// What the configuration says, with a provider and its endpoints for each address. A name of which none is
// known stays as it is, to be looked up by whoever asks it.
config::Settings at_each_address(const config::Settings& said, const Addresses& known);

}  // namespace gateway
