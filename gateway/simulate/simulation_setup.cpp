#include "gateway/simulate/simulation_setup.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "gateway/simulate/simulated_entrants.hpp"
#include "gateway/simulate/simulated_worlds.hpp"
#include "gateway/simulate/wrong_option.hpp"

namespace gateway {

constexpr std::size_t most_seeds = 10'000;

std::optional<SimulationSetup> simulation_setup(const SimulateOptions& options, config::Problems& problems) {
  SimulationSetup setup;
  ComparisonSettings& settings = setup.settings;
  if (const auto value = dollars_per_second(options.value_of_time)) {
    settings.values.value_of_ttft = settings.values.value_of_generation = *value;
  } else {
    wrong(problems, "--value-of-time", "`" + options.value_of_time + "` is no value of time",
          "write `3.6 $/h`");
  }
  if (options.requests > 100'000'000) wrong(problems, "--requests", "not from 1 to 100 million");
  settings.failure_fine = options.failure_fine;
  settings.slo = config::Seconds{options.slo};
  if (options.bound) settings.bound = ComparisonSettings::Bound::sought;
  settings.jobs = options.jobs > 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  add_entrants(options, problems, setup);
  if (auto seeds = number_list(options.seeds, most_seeds)) {
    setup.seeds = *std::move(seeds);
  } else {
    wrong(problems, "--seeds", "`" + options.seeds + "` is no list of seeds",
          "write `7`, `1001-1020` or `1,2,5-9`");
  }
  add_worlds(options, problems, setup);
  if (has_errors(problems)) return std::nullopt;
  return setup;
}

}  // namespace gateway
