// The policies that recorded decisions were made by, and those to compare with: compiled from the recorded
// configuration, or from another one's policies for the recorded hosts. Belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "config/values/settings.hpp"
#include "gateway/record_file/logged_request.hpp"
#include "routing/policy/policy_set.hpp"

namespace gateway {

class ReplayPolicies {
 public:
  ReplayPolicies() = default;
  // Takes the policies from these settings instead of the recorded ones.
  explicit ReplayPolicies(config::Settings instead) : instead_(std::move(instead)) {}

  // The policy as the request would have it, its own preferences included. Null where there is none of the
  // name or the policies do not fit the hosts: `problem` then says why. Good until the next call.
  const routing::Policy* find(const routing::Catalogue& catalogue, const std::string& name,
                              const LoggedRequest& request);
  const std::string& problem() const { return problem_; }

 private:
  const routing::PolicySet* set_for(const routing::Catalogue& catalogue);

  std::optional<config::Settings> instead_;
  std::map<const routing::Catalogue*, std::unique_ptr<const routing::PolicySet>> sets_;
  const routing::Policy nameless_{};  // of a gateway that was given none
  routing::Policy overlaid_;
  std::string problem_;
};

// Whether a rule may look at the user or the headers of a request, which are not recorded.
bool may_read_identity(const routing::Policy& policy);

}  // namespace gateway
