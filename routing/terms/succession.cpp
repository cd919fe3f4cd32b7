#include "routing/terms/succession.hpp"

#include <map>

#include "routing/terms/draws.hpp"

namespace routing {
namespace {

std::vector<Identity> identities_of(const Catalogue& catalogue) {
  std::vector<Identity> result;
  result.reserve(catalogue.endpoints().size());
  for (const Endpoint& endpoint : catalogue.endpoints()) result.push_back(identity_of(endpoint));
  return result;
}

}  // namespace

Identity identity_of(const Endpoint& endpoint) {
  const config::BaseUrl& url = endpoint.provider->base_url;
  std::uint64_t asked = hash_of(endpoint.provider->name.text);
  for (const std::uint64_t part :
       {static_cast<std::uint64_t>(url.scheme), hash_of(url.host), std::uint64_t{url.port}, hash_of(url.path),
        hash_of(endpoint.settings->host_model)}) {
    asked = mixed(asked) ^ part;
  }
  if (!endpoint.provider->address.empty()) asked = mixed(asked) ^ hash_of(endpoint.provider->address);
  return {.asked = asked, .named = endpoint.name_hash};
}

std::vector<std::optional<std::size_t>> predecessors(std::span<const Identity> now,
                                                     std::span<const Identity> before) {
  std::multimap<std::uint64_t, std::size_t> left;
  for (std::size_t i = 0; i < before.size(); ++i) left.emplace(before[i].asked, i);
  std::vector<std::optional<std::size_t>> result(now.size());
  const auto match = [&](const auto& fits) {
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (result[i]) continue;
      const auto [first, last] = left.equal_range(now[i].asked);
      for (auto at = first; at != last; ++at) {
        if (!fits(before[at->second], now[i])) continue;
        result[i] = at->second;
        left.erase(at);
        break;
      }
    }
  };
  match([](const Identity& a, const Identity& b) { return a.named == b.named; });
  match([](const Identity&, const Identity&) { return true; });
  return result;
}

std::vector<std::optional<EndpointIndex>> predecessors(const Catalogue& now, const Catalogue& before) {
  const auto found = predecessors(identities_of(now), identities_of(before));
  std::vector<std::optional<EndpointIndex>> result(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i]) result[i] = static_cast<EndpointIndex>(*found[i]);
  }
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
