#include "gateway/generation/generation.hpp"

#include <algorithm>

namespace gateway {

void Generation::add_keys(const Generation* before) {
  for (const config::ProviderSettings& each : catalogue->settings().providers) {
    const std::size_t number = 1 + each.access.more_keys.size();
    std::shared_ptr<providers::Access> access;
    std::shared_ptr<providers::KeyAllowance> allowance;
    if (before) {
      const auto& known = before->catalogue->settings().providers;
      const auto is_it = [&](const config::ProviderSettings& other) {
        return other.name == each.name && other.address == each.address;
      };
      const auto found = std::ranges::find_if(known, is_it);
      const auto place = static_cast<std::size_t>(found - known.begin());
      if (found != known.end() && *found == each) access = before->accesses[place];
      const bool has_same_keys = found != known.end() && found->credential == each.credential &&
                                 found->access.more_keys == each.access.more_keys;
      if (has_same_keys) allowance = before->allowances[place];
    }
    if (allowance) {
      allowance->adopt(each.limits);
    } else {
      allowance = std::make_shared<providers::KeyAllowance>(each.limits, number);
    }
    accesses.push_back(access ? std::move(access) : providers::Access::of(each));
    allowances.push_back(std::move(allowance));
  }
}

}  // namespace gateway
