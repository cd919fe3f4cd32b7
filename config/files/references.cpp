#include "config/files/references.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "config/files/service_references.hpp"
#include "config/forms/settings_form.hpp"
#include "config/values/address.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

// Names of one kind, for finding and for suggesting.
struct Names {
  std::vector<std::string> list;
  std::unordered_map<std::string_view, std::size_t> index;  // the texts are in the settings
};

template <class Things>
Names names_of(const Things& things) {
  Names names;
  for (const auto& thing : things) {
    names.index.emplace(thing.name.text, names.list.size());
    names.list.push_back(thing.name.text);
  }
  return names;
}

void refuse_name(const Node& node, std::string_view kind, const std::string& name,
                 const std::vector<std::string>& known) {
  if (name.empty()) return;  // already reported where it was read
  node.error("there is no " + std::string(kind) + " " + in_quotes(name), suggest(name, known));
}

// Where a provider's models are to run is said in one API alone.
void check_place_is_said(const Node& place, const EndpointSettings& endpoint,
                         const ProviderSettings& provider) {
  if (provider.inference_geo.empty() || !place.has("speaks")) return;
  if (endpoint.speaks == Formats(Format::messages)) return;
  place["speaks"].error("the provider has an `inference_geo`, which only Anthropic's `messages` can say",
                        "write `[messages]`, or name a provider without it");
}

// Anthropic, whoever hosts its models, and Alibaba Cloud are told what to keep; OpenAI keeps what it likes.
CacheWrites usual_cache_writes(const EndpointSettings& endpoint, const ProviderSettings& provider) {
  const bool is_told = endpoint.host_model.find("claude") != std::string::npos ||
                       is_within(provider.base_url.host, "aliyuncs.com") ||
                       !(endpoint.speaks.has(Format::chat) || endpoint.speaks.has(Format::completions) ||
                         endpoint.speaks.has(Format::responses) || endpoint.speaks.has(Format::gemini));
  return is_told ? CacheWrites::marked : CacheWrites::all;
}

void check_endpoints(const Node& root, Settings& settings) {
  const Names providers = names_of(settings.providers);
  const Node models = root["models"];
  for (ModelSettings& model : settings.models) {
    const Node node = models[model.name.text];
    const Node list = node["endpoints"];
    if (model.endpoints.empty() && node.has("endpoints") && list.kind() == Tree::Kind::list) {
      list.error("nobody hosts this model", "add an endpoint, or remove the model");
    }
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < model.endpoints.size(); ++i) {
      EndpointSettings& endpoint = model.endpoints[i];
      const Node place = list.item(i);
      const auto found = providers.index.find(endpoint.provider.text);
      if (found != providers.index.end()) {
        endpoint.provider_index = found->second;
        const ProviderSettings& provider = settings.providers[found->second];
        if (!place.has("speaks")) endpoint.speaks = provider.speaks;
        check_place_is_said(place, endpoint, provider);
        if (!place.has("reasoning_switch")) endpoint.reasoning_switch = provider.reasoning_switch;
        if (!place.has("cache_writes")) endpoint.cache_writes = usual_cache_writes(endpoint, provider);
      } else {
        refuse_name(place["provider"], "provider", endpoint.provider.text, providers.list);
      }
      if (endpoint.name.text.empty() || seen.insert(endpoint.name.text).second) continue;
      place["provider"].error("the model has an endpoint `" + endpoint.name.text + "` already",
                              "tell them apart: add a `variant`");
    }
  }
}

// Every name a client may ask for stands for one thing.
class PublicNames {
 public:
  void add(const Node& node, std::string_view name, std::string meaning) {
    if (name.empty()) return;
    const auto [known, fresh] = meanings_.emplace(name, std::move(meaning));
    if (!fresh)
      node.error("the name " + in_quotes(name) + " already stands for " + known->second,
                 "choose another name");
    list_.emplace_back(name);
  }
  bool has(std::string_view name) const { return meanings_.contains(name); }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::unordered_map<std::string_view, std::string> meanings_;
  std::vector<std::string> list_;
};

