// The shipped policies and those of the settings: what each is called and what it inherits by `extends`.
// Lives while they are compiled.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "routing/policy/policy_parts.hpp"

namespace routing {

class PolicyFamily {
 public:
  // Complains of names that cannot be, of two policies with one name, and of each policy's own texts.
  // Everything given must outlive this.
  PolicyFamily(const std::vector<config::PolicySettings>& policies, const Vocabulary& vocabulary,
               config::Problems& problems);

  // Shipped ones first.
  const std::vector<config::PolicySettings>& all() const { return all_; }
  // Whether its name means this one, and not an earlier one.
  bool goes_by_its_name(std::size_t which) const;
  // With all that it inherits.
  Parts whole(std::size_t which);
  // What to write in place of a name that no policy has.
  std::string suggestion(const std::string& name) const;

 private:
  void index_names();
  Parts broken(std::size_t which) const;
  void complain_of_circle(std::vector<std::size_t> circle);
  void point_at_extends(const config::PolicySettings& policy, std::string message, std::string suggestion);

  config::Problems& problems_;
  std::vector<config::PolicySettings> all_;
  std::size_t shipped_ = 0;
  std::map<std::string, std::size_t> by_name_;
  std::vector<Parts> own_;
  std::vector<std::size_t> trail_;  // the policies that extend each other on the way to the one being made
};

}  // namespace routing
