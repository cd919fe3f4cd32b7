// Reads an operator's configuration. The only part that knows YAML.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/problem.hpp"
#include "config/values/settings.hpp"
#include "config/values/sources.hpp"

namespace config {

// The process's environment and file system.
Sources system_sources();

// Either the settings, or every problem there is. Warnings may come with settings.
struct Loaded {
  std::optional<Settings> settings{};
  Problems problems;
  // Where there is an error: what could be read, to look for more of them in. Never to be used otherwise.
  std::optional<Settings> draft{};
  // Those that it was read from besides, as `${file:PATH}`, whether or not they are there.
  std::vector<std::string> files{};
};

// `file` names the text in problems.
Loaded load(std::string_view yaml, const std::string& file, const Sources& sources);
Loaded load_file(const std::string& path, const Sources& sources);

// What to say about a file that is not there.
Problem unreadable(const std::string& path);

}  // namespace config