PublicNames check_public_names(const Node& root, const Settings& settings) {
  PublicNames names;
  const Node models = root["models"], routes = root["routes"];
  for (const ModelSettings& model : settings.models) {
    names.add(models[model.name.text], model.name.text, "the model `" + model.name.text + "`");
  }
  for (const RouteSettings& route : settings.routes) {
    names.add(routes[route.name.text], route.name.text, "the route `" + route.name.text + "`");
  }
  for (const ModelSettings& model : settings.models) {
    const Node node = models[model.name.text];
    const Node aliases = node["aliases"];
    for (std::size_t i = 0; i < model.aliases.size(); ++i) {
      names.add(aliases.item(i), model.aliases[i].text, "the model `" + model.name.text + "`");
    }
  }
  return names;
}

void check_routes(const Node& root, const Settings& settings) {
  const Names models = names_of(settings.models);
  const Node routes = root["routes"];
  std::unordered_set<std::string_view> aliases;
  for (const ModelSettings& model : settings.models) {
    for (const ModelName& alias : model.aliases) aliases.insert(alias.text);
  }
  for (const RouteSettings& route : settings.routes) {
    const Node node = routes[route.name.text];
    if (route.members.empty() && node.kind() == Tree::Kind::list)
      node.error("a route has at least one member");
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < route.members.size(); ++i) {
      const std::string& name = route.members[i].model.text;
      const Node place = node.item(i);
      if (!models.index.contains(name) && !aliases.contains(name)) {
        refuse_name(place["model"], "model", name, models.list);
      } else if (!seen.insert(name).second) {
        place["model"].error("the route has the model " + in_quotes(name) + " twice", "remove one of them");
      }
    }
  }
}

void check_keys(const Node& root, const Settings& settings, const PublicNames& models,
                const std::vector<std::string>& policies) {
  const auto is_policy = [&](const PolicyName& name) {
    return std::ranges::find(policies, name.text) != policies.end();
  };
  const Node keys = root["keys"];
  std::unordered_set<std::string_view> names, certificates;
  std::unordered_map<std::string_view, std::string_view> hashes;
  for (std::size_t k = 0; k < settings.keys.size(); ++k) {
    const KeySettings& key = settings.keys[k];
    const Node node = keys.item(k);
    if (!key.name.text.empty() && !names.insert(key.name.text).second) {
      node["name"].error("another key is called " + in_quotes(key.name.text), "choose another name");
    }
    if (!key.certificate.empty() && !certificates.insert(key.certificate).second) {
      node["certificate"].error("another key is known by this certificate", "remove one of them");
    }
    if (!key.certificate.empty() && !(settings.tls && !settings.tls->client_ca.empty())) {
      node["certificate"].error("no client is asked for a certificate",
                                "say who signs them: `tls: {client_ca: FILE}`");
    }
    const std::string_view hash(reinterpret_cast<const char*>(key.sha256.data()), key.sha256.size());
    const auto [known, fresh] = hashes.emplace(hash, key.name.text);
    if (key.sha256 != KeyHash{} && !fresh)
      node["sha256"].key_error("this is the key " + in_quotes(known->second) + " again",
                               "remove one of them");
    const Node allowed_models = node["models"], allowed_policies = node["policies"];
    for (const std::string_view list : {"models", "policies"}) {
      if (!node.has(list) || node[list].kind() != Tree::Kind::list || node[list].size() > 0) continue;
      node[list].error("an empty list would let the key use all of them",
                       "leave `" + std::string(list) + "` out for all, or name those it may use");
    }
    for (std::size_t i = 0; i < key.models.size(); ++i) {
      const std::string& name = key.models[i].text;
      if (!models.has(name)) refuse_name(allowed_models.item(i), "model or route", name, models.list());
    }
    for (std::size_t i = 0; i < key.policies.size(); ++i) {
      if (!is_policy(key.policies[i]))
        refuse_name(allowed_policies.item(i), "policy", key.policies[i].text, policies);
    }
    if (!key.policy) continue;
    if (!is_policy(*key.policy)) {
      refuse_name(node["policy"], "policy", key.policy->text, policies);
    } else if (!key.policies.empty() && std::ranges::find(key.policies, *key.policy) == key.policies.end()) {
      node["policy"].error("the key's own `policies` do not contain " + in_quotes(key.policy->text),
                           "add it to `policies`");
    }
  }
}

