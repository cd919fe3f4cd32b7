// Countries as ISO 3166-1 alpha-2 codes, in sets that test membership in one step. Values.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>

namespace routing {

using Countries = std::bitset<26 * 26>;

// Where a code stands in a Countries; nothing when it is not two capital letters.
std::optional<std::size_t> country_position(std::string_view code);

// One country, or the members of the groups `EU` and `EEA`; nothing for any other word.
std::optional<Countries> find_countries(std::string_view name);

}  // namespace routing
