// Limits that are well formed and yet a slip: that no host in the world keeps, or that no value can.
#pragma once

#include "routing/language/complaint.hpp"
#include "routing/language/syntax.hpp"

namespace routing {

// Warnings about the comparisons within `part`. `source` is the text that the tree was parsed from.
void complain_of_magnitudes(const Tree& tree, NodeIndex part, const std::string& source,
                            Complaints& complaints);

}  // namespace routing
