#include "routing/terms/succession.hpp"

#include <map>
#include <string_view>
#include <tuple>

namespace routing {
namespace {

using Asked = std::tuple<std::string_view, const config::BaseUrl&, std::string_view>;

Asked asked_of(const Endpoint& endpoint) {
  return {endpoint.provider->name.text, endpoint.provider->base_url, endpoint.settings->host_model};
}

bool has_name_of(const Endpoint& a, const Endpoint& b) {
  return a.settings->name == b.settings->name && a.model->name == b.model->name;
}

}  // namespace

std::vector<std::optional<EndpointIndex>> predecessors(const Catalogue& now, const Catalogue& before) {
  std::multimap<Asked, const Endpoint*> left;  // keys view the settings of `before`
  for (const Endpoint& endpoint : before.endpoints()) left.emplace(asked_of(endpoint), &endpoint);
  std::vector<std::optional<EndpointIndex>> result(now.endpoints().size());
  const auto match = [&](const auto& fits) {
    for (const Endpoint& endpoint : now.endpoints()) {
      if (result[endpoint.index]) continue;
      const auto [first, last] = left.equal_range(asked_of(endpoint));
      for (auto at = first; at != last; ++at) {
        if (!fits(*at->second, endpoint)) continue;
        result[endpoint.index] = at->second->index;
        left.erase(at);
        break;
      }
    }
  };
  match(has_name_of);
  match([](const Endpoint&, const Endpoint&) { return true; });
  return result;
}

std::vector<std::optional<EndpointIndex>> successors(const Catalogue& before, const Catalogue& now) {
  std::vector<std::optional<EndpointIndex>> result(before.endpoints().size());
  const auto from = predecessors(now, before);
  for (EndpointIndex i = 0; i < from.size(); ++i) {
    if (from[i]) result[*from[i]] = i;
  }
  return result;
}

}  // namespace routing
