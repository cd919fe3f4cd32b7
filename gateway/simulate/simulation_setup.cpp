#include "gateway/simulate/simulation_setup.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

#include "config/files/load_fleet.hpp"
#include "config/files/load_trace.hpp"
#include "config/values/quantity.hpp"
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
  void traces();
  std::optional<routing::TrafficSettings> traffic();
  void only_one_model(config::Fleet& fleet);
  void policies();
  void add_policy(const routing::PolicySet& set, const std::string& name);
  void baselines();
  void add(const std::string& name, Entrant::Kind kind, routing::MakeContender make);
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
  std::vector<std::uint64_t> result;
  std::string_view left = options_.seeds;
  while (!left.empty() || result.empty()) {
    const std::string_view part = left.substr(0, left.find(','));
    left.remove_prefix(std::min(left.size(), part.size() + 1));
    const std::size_t dash = part.find('-');
    const auto first = config::parse_whole(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : config::parse_whole(part.substr(dash + 1));
    const bool good = first && last && *first >= 0 && *last >= *first && *last - *first < 1'000'000'000 &&
                      result.size() + static_cast<std::size_t>(*last - *first) < most_seeds;
    if (!good) {
      wrong("--seeds", "`" + options_.seeds + "` is no list of seeds", "write `7`, `1001-1020` or `1,2,5-9`");
      return {};
    }
    for (std::int64_t seed = *first; seed <= *last; ++seed)
      result.push_back(static_cast<std::uint64_t>(seed));
  }
  return result;
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

void Setup::fleets(const std::vector<std::uint64_t>& seeds) {
  std::vector<World>& worlds = setup_.settings.worlds;
  if (options_.fleet.starts_with(made_up)) {
    const auto count = config::parse_whole(options_.fleet.substr(made_up.size()));
    if (!count || *count < 1 || *count > 1000) {
      return wrong("--fleet", "`" + options_.fleet + "` has no number of hosts from 1 to 1000",
                   "write `made-up:8`");
    }
    for (const std::uint64_t seed : seeds) {
      worlds.push_back({seed, routing::generated_fleet(static_cast<std::size_t>(*count), seed), {}});
    }
    return;
  }
  config::LoadedFleet loaded = config::load_fleet_file(options_.fleet, config::system_sources());
  problems_.insert(problems_.end(), loaded.problems.begin(), loaded.problems.end());
  if (!loaded.fleet) return;
  only_one_model(*loaded.fleet);
  for (const std::uint64_t seed : seeds) worlds.push_back({seed, *loaded.fleet, {}});
}

std::optional<routing::TrafficSettings> Setup::traffic() {
  using routing::Arrivals;
  using routing::TrafficKind;
  routing::TrafficSettings settings{.requests = options_.requests};
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
  } else if (options_.traffic != "chat") {
    wrong("--traffic", "`" + options_.traffic + "` is none of `chat`, `code`, `long-context`");
  }
  if (options_.requests < 1 || options_.requests > 100'000'000) {
    wrong("--requests", "not from 1 to 100 million");
  }
  return settings;
}

void Setup::traces() {
  const auto settings = traffic();
  if (failed()) return;
  if (settings) {
    for (World& world : setup_.settings.worlds) world.trace = routing::generated_trace(*settings, world.seed);
    return;
  }
  config::LoadedTrace loaded = config::load_trace_file(options_.trace, config::system_sources());
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
    return candidate == "oracle" || std::ranges::any_of(setup_.entrants, [&](const Entrant& entrant) {
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
    add(name, Entrant::Kind::policy, routing::make_core(policy, without));
  } else if (const routing::Policy* policy = set.find(base)) {
    add(name, Entrant::Kind::policy, routing::make_core(*policy, without));
  } else {
    const std::string near = config::nearest(base, set.names());
    wrong(
        "--policy", "there is no policy `" + name + "`",
        near.empty() ? "name a policy, or a value of time such as `18 $/h`" : "did you mean `" + near + "`?");
  }
}

void Setup::policies() {
  config::Settings settings;
  if (!options_.config.empty()) {
    config::Loaded loaded = config::load_file(options_.config, config::system_sources());
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
        add(each, Entrant::Kind::baseline, routing::make_baseline(each));
      }
    } else if (std::ranges::find(routing::baseline_names(), name) != routing::baseline_names().end()) {
      add(name, Entrant::Kind::baseline, routing::make_baseline(name));
    } else {
      std::string known;
      for (const std::string& each : routing::baseline_names()) known += " `" + each + "`";
      wrong("--baseline", "there is no baseline `" + name + "`", "there are `all` and" + known);
    }
  }
}

std::optional<SimulationSetup> Setup::make() {
  ComparisonSettings& settings = setup_.settings;
  if (const auto value = dollars_per_second(options_.value_of_time)) {
    settings.values.value_of_ttft = settings.values.value_of_generation = *value;
  } else {
    wrong("--value-of-time", "`" + options_.value_of_time + "` is no value of time", "write `3.6 $/h`");
  }
  if (options_.world == "regimes") {
    settings.family = routing::WorldFamily::regimes;
  } else if (options_.world != "drifting") {
    wrong("--world", "`" + options_.world + "` is neither `drifting` nor `regimes`");
  }
  settings.slo = config::Seconds{options_.slo};
  settings.jobs = options_.jobs > 0 ? options_.jobs : std::max(1u, std::thread::hardware_concurrency());
  policies();
  baselines();
  fleets(seeds());
  traces();
  if (failed()) return std::nullopt;
  return std::move(setup_);
}

}  // namespace

std::optional<SimulationSetup> simulation_setup(const SimulateOptions& options, config::Problems& problems) {
  return Setup(options, problems).make();
}

}  // namespace gateway
