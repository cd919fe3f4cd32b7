// An endpoint's state as a row of 64-bit words, so that it can be kept exactly, compared word by word, and
// brought back in another process. The order of the words is part of the format of record files. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "routing/market/snapshot.hpp"

namespace routing {

inline constexpr std::size_t state_word_count = 116;
using StateWords = std::array<std::uint64_t, state_word_count>;

StateWords words_of(const EndpointState& state);
EndpointState state_of(const StateWords& words);

}  // namespace routing
