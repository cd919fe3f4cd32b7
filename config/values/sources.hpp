// Where a configuration's `${NAME}` and `${file:PATH}` come from.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace config {

// How `${NAME}` and `${file:PATH}` are looked up; nothing when there is no such variable or file.
struct Sources {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<std::optional<std::string>(const std::string& path)> file;
  // The permission bits of a file that holds a credential; not checked when this is empty.
  std::function<std::optional<unsigned>(const std::string& path)> file_permissions{};
};

}  // namespace config
