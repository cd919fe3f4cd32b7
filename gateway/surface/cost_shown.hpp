// What a reply costs, as its client is shown it: all of it, and of that what the prompt and the answer do. A
// value.
#pragma once

#include "config/values/units.hpp"

namespace gateway {

struct CostShown {
  config::Money all{}, prompt{}, completion{};
};

}  // namespace gateway
