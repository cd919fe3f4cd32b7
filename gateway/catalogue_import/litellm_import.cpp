#include "gateway/catalogue_import/litellm_import.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "gateway/catalogue_import/litellm_endpoint.hpp"
#include "gateway/catalogue_import/litellm_words.hpp"
#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

struct Provider {
  LitellmHost host;
  std::string name;
  long in_flight = 0;               // of all its deployments; 0: none says
  std::optional<double> silence{};  // the longest that any of them is waited for
};

struct Endpoint {
  std::size_t provider = 0;
  std::string host_model, text;
};

class Import {
 public:
  Import(const LitellmProxy& proxy, const LitellmSources& sources)
      : proxy_(proxy),
        sources_(sources),
        variable_([this](const std::string& name) { return value_of(name); }) {}

  LitellmImport done() {
    made_.notes = {};
    for (const LitellmDeployment& deployment : proxy_.deployments) add(deployment);
    name_models();
    note_names_of_nobody();
    write_head();
    write_providers();
    write_models();
    write_routes();
    write_policy();
    made_.notes.insert(made_.notes.end(), proxy_.notes.begin(), proxy_.notes.end());
    made_.models = order_.size();
    return std::move(made_);
  }

 private:
  // Those that the file sets itself count more, as with LiteLLM.
  std::optional<std::string> value_of(const std::string& name) const {
    const auto said = proxy_.variables.find(name);
    return said == proxy_.variables.end() ? sources_.variable(name) : said->second;
  }

  void add(const LitellmDeployment& deployment) {
    const std::string where =
        deployment.group + " at " + deployment.kind + "/" + deployment.host_model + ": ";
    LitellmHost host = litellm_host(deployment, variable_);
    WrittenEndpoint written = litellm_endpoint(deployment, host, sources_.prices);
    const std::string& why = host.why.empty() ? written.why : host.why;
    if (!why.empty()) return made_.notes.push_back(where + "left out: " + why);
    const std::size_t provider = provider_of(host, deployment);
    std::vector<Endpoint>& endpoints = models_[deployment.group];
    if (std::ranges::find(order_, deployment.group) == order_.end()) order_.push_back(deployment.group);
    const bool is_there = std::ranges::any_of(endpoints, [&](const Endpoint& each) {
      return each.provider == provider && each.host_model == host.host_model;
    });
    if (is_there)
      return made_.notes.push_back(where + "stands twice with the same key; isocost asks it as one");
    for (const std::string& note : host.notes) made_.notes.push_back(where + note);
    for (const std::string& note : written.notes) made_.notes.push_back(where + note);
    if (!written.has_price)
      made_.notes.push_back(where + "its price is unknown (`--prices LIST` may know it)");
    endpoints.push_back({provider, host.host_model, std::move(written.text)});
    ++made_.endpoints;
  }

  std::size_t provider_of(const LitellmHost& host, const LitellmDeployment& deployment) {
    auto found = std::ranges::find_if(providers_, [&](const Provider& each) {
      return each.host.base_url == host.base_url && each.host.credential == host.credential &&
             each.host.dialect == host.dialect && each.host.lines == host.lines;
    });
    if (found == providers_.end()) {
      std::string name = host.name;
      for (int i = 2; !names_.insert("provider " + name).second; ++i)
        name = host.name + "-" + std::to_string(i);
      found = providers_.insert(providers_.end(), Provider{.host = host, .name = name});
    }
    if (const auto most = litellm_seconds(deployment.param("max_parallel_requests")))
      found->in_flight += std::lround(*most);
    auto silence = litellm_seconds(deployment.param("timeout"));
    if (!silence) silence = litellm_seconds(deployment.param("stream_timeout"));
    if (silence) found->silence = std::max(found->silence.value_or(0), *silence);
    return static_cast<std::size_t>(found - providers_.begin());
  }

