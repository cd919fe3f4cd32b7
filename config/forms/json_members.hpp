// JSON as text, for the schema. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace config {

// The members of an object: names and JSON texts, in order.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

std::string json_string(std::string_view text);
std::string json_object(const JsonMembers& members);
std::string json_list(const std::vector<std::string>& items);
std::string json_strings(const std::vector<std::string>& texts);
// The same value with line breaks and two spaces for each level, ending in a line break.
std::string json_indented(std::string_view json);

}  // namespace config
