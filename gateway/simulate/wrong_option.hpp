// What is wrong with an option of `isocost simulate`, among the problems of the files that it names. Pure.
#pragma once

#include <optional>
#include <string>

#include "config/values/problem.hpp"

namespace gateway {

void wrong(config::Problems& problems, const std::string& option, const std::string& message,
           const std::string& suggestion = {});
bool has_errors(const config::Problems& problems);

// "3.6 $/h"
std::optional<double> dollars_per_second(const std::string& text);

}  // namespace gateway
