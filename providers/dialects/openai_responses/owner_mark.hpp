// Whose reasoning is: where several hosts of one model speak Responses, what one of them encrypted no other
// one can read. A mark behind it says which one can; it is no secret. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "providers/dialect/correction.hpp"

namespace providers {

// Puts the mark of `owner` behind all that is encrypted in a reply.
std::unique_ptr<Correction> owner_marking(std::uint64_t owner);

}  // namespace providers
