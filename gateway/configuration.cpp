#include "gateway/configuration.hpp"

#include <algorithm>
#include <utility>

#include "routing/policy_check.hpp"

namespace gateway {
namespace {

bool has_errors(const config::Problems& problems) {
  return std::ranges::find(problems, config::Severity::error, &config::Problem::severity) != problems.end();
}

}  // namespace

config::Loaded with_policies(config::Loaded loaded) {
  if (!loaded.settings) return loaded;
  routing::compile(*loaded.settings, loaded.problems);
  if (has_errors(loaded.problems)) loaded.settings.reset();
  return loaded;
}

config::Loaded with_policies_checked(config::Loaded loaded) {
  if (!loaded.settings) return loaded;
  const routing::PolicySet policies = routing::compile(*loaded.settings, loaded.problems);
  if (has_errors(loaded.problems)) {
    loaded.settings.reset();
    return loaded;
  }
  const routing::Catalogue catalogue(*loaded.settings, 0);
  routing::check_policies(policies, catalogue, {}, loaded.problems);
  return loaded;
}

}  // namespace gateway
