// `isocost health`: whether a gateway on this machine wants requests, by its exit status: for containers,
// which have no other program to ask with.
#pragma once

#include <string>

#include "gateway/text/command.hpp"

namespace gateway {

// The address as this machine reaches it: of one that listens at all of them that of itself.
std::string from_here(std::string url);

Command add_health(CLI::App& app);

}  // namespace gateway
