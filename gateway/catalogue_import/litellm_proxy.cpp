#include "gateway/catalogue_import/litellm_proxy.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gateway {
namespace {

using config::Tree;

constexpr std::string_view stands_nowhere = "nothing here corresponds to it";

// What does the like here, of what is not carried over.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> likes{
    {{"litellm_settings.max_budget", "`quota: {dollars: ...}` bounds all together (money.md)"},
     {"litellm_settings.budget_duration", "`quota: {dollars: {month: ...}}` says of which time"},
     {"general_settings.max_parallel_requests", "`quota: {concurrent: ...}` of a key is its like"},
     {"general_settings.global_max_parallel_requests", "`quota: {concurrent: ...}` of all is its like"},
     {"general_settings.alerting", "`notify: {webhook: ...}` tells of limits, deploy/prometheus of the rest"},
     {"router_settings.redis_host", "`redis: {url: ...}` is where several gateways share limits"},
     {"router_settings.redis_port", "`redis: {url: ...}` says it, too"},
     {"router_settings.redis_password", "`redis: {password: ...}` is its like"},
     {"router_settings.redis_url", "`redis: {url: ...}` is where several gateways share limits"},
     {"router_settings.allowed_fails", "isocost judges hosts by what they answer"},
     {"router_settings.cooldown_time", "isocost judges hosts by what they answer"},
     {"router_settings.enable_pre_call_checks", "isocost always looks whether a prompt fits"}}};

const Tree* below(const Tree& root, std::string_view section, std::string_view name) {
  const Tree* found = root.find(section);
  return found ? found->find(name) : nullptr;
}

std::string text_of(const Tree* tree) {
  return tree && tree->kind == Tree::Kind::text ? tree->text : "";
}

void add_texts(const Tree* from, std::map<std::string, std::string, std::less<>>& texts) {
  if (!from || from->kind != Tree::Kind::mapping) return;
  for (std::size_t i = 0; i < from->keys.size(); ++i) {
    if (from->items[i].kind == Tree::Kind::text) texts.emplace(from->keys[i].text, from->items[i].text);
  }
}

// Lists and mappings; empty ones say nothing.
void add_others(const Tree* from, std::vector<std::string>& names) {
  if (!from || from->kind != Tree::Kind::mapping) return;
  for (std::size_t i = 0; i < from->keys.size(); ++i) {
    if (!from->items[i].items.empty()) names.push_back(from->keys[i].text);
  }
}

// As LiteLLM guesses it of names that every one of its users knows.
std::string_view kind_of_bare(std::string_view model) {
  constexpr std::array<std::string_view, 6> openai{"gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-"};
  if (std::ranges::any_of(openai, [&](std::string_view begin) { return model.starts_with(begin); }))
    return "openai";
  if (model.starts_with("claude")) return "anthropic";
  return model.starts_with("gemini") ? "vertex_ai" : "";
}

void split_model(std::string model, LitellmDeployment& deployment) {
  const std::string_view said = deployment.param("custom_llm_provider");
  const std::size_t slash = model.find('/');
  if (!said.empty()) {
    deployment.kind = said;
    if (model.starts_with(deployment.kind + "/")) model.erase(0, deployment.kind.size() + 1);
  } else if (slash != std::string::npos) {
    deployment.kind = model.substr(0, slash);
    model.erase(0, slash + 1);
  } else {
    deployment.kind = kind_of_bare(model);
  }
  // How LiteLLM is to ask, not what; and whom it asks by Responses may answer nothing else.
  for (const std::string_view way : {"responses/", "converse/", "invoke/", "o_series/", "gpt5_series/"}) {
    if (!model.starts_with(way)) continue;
    model.erase(0, way.size());
    if (way == "responses/") deployment.info["mode"] = "responses";
  }
  deployment.host_model = std::move(model);
}

// [{name: [other, {model: other, …}, …]}, …]; "*" stands for whoever has none.
void read_fallbacks(const Tree* list, LitellmProxy& proxy) {
  if (!list) return;
  for (const Tree& each : list->items) {
    for (std::size_t i = 0; i < each.keys.size(); ++i) {
      const std::string& group = each.keys[i].text;
      std::vector<std::string>& names = group == "*" ? proxy.default_fallbacks : proxy.fallbacks[group];
      for (const Tree& said : each.items[i].items) {
        const bool is_mapping = said.kind == Tree::Kind::mapping;
        std::string other = is_mapping ? text_of(said.find("model")) : text_of(&said);
        if (is_mapping && said.keys.size() > 1)
          proxy.notes.push_back("fallbacks of " + group + ": of " + other +
                                " its name alone is carried over");
        const bool is_new = std::ranges::find(names, other) == names.end();
        if (!other.empty() && is_new && other != group) names.push_back(std::move(other));
      }
    }
  }
}

void read_aliases(const Tree* aliases, LitellmProxy& proxy) {
  if (!aliases) return;
  for (std::size_t i = 0; i < aliases->keys.size(); ++i) {
    const Tree& said = aliases->items[i];
    std::string target = said.kind == Tree::Kind::mapping ? text_of(said.find("model")) : text_of(&said);
    const std::string& alias = aliases->keys[i].text;
    if (target.empty()) {
      proxy.notes.push_back("model_group_alias." + alias +
                            ": it is not another name for one group; a route of this name may have several");
    } else {
      proxy.aliases.emplace(alias, std::move(target));
    }
  }
}

