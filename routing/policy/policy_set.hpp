// Every policy of one generation of the configuration, shipped ones included, and the rules that pick one for
// a request. Immutable; shared by all threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "routing/policy/always.hpp"
#include "routing/policy/policy.hpp"

namespace routing {

// Which policy a request gets, and why, in words for the decision record. Lives as long as the set.
struct Choice {
  const Policy* policy = nullptr;
  std::string_view why;
  enum class By { itself, configuration } by = By::configuration;  // whether the request named it
};

class PolicySet {
 public:
  struct Pick {
    Rule when;
    std::size_t policy = 0;
    std::string why;
    std::string why_not;  // where the key may not use its policy
  };

  // `policies` is not empty; the indices point into it.
  PolicySet(std::vector<Policy> policies, std::vector<Pick> picks, std::size_t default_policy,
            AlwaysRules always = {});

  // As they are for who has no key, with what always holds for everybody.
  const std::vector<Policy>& policies() const { return sets_.front(); }
  const std::vector<Pick>& picks() const { return picks_; }
  const AlwaysRules& always() const { return always_; }
  // With what always holds for the key, which may be one of an older generation. Null when there is no such
  // policy. Does not allocate.
  const Policy* find(std::string_view name, const config::KeySettings* key = nullptr) const;
  std::vector<std::string> names() const;
  // The request headers that any policy or rule reads, in lower case, each once.
  std::vector<std::string> headers() const;
  // The first rule that is true and whose policy the key may use, else the key's own policy, else the default
  // one, else the first that the key may use. Does not allocate.
  Choice select(const Demand& demand) const;
  // The rules that were true before the one that picked, and why each did not: for explanations.
  std::vector<std::string_view> passed_over(const Demand& demand) const;

 private:
  const std::vector<Policy>& policies_for(const config::KeySettings* key) const {
    return sets_[always_.of(key)];
  }

  AlwaysRules always_;
  std::vector<std::vector<Policy>> sets_;  // the same policies for each of `always_`
  std::vector<Pick> picks_;
  std::size_t default_policy_;
};

// Null, where nobody is asked for a key, may use every policy.
bool may_use(const config::KeySettings* key, const config::PolicyName& policy);

// Checks and compiles the shipped policies and those of the settings. Every problem there is goes to
// `problems`; when one of them is an error, the set is not fit to be used.
PolicySet compile(const config::Settings& settings, config::Problems& problems);

}  // namespace routing
