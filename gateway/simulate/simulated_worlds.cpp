#include "gateway/simulate/simulated_worlds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/files/load_fleet.hpp"
#include "config/files/load_trace.hpp"
#include "config/values/quantity.hpp"
#include "gateway/simulate/tournament.hpp"
#include "gateway/simulate/wrong_option.hpp"
#include "gateway/state/process_sources.hpp"
#include "routing/host_model/generated_fleet.hpp"
#include "routing/host_model/generated_trace.hpp"

namespace gateway {
namespace {

constexpr std::string_view made_up = "made-up:";

using ArrivalsWord = std::pair<std::string_view, routing::Arrivals>;
constexpr std::array<ArrivalsWord, 4> arrivals_words{{{"poisson", routing::Arrivals::poisson},
                                                      {"diurnal", routing::Arrivals::diurnal},
                                                      {"bursts", routing::Arrivals::bursts},
                                                      {"conversations", routing::Arrivals::conversations}}};
using TrafficWord = std::pair<std::string_view, routing::TrafficKind>;
constexpr std::array<TrafficWord, 4> traffic_words{{{"chat", routing::TrafficKind::chat},
                                                    {"code", routing::TrafficKind::code},
                                                    {"long-context", routing::TrafficKind::long_context},
                                                    {"thinking", routing::TrafficKind::thinking}}};

class Worlds {
 public:
  Worlds(const SimulateOptions& options, config::Problems& problems, SimulationSetup& setup)
      : options_(options), problems_(problems), setup_(setup) {}

  void drawn_worlds();
  void fleets();
  void traces();
  void family();

 private:
  std::size_t requests(std::size_t usual) const { return options_.requests > 0 ? options_.requests : usual; }
  std::optional<routing::TrafficSettings> traffic();
  void only_one_model(config::Fleet& fleet);

  const SimulateOptions& options_;
  config::Problems& problems_;
  SimulationSetup& setup_;
};

void Worlds::only_one_model(config::Fleet& fleet) {
  std::vector<std::string> names;
  for (const config::SimulatedModel& model : fleet.models) names.push_back(model.name.text);
  const std::string wanted = options_.model.empty() && !names.empty() ? names.front() : options_.model;
  std::erase_if(fleet.models, [&](const config::SimulatedModel& model) { return model.name.text != wanted; });
  std::erase_if(fleet.hosts, [&](const config::SimulatedHost& host) { return host.model.text != wanted; });
  if (!fleet.hosts.empty() && !fleet.models.empty()) return;
  const std::string near = config::nearest(wanted, names);
  wrong(problems_, "--model", "no host of the fleet serves `" + wanted + "`",
        near.empty() ? "" : "did you mean `" + near + "`?");
}

// "200" or "1001-1200". One world alone is looked at like any other, in a table of all contenders.
void Worlds::drawn_worlds() {
  constexpr std::int64_t most = 100'000;
  const bool is_count = options_.worlds.find('-') == std::string::npos;
  const auto numbers = number_range(is_count ? "1-" + options_.worlds : options_.worlds, most);
  if (!numbers) {
    return wrong(problems_, "--worlds", "`" + options_.worlds + "` are no numbers of worlds",
                 "write `200` or `1001-1200`");
  }
  if (!options_.fleet.empty() || !options_.trace.empty()) {
    return wrong(problems_, "--worlds", "drawn worlds bring their own fleet and trace",
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

void Worlds::fleets() {
  std::vector<World>& worlds = setup_.settings.worlds;
  if (options_.fleet.empty())
    return wrong(problems_, "--fleet", "not given", "name a fleet's file, `made-up:8`, or `--worlds 200`");
  if (options_.fleet.starts_with(made_up)) {
    const auto count = config::parse_whole(options_.fleet.substr(made_up.size()));
    if (!count || *count < 1 || *count > 1000) {
      return wrong(problems_, "--fleet", "`" + options_.fleet + "` has no number of hosts from 1 to 1000",
                   "write `made-up:8`");
    }
    for (const std::uint64_t seed : setup_.seeds) {
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
  for (const std::uint64_t seed : setup_.seeds)
    worlds.push_back({.seed = seed, .fleet = *loaded.fleet, .trace = {}});
}

std::optional<routing::TrafficSettings> Worlds::traffic() {
  const std::size_t colon = options_.trace.find(':');
  const std::string form = options_.trace.substr(0, colon);
  const auto* const arrivals = std::ranges::find(arrivals_words, form, &ArrivalsWord::first);
  if (arrivals == arrivals_words.end()) return std::nullopt;
  routing::TrafficSettings settings{.requests = requests(20'000)};
  settings.arrivals = arrivals->second;
  const auto rate = config::parse_real(colon == std::string::npos ? "" : options_.trace.substr(colon + 1));
  if (!rate || *rate <= 0 || *rate > 1e6) {
    wrong(problems_, "--trace", "`" + options_.trace + "` has no requests per second",
          "write `" + form + ":5.5`");
  } else {
    settings.per_second = *rate;
  }
  const auto* const lengths = std::ranges::find(traffic_words, options_.traffic, &TrafficWord::first);
  if (lengths == traffic_words.end()) {
    wrong(problems_, "--traffic",
          "`" + options_.traffic + "` is none of `chat`, `code`, `long-context`, `thinking`");
  } else {
    settings.lengths = lengths->second;
  }
  return settings;
}

void Worlds::traces() {
  if (options_.trace.empty() && !has_errors(problems_))
    return wrong(problems_, "--trace", "not given", "name a file, or write `poisson:5.5`");
  const auto settings = traffic();
  if (has_errors(problems_)) return;
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

void Worlds::family() {
  if (options_.world == "regimes") {
    for (World& world : setup_.settings.worlds) world.family = routing::WorldFamily::regimes;
  } else if (options_.world != "drifting") {
    wrong(problems_, "--world", "`" + options_.world + "` is neither `drifting` nor `regimes`");
  }
}

}  // namespace

void add_worlds(const SimulateOptions& options, config::Problems& problems, SimulationSetup& setup) {
  Worlds worlds(options, problems, setup);
  if (!options.worlds.empty()) return worlds.drawn_worlds();
  worlds.fleets();
  worlds.traces();
  worlds.family();
}

}  // namespace gateway
