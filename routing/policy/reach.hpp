// Which keys can leave the compliance of their default policy: by asking for another one whose `allow` lets
// in more. Pure; for `isocost check`, not for requests.
#pragma once

#include "config/values/settings.hpp"
#include "routing/terms/catalogue.hpp"

namespace routing {

// One warning for each such key, and one where nobody is asked for a key. Of settings whose policies compile.
void check_reach(const config::Settings& settings, const Catalogue& catalogue, config::Problems& problems);

}  // namespace routing
