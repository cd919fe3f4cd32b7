#include "gateway/simulate/simulation_setup.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

#include "config/files/load_fleet.hpp"
#include "config/files/load_trace.hpp"
#include "config/values/quantity.hpp"
#include "gateway/simulate/gateways_asked.hpp"
#include "gateway/simulate/tournament.hpp"
#include "gateway/state/process_sources.hpp"
#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "routing/policy/policy_set.hpp"

namespace gateway {
namespace {

constexpr std::string_view made_up = "made-up:";
constexpr std::size_t most_seeds = 10'000;

class Setup {
 public:
  Setup(const SimulateOptions& options, config::Problems& problems)
      : options_(options), problems_(problems) {}

  std::optional<SimulationSetup> make();

 private:
  void wrong(const std::string& option, const std::string& message, const std::string& suggestion = {});
  std::vector<std::uint64_t> seeds();
  void fleets(const std::vector<std::uint64_t>& seeds);
  void drawn_worlds();
  std::size_t requests(std::size_t usual) const { return options_.requests > 0 ? options_.requests : usual; }
  void traces();
  void family();
  std::optional<routing::TrafficSettings> traffic();
  void only_one_model(config::Fleet& fleet);
  void policies();
  void add_policy(const routing::PolicySet& set, const std::string& name);
  void baselines();
  void add(const std::string& name, Entrant::Kind kind, routing::MakeContender make);
  void obey(const routing::Policy& policy);
  std::optional<double> dollars_per_second(const std::string& text) const;
  bool failed() const {
    return std::ranges::any_of(problems_, [](const config::Problem& problem) {
      return problem.severity == config::Severity::error;
    });
  }

