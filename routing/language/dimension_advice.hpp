// What to write when dimensions do not fit together.
#pragma once

#include <string>

#include "routing/language/dimension.hpp"

namespace routing {

// How to bring a number of dimension `b` to one of `a`, or the other way round; empty when no way suggests
// itself.
std::string advice(Dimension a, Dimension b);
// `value` was written without a unit where `wanted` was meant.
std::string unit_advice(double value, Dimension wanted);

// In what to write a limit whose unit is not that of what it limits; may be empty.
std::string limit_advice(Dimension wanted);

}  // namespace routing
