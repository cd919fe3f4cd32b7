// How a cost grows with the two waits, where that is the same for every endpoint and request. Most owners
// write a sum of prices and of seconds at fixed rates; what a second costs them is then known when the policy
// is loaded. Pure.
#pragma once

#include <optional>

#include "routing/language/expression.hpp"
#include "routing/language/syntax.hpp"

namespace routing {

// Of a tree that the checker found right. Nothing where a slope depends on what is asked or of whom.
std::optional<Slopes> slopes_of(const Tree& tree, NodeIndex node);

}  // namespace routing
