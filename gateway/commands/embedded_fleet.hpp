// The fleet file that `isocost serve` simulates when it is given no configuration, compiled in.
#pragma once

#include <string_view>

namespace gateway {

// The text of deploy/examples/fleet-deepseek-r1.yaml.
std::string_view embedded_fleet();

}  // namespace gateway