void check_presets(const Node& root, const Settings& settings, const PublicNames& models,
                   const std::vector<std::string>& policies) {
  const Node presets = root["presets"];
  for (const PresetSettings& preset : settings.presets) {
    const Node node = presets[preset.name.text];
    if (preset.model && !models.has(preset.model->text)) {
      refuse_name(node["model"], "model or route", preset.model->text, models.list());
    }
    if (!preset.policy) continue;
    const bool is_there = std::ranges::find(policies, preset.policy->text) != policies.end();
    if (!is_there) refuse_name(node["policy"], "policy", preset.policy->text, policies);
  }
}

// Without a section of teams, a key's team is a word of its own.
void check_teams(const Node& root, const Settings& settings) {
  if (!root.has("teams")) return;
  const Names teams = names_of(settings.teams);
  const Node keys = root["keys"];
  for (std::size_t k = 0; k < settings.keys.size(); ++k) {
    const std::string& team = settings.keys[k].team;
    if (!teams.index.contains(team)) refuse_name(keys.item(k)["team"], "team", team, teams.list);
  }
}

// A key's models by the names that they are known by inside: an alias allows what it stands for.
void resolve_aliases(Settings& settings) {
  std::unordered_map<std::string_view, const ModelName*> meanings;
  for (const ModelSettings& model : settings.models) {
    for (const ModelName& alias : model.aliases) meanings.emplace(alias.text, &model.name);
  }
  for (KeySettings& key : settings.keys) {
    for (ModelName& name : key.models) {
      const auto meaning = meanings.find(name.text);
      if (meaning != meanings.end()) name = *meaning->second;
    }
  }
}

// What policies extend is looked up where they are compiled.
void check_policies(const Node& root, const Settings& settings, const std::vector<std::string>& policies) {
  const auto is_policy = [&](std::string_view name) {
    return std::ranges::find(policies, name) != policies.end();
  };
  const Node mapping = root["policies"], rules = root["rules"];
  for (const PolicySettings& policy : settings.policies) {
    const Node node = mapping[policy.name.text];
    if (std::ranges::find(shipped_policy_names, policy.name.text) != shipped_policy_names.end()) {
      node.key_error("`" + policy.name.text + "` comes with isocost and keeps its meaning",
                     "choose another name and write `extends: " + policy.name.text + "`");
    }
  }
  for (std::size_t i = 0; i < settings.rules.size(); ++i) {
    const std::string& name = settings.rules[i].policy.text;
    const Node rule = rules.item(i);
    if (!is_policy(name)) refuse_name(rule["policy"], "policy", name, policies);
  }
  if (settings.default_policy && !is_policy(settings.default_policy->text)) {
    refuse_name(root["default_policy"], "policy", settings.default_policy->text, policies);
  }
}

void check_shadows(const Node& root, const Settings& settings, const std::vector<std::string>& policies) {
  constexpr std::size_t most = 8;
  if (!root.has("shadow")) return;
  const Node list = root["shadow"];
  std::unordered_set<std::string> known;
  for (std::size_t i = 0; i < settings.shadow.size(); ++i) {
    const std::string& name = settings.shadow[i].text;
    if (std::ranges::find(policies, name) == policies.end()) {
      refuse_name(list.item(i), "policy", name, policies);
    } else if (!known.insert(name).second) {
      list.item(i).error("`" + name + "` stands in the list twice", "name each policy once");
    }
  }
  if (settings.shadow.size() > most)
    list.error("each of them costs about as much as deciding does; at most 8 run at a time",
               "name those that matter now");
  if (!settings.shadow.empty() && !settings.records.enabled)
    list.error("what a decision saw is needed for it, and `records` are not enabled",
               "leave `records.enabled` out");
}

}  // namespace

void check_references(const Node& root, Settings& settings) {
  std::vector<std::string> policies(shipped_policy_names.begin(), shipped_policy_names.end());
  for (const PolicySettings& policy : settings.policies) policies.push_back(policy.name.text);
  check_endpoints(root, settings);
  const PublicNames models = check_public_names(root, settings);
  check_routes(root, settings);
  check_keys(root, settings, models, policies);
  check_teams(root, settings);
  check_presets(root, settings, models, policies);
  resolve_aliases(settings);
  check_policies(root, settings, policies);
  check_shadows(root, settings, policies);
  check_service(root, settings);
  leave_out_absent(root, settings);
}

}  // namespace config