  // Names of models and routes are of one kind here, and clients go on asking for the group's.
  void name_models() {
    for (const std::string& group : order_) {
      const std::string name = litellm_model_name(group);
      if (name != group) made_.notes.push_back(group + ": is called " + name + " here");
      shown_[group] = name;
      names_.insert(name);
    }
    for (const std::string& group : order_) {
      std::vector<std::string> others = fallbacks_of(group);
      own_[group] = shown_[group];
      if (others.empty()) continue;
      std::string alone = shown_[group] + "-alone";
      while (!names_.insert(alone).second) alone += "-";
      own_[group] = alone;
      routes_[group] = std::move(others);
    }
  }

  std::vector<std::string> fallbacks_of(const std::string& group) {
    const auto said = proxy_.fallbacks.find(group);
    std::vector<std::string> known;
    for (const std::string& name : said == proxy_.fallbacks.end() ? proxy_.default_fallbacks : said->second) {
      const auto alias = proxy_.aliases.find(name);
      const std::string& other = alias == proxy_.aliases.end() ? name : alias->second;
      if (other == group || std::ranges::find(known, other) != known.end()) continue;
      if (models_.contains(other)) {
        known.push_back(other);
      } else {
        made_.notes.push_back("fallbacks of " + group + ": " + other + " is not there");
      }
    }
    return known;
  }

  void note_names_of_nobody() {
    for (const auto& [group, others] : proxy_.fallbacks) {
      if (!models_.contains(group))
        made_.notes.push_back("fallbacks of " + group + ": it is not there itself");
    }
    for (const auto& [alias, target] : proxy_.aliases) {
      if (!models_.contains(target))
        made_.notes.push_back("model_group_alias." + alias + ": " + target + " is not there");
    }
  }

  void write_head() {
    made_.text =
        "# Made by `isocost import litellm`. Read it, then `isocost check` it. What is assumed says so; what "
        "no key says is\n"
        "# left out and so unknown: jurisdictions, data policies, quantizations. A provider joins when the "
        "variable of its\n"
        "# key is set; take `optional` away to have a missing key refused.\n\n"
        "# LiteLLM's port. For other machines `0.0.0.0:4000`, which takes a key below.\nlisten: "
        "127.0.0.1:4000\n";
    std::string key = proxy_.master_key;
    const std::string variable(variable_named(key));
    if (!variable.empty()) key = variable_(variable).value_or("");
    if (!key.empty()) {
      made_.text +=
          "\n# LiteLLM's master key goes on, by its SHA-256. Others: isocost keys create --name NAME\nkeys:\n"
          "  - {name: litellm-master, role: admin, sha256: " +
          sources_.sha256(key) + "}\n";
    } else if (!variable.empty()) {
      made_.notes.push_back("general_settings.master_key: the variable " + variable +
                            " is not set here; make a key anew");
    }
  }

  void write_providers() {
    made_.text += "\nproviders:" + std::string(providers_.empty() ? " {}\n" : "\n");
    for (const Provider& each : providers_) {
      const LitellmHost& host = each.host;
      made_.text += "  " + json_string(each.name) + ":\n    base_url: " + json_string(host.base_url) + "\n";
      if (!host.credential.empty()) made_.text += "    credential: " + json_string(host.credential) + "\n";
      // Amazon's and Google's keys stand in variables and files, too.
      if (!host.credential.empty() || host.dialect == "bedrock" || host.dialect == "google")
        made_.text += "    optional: true\n";
      if (!host.dialect.empty()) made_.text += "    dialect: " + host.dialect + "\n";
      for (const std::string& line : host.lines) made_.text += "    " + line + "\n";
      if (each.in_flight == 0 && !each.silence) continue;
      made_.text += "    limits:\n";
      if (each.in_flight > 0)
        made_.text +=
            "      max_in_flight: " + std::to_string(each.in_flight) + "   # max_parallel_requests\n";
      if (each.silence)
        made_.text += "      first_token_timeout: " + seconds_text(*each.silence) + "   # timeout\n";
    }
  }

