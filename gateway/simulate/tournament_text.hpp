// A tournament in words and numbers: for each policy by kind and over all, and its worst worlds. Pure.
#pragma once

#include <string>

#include "gateway/simulate/comparison_text.hpp"
#include "gateway/simulate/tournament.hpp"

namespace gateway {

// `again` are the options that a single world is to be looked at with.
std::string tournament_tables(const Tournament& tournament, const std::string& again, TableForm form);
// A row for each world, seed and contender.
std::string tournament_csv(const Tournament& tournament);

}  // namespace gateway
