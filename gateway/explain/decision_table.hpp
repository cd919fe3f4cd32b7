// A decision as a table for a terminal: who was chosen, what each other one would have cost, who was left out
// and why. A pure function.
#pragma once

#include <string>
#include <vector>

#include "gateway/explain/decision_page.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

std::vector<std::string> decision_table(const Decided& decided, const Screen& screen);

}  // namespace gateway
