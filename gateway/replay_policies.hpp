// The policies that recorded decisions were made by, and those to compare with: compiled from the recorded
// configuration, or from another one's policies for the recorded hosts. Belongs to one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "routing/catalogue.hpp"
#include "routing/policy.hpp"

namespace gateway {

class ReplayPolicies {
 public:
  ReplayPolicies() = default;
  // Takes the policies from these settings instead of the recorded ones.
  explicit ReplayPolicies(config::Settings instead) : instead_(std::move(instead)) {}

  // Null where there is none of the name or the policies do not fit the hosts: `problem` then says why.
  const routing::Policy* find(const routing::Catalogue& catalogue, std::string_view name);
  const std::string& problem() const { return problem_; }

 private:
  std::optional<config::Settings> instead_;
  routing::Policy only_{};
  std::string problem_;
};

}  // namespace gateway
