// The catalogue of hosts and prices that `isocost init` writes from, compiled in.
#pragma once

#include <string_view>

namespace gateway {

// The text of deploy/catalogue.yaml.
std::string_view embedded_catalogue();

}  // namespace gateway
