#include "gateway/simulate/simulated_entrants.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "config/files/load.hpp"
#include "gateway/simulate/gateways_asked.hpp"
#include "gateway/simulate/wrong_option.hpp"
#include "gateway/state/process_sources.hpp"
#include "routing/policy/policy_set.hpp"

namespace gateway {
namespace {

class Entrants {
 public:
  Entrants(const SimulateOptions& options, config::Problems& problems, SimulationSetup& setup)
      : options_(options), problems_(problems), setup_(setup) {}

  void policies();
  void baselines();

 private:
  void add_policy(const routing::PolicySet& set, const std::string& name);
  void add(const std::string& name, Entrant::Kind kind, routing::MakeContender make);
  void obey(const routing::Policy& policy);

  const SimulateOptions& options_;
  config::Problems& problems_;
  SimulationSetup& setup_;
};

void Entrants::policies() {
  config::Settings settings;
  if (!options_.config.empty()) {
    config::Loaded loaded = config::load_file(options_.config, process_sources());
    problems_.insert(problems_.end(), loaded.problems.begin(), loaded.problems.end());
    if (!loaded.settings) return;
    settings = std::move(*loaded.settings);
  }
  const routing::PolicySet set = routing::compile(settings, problems_);
  if (has_errors(problems_)) return;
  for (const std::string& name : options_.policies) add_policy(set, name);
}

void Entrants::add_policy(const routing::PolicySet& set, const std::string& name) {
  routing::CoreParts without;
  std::string base = name;
  GatewaysAsked gateways;
  if (!set.find(base)) {
    const auto said = take_gateways(base);
    if (!said)
      return wrong(problems_, "--policy", "`" + name + "` has no number of gateways from 1 to 64",
                   "write `balanced@3` or `balanced@3-alone`");
    gateways = *said;
  }
  const auto core = [&](const routing::Policy& policy) {
    return gateways.count == 0 ? routing::make_core(policy, without)
                               : routing::make_several(policy, without, gateways.count, gateways.exchange);
  };
  for (bool found = true; found;) {
    found = false;
    for (const routing::PartName& part : routing::part_names()) {
      if (!base.ends_with(part.suffix) || set.find(base)) continue;
      without.set(static_cast<std::size_t>(part.part));
      base.resize(base.size() - part.suffix.size());
      found = true;
    }
  }
  if (const auto value = dollars_per_second(base)) {
    routing::Policy policy;
    policy.name = {base};
    policy.always = set.always().all().front().rules;
    policy.value_of_ttft = policy.value_of_generation = *value;
    if (*value == 0) policy.hedge_budget = 0;
    obey(policy);
    add(name, Entrant::Kind::policy, core(policy));
  } else if (const routing::Policy* policy = set.find(base)) {
    obey(*policy);
    add(name, Entrant::Kind::policy, core(*policy));
  } else {
    const std::string near = config::nearest(base, set.names());
    wrong(
        problems_, "--policy", "there is no policy `" + name + "`",
        near.empty() ? "name a policy, or a value of time such as `18 $/h`" : "did you mean `" + near + "`?");
  }
}

void Entrants::baselines() {
  for (const std::string& name : options_.baselines) {
    if (name == "all") {
      for (const std::string& each : routing::baseline_names()) {
        add(each, Entrant::Kind::baseline, routing::make_baseline(each, setup_.settings.values));
      }
    } else if (std::ranges::find(routing::baseline_names(), name) != routing::baseline_names().end()) {
      add(name, Entrant::Kind::baseline, routing::make_baseline(name, setup_.settings.values));
    } else {
      std::string known;
      for (const std::string& each : routing::baseline_names()) known += " `" + each + "`";
      wrong(problems_, "--baseline", "there is no baseline `" + name + "`", "there are `all` and" + known);
    }
  }
}

// A row of a table has its name alone: named twice it is one, and where a policy is called like a baseline,
// or either like the oracle, its kind tells them apart.
void Entrants::add(const std::string& name, Entrant::Kind kind, routing::MakeContender make) {
  const auto is_taken = [&](const std::string& candidate) {
    return candidate == "oracle" || candidate == "bound" ||
           std::ranges::any_of(setup_.entrants, [&](const Entrant& entrant) {
             return entrant.name == candidate && entrant.kind != kind;
           });
  };
  const std::string shown =
      is_taken(name) ? name + (kind == Entrant::Kind::baseline ? "-baseline" : "-policy") : name;
  if (std::ranges::find(setup_.entrants, shown, &Entrant::name) != setup_.entrants.end()) return;
  setup_.entrants.push_back({shown, kind, std::move(make)});
}

// Oracle and baselines obey what the first policy forbids under all circumstances.
void Entrants::obey(const routing::Policy& policy) {
  if (!setup_.entrants.empty()) return;
  setup_.settings.values.always = policy.always;
  setup_.settings.values.allow = policy.allow;
}

}  // namespace

void add_entrants(const SimulateOptions& options, config::Problems& problems, SimulationSetup& setup) {
  Entrants entrants(options, problems, setup);
  entrants.policies();
  entrants.baselines();
}

}  // namespace gateway
