#include "routing/policy/policy_family.hpp"

#include <algorithm>
#include <utility>

#include "routing/language/complaint.hpp"
#include "routing/policy/shipped.hpp"

namespace routing {

PolicyFamily::PolicyFamily(const std::vector<config::PolicySettings>& policies, const Vocabulary& vocabulary,
                           config::Problems& problems)
    : problems_(problems), all_(shipped_policies()), shipped_(all_.size()) {
  all_.insert(all_.end(), policies.begin(), policies.end());
  index_names();
  for (const config::PolicySettings& each : all_) own_.push_back(own_parts(each, vocabulary, problems));
}

void PolicyFamily::index_names() {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const config::PolicySettings& policy = all_[i];
    const std::string& name = policy.name.text;
    const std::string path = "policies." + name;
    if (name.empty() || name.find_first_of(":/ \t") != std::string::npos) {
      complain(problems_, policy.place, path, in_quotes(name) + " cannot be the name of a policy",
               "use letters, digits, `-` and `_`; requests name it after a colon");
    }
    const auto [known, is_new] = by_name_.emplace(name, i);
    if (is_new) continue;
    if (known->second < shipped_) {
      complain(problems_, policy.place, path, in_quotes(name) + " is the name of a shipped policy",
               "choose another name and write `extends: " + name + "`");
    } else {
      complain(problems_, policy.place, path,
               "there are two policies named " + in_quotes(name) + "; the other one is at line " +
                   std::to_string(all_[known->second].place.line),
               "give one of them another name");
    }
  }
}

bool PolicyFamily::goes_by_its_name(std::size_t which) const {
  return by_name_.at(all_[which].name.text) == which;
}

std::string PolicyFamily::suggestion(const std::string& name) const {
  std::vector<std::string> names;
  for (const config::PolicySettings& each : all_) names.push_back(each.name.text);
  const std::string near = config::nearest(name, names);
  return near.empty() ? "the policies are " + listed(names) : "did you mean " + in_quotes(near) + "?";
}

Parts PolicyFamily::whole(std::size_t which) {
  const config::PolicySettings& policy = all_[which];
  if (!policy.extends) return own_[which];
  const std::string& name = policy.extends->text;
  const auto parent = by_name_.find(name);
  if (parent == by_name_.end()) {
    point_at_extends(policy, "there is no policy " + in_quotes(name) + " to extend", suggestion(name));
    return broken(which);
  }
  trail_.push_back(which);
  const auto again = std::ranges::find(trail_, parent->second);
  if (again != trail_.end()) {
    complain_of_circle({again, trail_.end()});
    trail_.pop_back();
    return broken(which);
  }
  Parts result = inherited(whole(parent->second), own_[which]);
  trail_.pop_back();
  return result;
}

Parts PolicyFamily::broken(std::size_t which) const {
  Parts parts = own_[which];
  parts.is_complete = false;
  return parts;
}

// Begins with the first of them in the file, so that the circle is reported once from wherever it is entered.
void PolicyFamily::complain_of_circle(std::vector<std::size_t> circle) {
  std::rotate(circle.begin(), std::ranges::min_element(circle), circle.end());
  const config::PolicySettings& first = all_[circle.front()];
  if (circle.size() == 1) {
    return point_at_extends(first, "the policy extends itself", "name another policy, or none");
  }
  std::string chain;
  for (const std::size_t each : circle) chain += in_quotes(all_[each].name.text) + " extends ";
  point_at_extends(first, chain + in_quotes(first.name.text), "one of them must stand on its own");
}

void PolicyFamily::point_at_extends(const config::PolicySettings& policy, std::string message,
                                    std::string suggestion) {
  problems_.push_back(about_whole(*policy.extends, "policies." + policy.name.text + ".extends",
                                  std::move(message), std::move(suggestion)));
}

}  // namespace routing
