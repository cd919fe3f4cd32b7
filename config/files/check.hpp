// What `isocost check FILE` says: every problem in full and a line that sums up. Pure.
#pragma once

#include <string>

#include "config/files/load.hpp"

namespace config {

struct Checked {
  int exit_code = 0;  // 1: there is an error
  std::string text;   // ends in a line break
};

// Problems found by others, such as the compiler of policies, may have been added to `loaded.problems`.
// Prices that are over at `now` are named.
Checked checked(const Loaded& loaded, const std::string& file, WallTime now = {});

}  // namespace config
