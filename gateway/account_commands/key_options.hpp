// What is said of a key on the command line, and as the administration takes it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/account_commands/administering.hpp"

namespace gateway {

struct KeysOptions {
  ReachOptions reach;
  std::string name;
  std::optional<std::string> team, role, policy, priority, expires;
  std::optional<bool> is_disabled;
  std::vector<std::string> limits, user_limits, models, policies, tags;
  bool as_json = false;
};

// The body of the call that makes or changes it; nothing, and why, where a limit is none.
struct KeyBody {
  std::optional<std::string> text{};
  std::string fault{};
};
KeyBody body_of(const KeysOptions& options);

}  // namespace gateway
