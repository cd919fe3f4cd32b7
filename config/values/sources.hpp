// Where a configuration's `${NAME}` and `${file:PATH}` come from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace config {

// How a file begins that holds a credential sealed with the key of all of them (`isocost seal`), and where
// that key is: in this variable, or in the service manager's file of that name.
inline constexpr std::string_view sealed_mark = "isocost-sealed-1:";
inline constexpr std::string_view sealing_variable = "ISOCOST_CREDENTIALS_KEY";
inline constexpr std::string_view sealing_credential = "isocost-credentials-key";

// How `${NAME}` and `${file:PATH}` are looked up; nothing when there is no such variable or file.
struct Sources {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<std::optional<std::string>(const std::string& path)> file;
  // The permission bits of a file that holds a credential; not checked when this is empty.
  std::function<std::optional<unsigned>(const std::string& path)> file_permissions{};
  // What stands behind the mark of a sealed file, opened with that key; nothing where it does not open it.
  std::function<std::optional<std::string>(std::string_view sealed, std::string key)> open_sealed{};
};

}  // namespace config
