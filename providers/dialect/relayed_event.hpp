// An event of a host's own as a client is sent it: as it came where that is one line of data, else written
// anew. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/dialect/passed.hpp"

namespace providers {

// Which events go on as they came, where nothing in them is changed.
enum class Kept { plain_and_named, named_only };

// `scratch` holds what is written anew. `cost` is put into the event's usage, unless it is empty.
Relayed relayed_event(const SseEvent& event, const PassedEvent& passed, Kept kept, std::string_view cost,
                      std::string& scratch);

}  // namespace providers
