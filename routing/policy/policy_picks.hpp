// The rules that pick a policy for a request, compiled: which can never match, and which take all.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "routing/language/vocabulary.hpp"
#include "routing/policy/policy_set.hpp"

namespace routing {

// The place of a policy in its set. Where there is none of that name, it complains of the setting at `path`.
using FindPolicy = std::function<std::optional<std::size_t>(
    const std::string& name, const config::Place& place, const std::string& path)>;

std::vector<PolicySet::Pick> picks_of(const std::vector<config::RuleSettings>& rules,
                                      const Vocabulary& vocabulary, const FindPolicy& find,
                                      config::Problems& problems);

}  // namespace routing
