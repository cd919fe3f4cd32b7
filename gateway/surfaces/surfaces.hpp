// The surfaces that are known. A new one is a folder beside this, a line in the list, and one in the route
// table.
#pragma once

#include "gateway/http/routes.hpp"
#include "gateway/surface/surface.hpp"

namespace gateway {

// Null where clients do not speak it.
const Surface* surface_of(config::Format format, Root root = Root::v1);

}  // namespace gateway