  void write_models() {
    made_.text += "\nmodels:" + std::string(order_.empty() ? " {}\n" : "\n");
    for (const std::string& group : order_) {
      made_.text += "  " + json_string(own_[group]) + ":\n";
      const std::vector<std::string> aliases =
          routes_.contains(group) ? std::vector<std::string>() : aliases_of(group);
      std::string words;
      for (const std::string& alias : aliases) words += (words.empty() ? "" : ", ") + json_string(alias);
      if (!words.empty()) made_.text += "    aliases: [" + words + "]\n";
      made_.text += "    endpoints:\n";
      std::map<std::size_t, std::set<std::string>> variants;
      for (const Endpoint& each : models_[group]) {
        const std::size_t comment = each.text.find('#') == 6 ? each.text.find('\n') + 1 : 0;
        made_.text += each.text.substr(0, comment) +
                      "      - provider: " + json_string(providers_[each.provider].name) + "\n";
        std::set<std::string>& taken = variants[each.provider];
        std::string variant = taken.empty() ? "" : plain_name(each.host_model);
        while (!taken.insert(variant).second) variant += "-2";
        if (!variant.empty()) made_.text += "        variant: " + json_string(variant) + "\n";
        made_.text += each.text.substr(comment);
      }
    }
  }

  std::vector<std::string> aliases_of(const std::string& group) {
    std::vector<std::string> aliases;
    for (const auto& [alias, target] : proxy_.aliases) {
      if (target != group) continue;
      if (const std::string name = litellm_model_name(alias); names_.insert(name).second)
        aliases.push_back(name);
    }
    return aliases;
  }

  void write_routes() {
    if (routes_.empty()) return;
    made_.text +=
        "\n# Fallbacks: a dollar a step is more than waiting is worth, so that the next one is asked only "
        "where nobody\n"
        "# before it can. Lower it, and cheaper or faster ones are asked sooner.\nroutes:\n";
    for (const auto& [group, others] : routes_) {
      std::vector<std::string> names = aliases_of(group);
      names.insert(names.begin(), shown_[group]);
      for (const std::string& name : names) {
        made_.text += "  " + json_string(name) + ":\n    - model: " + json_string(own_[group]) + "\n";
        for (std::size_t i = 0; i < others.size(); ++i)
          made_.text += "    - {model: " + json_string(own_[others[i]]) + ", quality_penalty: $" +
                        std::to_string(i + 1) + "}\n";
      }
      made_.notes.push_back(group + ": its fallbacks are a route; its own endpoints are the model " +
                            own_[group] + ", and replies say so");
    }
  }

  void write_policy() {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> known{
        {{"cost-based-routing", "cheapest"}, {"latency-based-routing", "fastest"}}};
    const auto found =
        std::ranges::find(known, proxy_.strategy, &std::pair<std::string_view, std::string_view>::first);
    const std::string base(found == known.end() ? "balanced" : found->second);
    if (!proxy_.strategy.empty() && found == known.end())
      made_.notes.push_back("router_settings.routing_strategy: `" + plain_name(proxy_.strategy) +
                            "` has no counterpart; `balanced` chooses by price, speed and health");
    made_.text += "\n";
    const auto retries = litellm_seconds(proxy_.retries), most = litellm_seconds(proxy_.timeout);
    if (!retries && !most) {
      made_.text += "default_policy: " + base + "\n";
      return;
    }
    made_.text += "policies:\n  as-in-litellm:\n    extends: " + base + "\n";
    if (retries)
      made_.text += "    attempts: " + std::to_string(std::min(std::lround(*retries) + 1, 10L)) +
                    "   # num_retries, and the first\n";
    if (most)
      made_.text += "    deadline: " + seconds_text(*most) +
                    "   # until the first byte; LiteLLM's timeout was for the whole answer\n";
    made_.text += "default_policy: as-in-litellm\n";
  }

  const LitellmProxy& proxy_;
  const LitellmSources& sources_;
  const Variable variable_;
  LitellmImport made_;
  std::vector<Provider> providers_;
  std::vector<std::string> order_;  // groups, as in the file
  std::map<std::string, std::vector<Endpoint>> models_;
  std::map<std::string, std::string> shown_, own_;  // what a group, and what its own endpoints are called
  std::map<std::string, std::vector<std::string>> routes_;
  std::set<std::string> names_;
};

}  // namespace

LitellmImport imported_from_litellm(const LitellmProxy& proxy, const LitellmSources& sources) {
  return Import(proxy, sources).done();
}

}  // namespace gateway