  const SimulateOptions& options_;
  config::Problems& problems_;
  SimulationSetup setup_;
};

void Setup::wrong(const std::string& option, const std::string& message, const std::string& suggestion) {
  problems_.push_back({.severity = config::Severity::error,
                       .place = {},
                       .path = option,
                       .message = message,
                       .suggestion = suggestion,
                       .excerpt = {}});
}

// "3.6 $/h"
std::optional<double> Setup::dollars_per_second(const std::string& text) const {
  constexpr std::string_view unit = "$/h";
  if (!text.ends_with(unit)) return std::nullopt;
  std::string number = text.substr(0, text.size() - unit.size());
  while (number.ends_with(' ')) number.pop_back();
  const auto value = config::parse_real(number);
  if (!value || *value < 0 || *value > 1e6) return std::nullopt;
  return *value / 3600;
}

std::vector<std::uint64_t> Setup::seeds() {
  const auto list = number_list(options_.seeds, most_seeds);
  if (list) return *list;
  wrong("--seeds", "`" + options_.seeds + "` is no list of seeds", "write `7`, `1001-1020` or `1,2,5-9`");
  return {};
}

void Setup::only_one_model(config::Fleet& fleet) {
  std::vector<std::string> names;
  for (const config::SimulatedModel& model : fleet.models) names.push_back(model.name.text);
  const std::string wanted = options_.model.empty() && !names.empty() ? names.front() : options_.model;
  std::erase_if(fleet.models, [&](const config::SimulatedModel& model) { return model.name.text != wanted; });
  std::erase_if(fleet.hosts, [&](const config::SimulatedHost& host) { return host.model.text != wanted; });
  if (!fleet.hosts.empty() && !fleet.models.empty()) return;
  const std::string near = config::nearest(wanted, names);
  wrong("--model", "no host of the fleet serves `" + wanted + "`",
        near.empty() ? "" : "did you mean `" + near + "`?");
}

// "200" or "1001-1200". One world alone is looked at like any other, in a table of all contenders.
void Setup::drawn_worlds() {
  constexpr std::int64_t most = 100'000;
  const bool is_count = options_.worlds.find('-') == std::string::npos;
  const auto numbers = number_range(is_count ? "1-" + options_.worlds : options_.worlds, most);
  if (!numbers) {
    return wrong("--worlds", "`" + options_.worlds + "` are no numbers of worlds",
                 "write `200` or `1001-1200`");
  }
  if (!options_.fleet.empty() || !options_.trace.empty()) {
    return wrong("--worlds", "drawn worlds bring their own fleet and trace",
                 "leave out `--fleet` and `--trace`");
  }
  setup_.requests = requests(6'000);
  if (numbers->last > numbers->first || is_count) {
    setup_.tournament = *numbers;
    return;
  }
  for (const std::uint64_t seed : setup_.seeds) {
    setup_.settings.worlds.push_back(world_drawn(numbers->first, seed, setup_.requests).world);
  }
}

void Setup::fleets(const std::vector<std::uint64_t>& seeds) {
  std::vector<World>& worlds = setup_.settings.worlds;
  if (options_.fleet.empty())
    return wrong("--fleet", "not given", "name a fleet's file, `made-up:8`, or `--worlds 200`");
  if (options_.fleet.starts_with(made_up)) {
    const auto count = config::parse_whole(options_.fleet.substr(made_up.size()));
    if (!count || *count < 1 || *count > 1000) {
      return wrong("--fleet", "`" + options_.fleet + "` has no number of hosts from 1 to 1000",
                   "write `made-up:8`");
    }
    for (const std::uint64_t seed : seeds) {
      worlds.push_back({.seed = seed,
                        .fleet = routing::generated_fleet(static_cast<std::size_t>(*count), seed),
                        .trace = {}});
    }
    return;
  }
  config::LoadedFleet loaded = config::load_fleet_file(options_.fleet, process_sources());
  problems_.insert(problems_.end(), loaded.problems.begin(), loaded.problems.end());
  if (!loaded.fleet) return;
  only_one_model(*loaded.fleet);
  for (const std::uint64_t seed : seeds)
    worlds.push_back({.seed = seed, .fleet = *loaded.fleet, .trace = {}});
}

std::optional<routing::TrafficSettings> Setup::traffic() {
  using routing::Arrivals;
  using routing::TrafficKind;
  routing::TrafficSettings settings{.requests = requests(20'000)};
  const std::size_t colon = options_.trace.find(':');
  const std::string form = options_.trace.substr(0, colon);
  if (form == "poisson") {
    settings.arrivals = Arrivals::poisson;
  } else if (form == "diurnal") {
    settings.arrivals = Arrivals::diurnal;
  } else if (form == "bursts") {
    settings.arrivals = Arrivals::bursts;
  } else if (form == "conversations") {
    settings.arrivals = Arrivals::conversations;
  } else {
    return std::nullopt;
  }
  const auto rate = config::parse_real(colon == std::string::npos ? "" : options_.trace.substr(colon + 1));
  if (!rate || *rate <= 0 || *rate > 1e6) {
    wrong("--trace", "`" + options_.trace + "` has no requests per second", "write `" + form + ":5.5`");
  } else {
    settings.per_second = *rate;
  }
  if (options_.traffic == "code") {
    settings.lengths = TrafficKind::code;
  } else if (options_.traffic == "long-context") {
    settings.lengths = TrafficKind::long_context;
  } else if (options_.traffic == "thinking") {
    settings.lengths = TrafficKind::thinking;
  } else if (options_.traffic != "chat") {
    wrong("--traffic", "`" + options_.traffic + "` is none of `chat`, `code`, `long-context`, `thinking`");
  }
  return settings;
}

void Setup::traces() {
  if (options_.trace.empty() && !failed())
    return wrong("--trace", "not given", "name a file, or write `poisson:5.5`");
  const auto settings = traffic();
  if (failed()) return;
  if (settings) {
    for (World& world : setup_.settings.worlds) world.trace = routing::generated_trace(*settings, world.seed);
    return;
  }
  config::LoadedTrace loaded = config::load_trace_file(options_.trace, process_sources());
  problems_.insert(problems_.end(), loaded.problems.begin(), loaded.problems.end());
  setup_.rows_left_out = loaded.left_out;
  if (!loaded.trace) return;
  const config::Trace trace = config::at_rate(std::move(*loaded.trace), options_.rate);
  for (World& world : setup_.settings.worlds) world.trace = trace;
}

// A row of a table has its name alone: named twice it is one, and where a policy is called like a baseline,
// or either like the oracle, its kind tells them apart.
void Setup::add(const std::string& name, Entrant::Kind kind, routing::MakeContender make) {
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

void Setup::add_policy(const routing::PolicySet& set, const std::string& name) {
  routing::CoreParts without;
  std::string base = name;
  GatewaysAsked gateways;
  if (!set.find(base)) {
    const auto said = take_gateways(base);
    if (!said)
      return wrong("--policy", "`" + name + "` has no number of gateways from 1 to 64",
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
        "--policy", "there is no policy `" + name + "`",
        near.empty() ? "name a policy, or a value of time such as `18 $/h`" : "did you mean `" + near + "`?");
  }
}

// Oracle and baselines obey what the first policy forbids under all circumstances.
void Setup::obey(const routing::Policy& policy) {
  if (!setup_.entrants.empty()) return;
  setup_.settings.values.always = policy.always;
  setup_.settings.values.allow = policy.allow;
}

void Setup::policies() {
  config::Settings settings;
  if (!options_.config.empty()) {
    config::Loaded loaded = config::load_file(options_.config, process_sources());
    problems_.insert(problems_.end(), loaded.problems.begin(), loaded.problems.end());
    if (!loaded.settings) return;
    settings = std::move(*loaded.settings);
  }
  const routing::PolicySet set = routing::compile(settings, problems_);
  if (failed()) return;
  for (const std::string& name : options_.policies) add_policy(set, name);
}

void Setup::baselines() {
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
      wrong("--baseline", "there is no baseline `" + name + "`", "there are `all` and" + known);
    }
  }
}

void Setup::family() {
  if (options_.world == "regimes") {
    for (World& world : setup_.settings.worlds) world.family = routing::WorldFamily::regimes;
  } else if (options_.world != "drifting") {
    wrong("--world", "`" + options_.world + "` is neither `drifting` nor `regimes`");
  }
}

std::optional<SimulationSetup> Setup::make() {
  ComparisonSettings& settings = setup_.settings;
  if (const auto value = dollars_per_second(options_.value_of_time)) {
    settings.values.value_of_ttft = settings.values.value_of_generation = *value;
  } else {
    wrong("--value-of-time", "`" + options_.value_of_time + "` is no value of time", "write `3.6 $/h`");
  }
  if (options_.requests > 100'000'000) wrong("--requests", "not from 1 to 100 million");
  settings.failure_fine = options_.failure_fine;
  settings.slo = config::Seconds{options_.slo};
  if (options_.bound) settings.bound = ComparisonSettings::Bound::sought;
  settings.jobs = options_.jobs > 0 ? options_.jobs : std::max(1u, std::thread::hardware_concurrency());
  policies();
  baselines();
  setup_.seeds = seeds();
  if (!options_.worlds.empty()) {
    drawn_worlds();
  } else {
    fleets(setup_.seeds);
    traces();
    family();
  }
  if (failed()) return std::nullopt;
  return std::move(setup_);
}

}  // namespace

std::optional<SimulationSetup> simulation_setup(const SimulateOptions& options, config::Problems& problems) {
  return Setup(options, problems).make();
}

}  // namespace gateway
