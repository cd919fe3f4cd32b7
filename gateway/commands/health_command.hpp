// `isocost health`: whether a gateway on this machine wants requests, by its exit status: for containers,
// which have no other program to ask with.
#pragma once

#include "gateway/text/command.hpp"

namespace gateway {

Command add_health(CLI::App& app);

}  // namespace gateway
