// Countries as ISO 3166-1 alpha-2 codes, in sets that test membership in one step. Values.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>

namespace config {

using Countries = std::bitset<26 * 26>;

// Where a code stands in a Countries; nothing when it is not two capital letters.
std::optional<std::size_t> country_position(std::string_view code);

// Whether it is an officially assigned code: not `UK`, and not a group.
bool is_country(std::string_view code);

// One country, or the members of the groups `EU` and `EEA`; nothing for any other word.
std::optional<Countries> find_countries(std::string_view name);

}  // namespace config
