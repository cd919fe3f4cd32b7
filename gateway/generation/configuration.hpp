// A configuration as it is used: what the file says, and its policies compiled. A value.
#pragma once

#include <optional>
#include <string>

#include "config/files/load.hpp"
#include "providers/loop/wall_clock.hpp"
#include "routing/market/snapshot.hpp"
#include "routing/policy/policy_set.hpp"

namespace gateway {

// Compiles the policies of what was loaded: their problems come after the file's own, and with an error among
// them there are no settings. Certificates are as good as they are `now`.
config::Loaded with_policies(config::Loaded loaded, config::WallTime now = providers::system_wall());
// Of a configuration that is to be served: with the key that ids of stored answers are sealed with, which is
// made in the state directory where it needs one and names none.
config::Loaded with_seal_key(config::Loaded loaded);
// Of one that is to be served: where records are to be kept and no file is named, the file of that name in
// the state directory. Where that cannot be, none are kept, with a warning.
config::Loaded with_records(config::Loaded loaded, const std::string& name);

// The same as with_policies, and warns of policies that can do nothing on the declared facts, or that no host
// has met where there are records: for `isocost check`.
config::Loaded with_policies_checked(config::Loaded loaded, config::WallTime now = providers::system_wall());

// What policies ask of hosts that none of them declares, or has shown lately: for a gateway that runs.
config::Problems out_of_reach(const routing::PolicySet& policies, const routing::Snapshot& market);

}  // namespace gateway
