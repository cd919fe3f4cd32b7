#include "routing/policy/selection.hpp"

#include <algorithm>
#include <vector>

#include "routing/language/complaint.hpp"

namespace routing {

namespace {

// What the key may ask for.
std::vector<std::string> allowed_names(const PolicySet& policies, const config::KeySettings* key) {
  if (key == nullptr || key->policies.empty()) return policies.names();
  std::vector<std::string> names;
  for (const config::PolicyName& name : key->policies) names.push_back(name.text);
  return names;
}

Refusal unknown_policy(const PolicySet& policies, const config::KeySettings* key, std::string_view name,
                       std::string field) {
  const std::vector<std::string> allowed = allowed_names(policies, key);
  const std::string near = config::nearest(std::string(name), allowed);
  return {.status = 400,
          .message = "there is no policy " + in_quotes(name) +
                     (near.empty() ? "" : "; did you mean " + in_quotes(near) + "?") +
                     (near.empty() ? "; the policies are " : " The policies are ") + listed(allowed),
          .field = std::move(field)};
}

}  // namespace

const Policy* find_suffix(const PolicySet& policies, std::string_view suffix,
                          const config::KeySettings* key) {
  if (const Policy* own = policies.find(suffix, key)) return own;
  if (suffix == "nitro") return policies.find("fastest", key);
  if (suffix == "floor") return policies.find("cheapest", key);
  return nullptr;
}

ModelAndSuffix split_suffix(std::string_view model) {
  const std::size_t colon = model.rfind(':');
  if (colon == std::string_view::npos) return {model, {}};
  return {model.substr(0, colon), model.substr(colon + 1)};
}

Selection select_policy(const PolicySet& policies, const Demand& demand, AskedPolicy asked) {
  const Policy* by_header = asked.header.empty() ? nullptr : policies.find(asked.header, demand.key);
  if (!asked.header.empty() && by_header == nullptr) {
    return unknown_policy(policies, demand.key, asked.header, "x-isocost-policy");
  }
  const Policy* by_suffix = asked.suffix.empty() ? nullptr : find_suffix(policies, asked.suffix, demand.key);
  if (!asked.suffix.empty() && by_suffix == nullptr) {
    return unknown_policy(policies, demand.key, asked.suffix, "model");
  }
  if (by_header != nullptr && by_suffix != nullptr && by_header != by_suffix) {
    return Refusal{.status = 400,
                   .message = "the header x-isocost-policy asks for " + in_quotes(asked.header) +
                              " and the model's suffix for " + in_quotes(asked.suffix) + "; send one of them",
                   .field = "x-isocost-policy",
                   .why = Refusal::Why::contradiction};
  }
  const Policy* wanted = by_header != nullptr ? by_header : by_suffix;
  if (wanted == nullptr) return policies.select(demand);

  if (!may_use(demand.key, wanted->name)) {
    return Refusal{.status = 403,
                   .message = "the key " + in_quotes(demand.key->name.text) + " may not use the policy " +
                              in_quotes(wanted->name.text) + "; it may use " +
                              listed(allowed_names(policies, demand.key)),
                   .field = by_header != nullptr ? "x-isocost-policy" : "model"};
  }
  return Choice{wanted, by_header != nullptr ? "the request's header" : "the model's suffix",
                Choice::By::itself};
}

}  // namespace routing
