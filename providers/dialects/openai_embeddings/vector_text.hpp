// A vector as clients and hosts write it: a list of numbers, or base64 of floats, the least byte first. From
// the one into the other. Pure.
#pragma once

#include <optional>
#include <string>

#include "providers/json/json_text.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

// Consumes a list; nothing where it holds what no float can be. A string of JSON.
std::optional<std::string> base64_of_numbers(JsonWalk& walk);

// Nothing where the string is no base64 of whole, finite floats. The numbers are the shortest that are read
// as the same floats.
std::optional<std::string> numbers_of_base64(const JsonString& text);

}  // namespace providers
