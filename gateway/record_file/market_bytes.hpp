// The states of all endpoints as bytes: what differs from an earlier picture, word by word. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/replay/state_words.hpp"

namespace gateway {

using MarketWords = std::vector<routing::StateWords>;  // by EndpointIndex

MarketWords words_of(const routing::Snapshot& snapshot);
std::vector<routing::EndpointState> states_of(const MarketWords& words);

// Against an empty `before` the whole picture.
std::string difference_to(const MarketWords& before, const MarketWords& after);
// Turns `words` from the earlier picture into the later one. Says whether the bytes made sense; if not,
// `words` are of no use.
[[nodiscard]] bool apply(std::string_view difference, MarketWords& words);

}  // namespace gateway
