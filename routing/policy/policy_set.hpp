// Every policy of one generation of the configuration, shipped ones included, and the rules that pick one for
// a request. Immutable; shared by all threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "routing/policy/policy.hpp"

namespace routing {

// Which policy a request gets, and why, in words for the decision record. Lives as long as the set.
struct Choice {
  const Policy* policy = nullptr;
  std::string_view why;
};

class PolicySet {
 public:
  struct Pick {
    Rule when;
    std::size_t policy = 0;
    std::string why;
  };

  // `policies` is not empty; the indices point into it.
  PolicySet(std::vector<Policy> policies, std::vector<Pick> picks, std::size_t default_policy);

  const std::vector<Policy>& policies() const { return policies_; }
  const std::vector<Pick>& picks() const { return picks_; }
  // Null when there is no such policy.
  const Policy* find(std::string_view name) const;
  std::vector<std::string> names() const;
  // The request headers that any policy or rule reads, in lower case, each once.
  std::vector<std::string> headers() const;
  // The first rule that is true, else the key's own policy, else the default one. Does not allocate.
  Choice select(const Demand& demand) const;

 private:
  std::vector<Policy> policies_;
  std::vector<Pick> picks_;
  std::size_t default_policy_;
};

// Checks and compiles the shipped policies and those of the settings. Every problem there is goes to
// `problems`; when one of them is an error, the set is not fit to be used.
PolicySet compile(const config::Settings& settings, config::Problems& problems);

}  // namespace routing
