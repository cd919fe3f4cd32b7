// What a simulated host decides to say to a request: words, JSON of a form that was asked for, or a call of
// one of its tools. Pure.
#pragma once

#include "providers/simulated/simulated_request.hpp"
#include "providers/simulated/simulated_words.hpp"

namespace providers {

// A tool is called where one must be, and else where the last that was said names what it is for and no
// tool has answered yet, so that whoever calls tools in turns comes to an end.
SimulatedSaid said_to(const SimulatedRequest& request, std::uint64_t key);

// The same as a host says it that breaks what was asked for: cut off, or another type. Words stay.
SimulatedSaid broken(SimulatedSaid said, std::uint64_t key);

}  // namespace providers
