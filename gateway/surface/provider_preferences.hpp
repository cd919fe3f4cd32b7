// Reads OpenRouter's `provider` object: how one request narrows and orders the hosts that may answer it.
#pragma once

#include "gateway/surface/body_walk.hpp"
#include "routing/policy/preferences.hpp"

namespace gateway {

// Unknown members are faults: a preference that is silently ignored costs its writer money. Whether slugs
// name anybody is for routing::fault_in.
bool read_preferences(BodyWalk& walk, const Path& path, routing::ProviderPreferences& preferences);

}  // namespace gateway