// What stands in `credential_list` under the name that a deployment has for it. Its own words go first.
void add_credential(const Tree* list, LitellmDeployment& deployment, LitellmProxy& proxy) {
  const std::string name(deployment.param("litellm_credential_name"));
  if (name.empty()) return;
  deployment.params.erase("litellm_credential_name");
  if (list) {
    for (const Tree& each : list->items) {
      if (text_of(each.find("credential_name")) == name)
        return add_texts(each.find("credential_values"), deployment.params);
    }
  }
  proxy.notes.push_back(deployment.group + ": there is no `" + name + "` in `credential_list`");
}

// Of two names of the same, the one that is read here.
void rename(LitellmDeployment& deployment, std::string_view from, std::string_view to) {
  const auto found = deployment.params.find(from);
  if (found == deployment.params.end()) return;
  deployment.params.emplace(to, std::move(found->second));
  deployment.params.erase(found);
}

void read_deployments(const Tree* list, const Tree* credentials, LitellmProxy& proxy) {
  if (!list) return;
  for (const Tree& each : list->items) {
    LitellmDeployment deployment;
    deployment.group = text_of(each.find("model_name"));
    add_texts(each.find("litellm_params"), deployment.params);
    add_others(each.find("litellm_params"), deployment.not_carried);
    add_credential(credentials, deployment, proxy);
    for (const std::string_view name : {"project", "location", "credentials"})
      rename(deployment, "vertex_ai_" + std::string(name), "vertex_" + std::string(name));
    const Tree* info = each.find("model_info");
    if (info && info->find("access_groups")) deployment.not_carried.push_back("access_groups");
    add_texts(&each, deployment.params);  // limits of rate may stand here, too
    add_texts(info, deployment.info);
    split_model(std::string(deployment.param("model")), deployment);
    if (deployment.group.empty() || deployment.host_model.empty()) {
      proxy.notes.push_back("model_list: an entry without `model_name` or `model`");
      continue;
    }
    proxy.deployments.push_back(std::move(deployment));
  }
}

// Every member that nobody read.
void note_the_rest(const Tree& root, std::string_view section, std::initializer_list<std::string_view> read,
                   LitellmProxy& proxy) {
  const Tree* found = root.find(section);
  if (!found) return;
  for (const Tree::Key& key : found->keys) {
    if (std::ranges::find(read, key.text) != read.end()) continue;
    const std::string name = std::string(section) + "." + key.text;
    const auto like = std::ranges::find(likes, name, &std::pair<std::string_view, std::string_view>::first);
    proxy.notes.push_back(name + ": " + std::string(like == likes.end() ? stands_nowhere : like->second));
  }
}

}  // namespace

std::string_view variable_named(std::string_view text) {
  constexpr std::string_view begin = "os.environ/";
  return text.starts_with(begin) ? text.substr(begin.size()) : std::string_view();
}

std::string_view LitellmDeployment::param(std::string_view name) const {
  const auto found = params.find(name);
  return found == params.end() ? std::string_view() : found->second;
}

std::string_view LitellmDeployment::fact(std::string_view name) const {
  const auto found = info.find(name);
  return found == info.end() ? param(name) : found->second;
}

LitellmProxy litellm_proxy(const Tree& root) {
  LitellmProxy proxy;
  read_deployments(root.find("model_list"), root.find("credential_list"), proxy);
  add_texts(root.find("environment_variables"), proxy.variables);
  for (const std::string_view section : {"router_settings", "litellm_settings"}) {
    read_fallbacks(below(root, section, "fallbacks"), proxy);
    read_fallbacks(below(root, section, "context_window_fallbacks"), proxy);
    read_fallbacks(below(root, section, "content_policy_fallbacks"), proxy);
    read_aliases(below(root, section, "model_group_alias"), proxy);
    if (const Tree* names = below(root, section, "default_fallbacks")) {
      for (const Tree& name : names->items) proxy.default_fallbacks.push_back(text_of(&name));
    }
    if (proxy.retries.empty()) proxy.retries = text_of(below(root, section, "num_retries"));
    if (proxy.timeout.empty()) proxy.timeout = text_of(below(root, section, "timeout"));
    if (proxy.timeout.empty()) proxy.timeout = text_of(below(root, section, "request_timeout"));
  }
  proxy.strategy = text_of(below(root, "router_settings", "routing_strategy"));
  proxy.master_key = text_of(below(root, "general_settings", "master_key"));
  note_the_rest(root, "router_settings",
                {"fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "model_group_alias",
                 "default_fallbacks", "num_retries", "timeout", "routing_strategy"},
                proxy);
  note_the_rest(root, "litellm_settings",
                {"fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "model_group_alias",
                 "default_fallbacks", "num_retries", "request_timeout", "drop_params", "set_verbose"},
                proxy);
  note_the_rest(root, "general_settings", {"master_key", "database_url"}, proxy);
  if (below(root, "general_settings", "database_url")) {
    proxy.notes.push_back(
        "general_settings.database_url: keys, teams and budgets in it stay there; `isocost keys create` "
        "makes new ones");
  }
  if (const Tree* variables = root.find("environment_variables")) {
    for (const Tree::Key& key : variables->keys) {
      proxy.notes.push_back("environment_variables." + key.text + ": set it where isocost is started");
    }
  }
  for (const Tree::Key& key : root.keys) {
    constexpr std::array<std::string_view, 6> read{"model_list",       "router_settings",
                                                   "litellm_settings", "general_settings",
                                                   "credential_list",  "environment_variables"};
    if (std::ranges::find(read, key.text) != read.end()) continue;
    const bool is_include = key.text == "include";
    proxy.notes.push_back(key.text + ": " +
                          (is_include ? "its files were not read: import each of them, and put them together"
                                      : std::string(stands_nowhere)));
  }
  return proxy;
}

}  // namespace gateway
