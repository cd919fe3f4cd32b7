// The page that documents every name of the policy language, made from the table that the language reads.
#pragma once

#include <string>

#include "routing/language/fact.hpp"

namespace routing {

// "dollars", "a share, 0 to 1", "set: countries"
std::string unit_text(const FactInfo& fact);

// Markdown; deploy/policy-names.md holds exactly this.
std::string name_page();

}  // namespace routing
