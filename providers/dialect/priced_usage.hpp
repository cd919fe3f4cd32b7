// Puts what a reply costs into the usage that its host reports. Pure.
#pragma once

#include <string_view>

#include "providers/dialect/passed.hpp"

namespace providers {

// Whether `cost` is to be put into the event's usage: there is one, with members, and `cost` is not empty.
bool takes_cost(const PassedEvent& passed, std::string_view data, std::string_view cost);
// `data` with the cost in place of the host's own, or behind the usage's last member; puts it behind the
// parts in `relayed`, at most four of them.
void add_priced(Relayed& relayed, const PassedEvent& passed, std::string_view data, std::string_view cost);

}  // namespace providers
