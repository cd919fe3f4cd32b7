// Turns the `relax` list of a policy into a ladder of ever looser hard limits.
#pragma once

#include "routing/policy/piece.hpp"

namespace routing {

// One step per piece of `relax`: a limit replaces those of `require` with the same shape, anything else drops
// the rules about it. `allow` is only there to say that it is never relaxed.
std::vector<Relaxation> ladder(const Pieces& allow, const Pieces& require, const Pieces& relax,
                               const std::string& path, config::Problems& problems);

}  // namespace routing
