// The page that documents every name of the policy language, made from the table that the language reads.
#pragma once

#include <string>

namespace routing {

// Markdown; deploy/policy-names.md holds exactly this.
std::string name_page();

}  // namespace routing
