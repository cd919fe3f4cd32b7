#include "gateway/replay_policies.hpp"

namespace gateway {

const routing::Policy* ReplayPolicies::find(const routing::Catalogue&, std::string_view name) {
  if (name == only_.name.text) return &only_;
  problem_ = "there is no policy \"" + std::string(name) + "\"";
  return nullptr;
}

}  // namespace gateway
