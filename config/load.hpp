// Reads an operator's configuration. The only part that knows YAML.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/problem.hpp"
#include "config/settings.hpp"

namespace config {

// How `${NAME}` and `${file:PATH}` are looked up; nothing when there is no such variable or file.
struct Sources {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<std::optional<std::string>(const std::string& path)> file;
  // The permission bits of a file that holds a credential; not checked when this is empty.
  std::function<std::optional<unsigned>(const std::string& path)> file_permissions{};
};
// The process's environment and file system.
Sources system_sources();

// Either the settings, or every problem there is. Warnings may come with settings.
struct Loaded {
  std::optional<Settings> settings{};
  Problems problems;
  // Where there is an error: what could be read, to look for more of them in. Never to be used otherwise.
  std::optional<Settings> draft{};
};

// `file` names the text in problems.
Loaded load(std::string_view yaml, const std::string& file, const Sources& sources);
Loaded load_file(const std::string& path, const Sources& sources);

// What to say about a file that is not there.
Problem unreadable(const std::string& path);

}  // namespace config
