// What the hosts of a configuration had shown when its record file was last written, so that `isocost check`
// can hold policies against it.
#pragma once

#include <string>
#include <vector>

#include "routing/terms/catalogue.hpp"
#include "routing/terms/prediction.hpp"

namespace gateway {

// By EndpointIndex of `catalogue`; endpoints are matched by name and model. Empty where `file` cannot be
// read.
std::vector<routing::Measured> recorded_measures(const std::string& file,
                                                 const routing::Catalogue& catalogue);

}  // namespace gateway
