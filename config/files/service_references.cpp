#include "config/files/service_references.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "config/values/address.hpp"

namespace config {
namespace {

void check_listeners(const Node& root, const Settings& settings) {
  if (settings.keys.empty() && !is_loopback(settings.listen.host)) {
    root["listen"].error(
        "`" + settings.listen.host + "` can be reached from other machines, but there is no key under `keys`",
        "add a key, or listen on `127.0.0.1:" + std::to_string(settings.listen.port) + "`");
  }
  if (settings.tls && settings.tls->admin && !settings.admin)
    root["tls"]["admin"].error("there is no address `admin` that could speak TLS",
                               "name one, or remove this");
  if (!settings.admin) return;
  if (settings.admin->port == settings.listen.port && settings.admin->host == settings.listen.host) {
    root["admin"].error("is the same address as `listen`", "use another port");
  }
  if (!is_loopback(settings.admin->host)) {
    root["admin"].warning("whoever reaches `" + settings.admin->host +
                              "` reads the metrics and which hosts there are" +
                              (settings.keys.empty() ? ", and administers the gateway" : ""),
                          "keep it on `127.0.0.1` or behind a firewall");
  }
}

void check_sharing(const Node& root, const Settings& settings) {
  if (!settings.ledger.password.empty() && settings.ledger.url.empty())
    root["ledger"]["password"].key_error("there is no `url` that asks for this password");
  if (!settings.ledger.url.empty() && !settings.ledger.enabled)
    root["ledger"]["url"].error("a ledger that is not enabled is nowhere", "leave `enabled` out");
  const bool has_redis = !settings.redis.url.empty();
  if (!has_redis && root.has("redis") && !root["redis"].has("url"))
    root["redis"].error("it needs a `url`", "write `url: redis://HOST:6379`");
  if (has_redis && (settings.ledger.url.empty() || !settings.ledger.enabled)) {
    root["redis"].error(
        "quotas are shared by gateways that share a ledger: Redis may lose them, and then the ledger says "
        "what "
        "was used",
        "set `ledger: {url: postgresql://...}`, too");
  }
  if (has_redis && settings.limits.queue_timeout.count() == 0) {
    root["limits"]["queue_timeout"].error(
        "where quotas are shared a request may wait for a moment until its share is there",
        "leave `queue_timeout` out");
  }
}

void check_ledger(const Node& root, const Settings& settings) {
  if (settings.ledger.enabled) return;
  const auto has_budget = [](const Quota& quota) {
    return std::ranges::any_of(quota.of(Measure::dollars), [](const auto& most) { return most.has_value(); });
  };
  const bool has_one =
      has_budget(settings.quota) ||
      std::ranges::any_of(settings.teams, [&](const TeamSettings& team) { return has_budget(team.quota); }) ||
      std::ranges::any_of(settings.keys, [&](const KeySettings& key) {
        return has_budget(key.quota) || has_budget(key.user_quota);
      });
  if (!has_one) return;
  root["ledger"].error(
      "without a ledger nobody can have a quota in dollars: it would be forgotten at each start",
      "leave `ledger.enabled` out, or the quotas in dollars");
}

}  // namespace

void check_service(const Node& root, const Settings& settings) {
  check_listeners(root, settings);
  check_ledger(root, settings);
  check_sharing(root, settings);
}

void leave_out_absent(const Node& root, Settings& settings) {
  std::vector<ProviderSettings> present;
  std::vector<std::optional<std::size_t>> new_index;
  for (ProviderSettings& provider : settings.providers) {
    const bool absent =
        provider.optional && (is_without_credential(provider) || provider.access.has_absent_texts);
    new_index.push_back(absent ? std::nullopt : std::optional(present.size()));
    if (!absent) present.push_back(std::move(provider));
  }
  const bool all_present = present.size() == settings.providers.size();
  settings.providers = std::move(present);
  if (all_present) return;
  if (settings.providers.empty()) {
    root["providers"].error("none of the providers, all of them optional, has its credential",
                            "set the variable of at least one");
  }
  std::unordered_set<std::string> gone;
  for (ModelSettings& model : settings.models) {
    std::erase_if(model.endpoints, [&](const EndpointSettings& e) { return !new_index[e.provider_index]; });
    for (EndpointSettings& endpoint : model.endpoints)
      endpoint.provider_index = *new_index[endpoint.provider_index];
    if (!model.endpoints.empty()) continue;
    gone.insert(model.name.text);
    for (const ModelName& alias : model.aliases) gone.insert(alias.text);
  }
  std::erase_if(settings.models, [](const ModelSettings& model) { return model.endpoints.empty(); });
  for (RouteSettings& route : settings.routes) {
    std::erase_if(route.members, [&](const RouteMember& member) { return gone.contains(member.model.text); });
  }
  std::erase_if(settings.routes, [](const RouteSettings& route) { return route.members.empty(); });
}

}  // namespace config
