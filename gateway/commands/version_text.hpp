// What `isocost --version --verbose` says of the program: what a report of a fault has to say, too.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

struct Build {
  std::string_view version;    // "0.1.0"
  std::string_view commit;     // of the sources; empty where they were not under git
  bool is_static = false;      // everything is linked in
  std::string_view libraries;  // "0.7.0 yaml-cpp": those that cannot be asked themselves
};

// A line each: the version, commit, compiler, system, how it is linked, and the libraries as they are loaded
// now.
std::string version_in_full(const Build& build);

}  // namespace gateway
