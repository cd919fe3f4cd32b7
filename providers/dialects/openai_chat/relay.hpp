// What the client is sent for one event of a host's stream: the same bytes where possible, else the same
// event in normal form. Never an id, never an event without data.
#pragma once

#include <string>
#include <string_view>

#include "providers/dialect/passed.hpp"

namespace providers {

// The pieces live as long as the event's views, and no longer than `scratch` is unchanged. Where usage is not
// shown it is blanked to null, else its `cost` becomes `cost`, unless that is empty. An event with an empty
// list of choices is dropped when usage that is not shown is all it is for, one without a list always unless
// it has usage to show.
// Errors and what is not understood are dropped: the one event that ends a broken stream is written by
// whoever ends it.
Relayed relayed(const SseEvent& event, const PassedEvent& chat, UsageShown usage, std::string& scratch,
                std::string_view cost = {});

}  // namespace providers
