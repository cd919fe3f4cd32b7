#include "gateway/simulate/simulate_command.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>

#include "gateway/simulate/comparison_plots.hpp"
#include "gateway/simulate/comparison_text.hpp"
#include "gateway/simulate/simulation_setup.hpp"
#include "gateway/simulate/tournament.hpp"
#include "gateway/simulate/tournament_text.hpp"
#include "gateway/text/progress_bar.hpp"

namespace gateway {
namespace {

// Says what went wrong.
bool write_file(const std::string& path, const std::string& text, std::ostream& err) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (file) return true;
  err << "isocost: cannot write " << path << "\n";
  return false;
}

bool write_plots(const std::string& directory, const Comparison& comparison, std::ostream& err) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    err << "isocost: cannot make the directory " << directory << ": " << error.message() << "\n";
    return false;
  }
  bool good = true;
  for (const Plot& plot : comparison_plots(comparison)) {
    good =
        write_file((std::filesystem::path(directory) / (plot.name + ".svg")).string(), plot.svg, err) && good;
  }
  return good;
}

// The command that shows one world again takes over all that changes who takes part and who judges how.
std::string again(const SimulateOptions& options) {
  std::string words = "--seeds " + options.seeds;
  const auto add = [&words](const std::string& option, const std::vector<std::string>& values) {
    if (values.empty()) return;
    words += " " + option;
    for (const std::string& value : values)
      words += value.find_first_of(" $") == std::string::npos ? " " + value : " '" + value + "'";
  };
  if (options.requests > 0) words += " --requests " + std::to_string(options.requests);
  if (!options.config.empty()) add("--config", {options.config});
  add("--policy", options.policies);
  add("--baseline", options.baselines);
  add("--value-of-time", {options.value_of_time});
  std::ostringstream fine;
  fine << options.failure_fine;
  return words + " --failure-fine " + fine.str();
}

int tell(const SimulateOptions& options, const Tournament& tournament, std::ostream& out, std::ostream& err) {
  const TableForm form = options.markdown ? TableForm::markdown : TableForm::terminal;
  out << tournament_tables(tournament, again(options), form) << std::flush;
  err << "again: " << options.command << "\n";
  if (!options.csv.empty() && !write_file(options.csv, tournament_csv(tournament), err)) return 1;
  return 0;
}

}  // namespace

int simulate_command(const SimulateOptions& options, std::ostream& out, std::ostream& err) {
  config::Problems problems;
  const std::optional<SimulationSetup> setup = simulation_setup(options, problems);
  for (const config::Problem& problem : problems) err << config::to_text(problem) << "\n";
  if (!setup) return 1;

  ProgressBar bar(err, ::isatty(STDERR_FILENO) != 0 ? ProgressBar::Shown::yes : ProgressBar::Shown::no,
                  config::Clock::now());
  std::mutex drawing;
  const Progress progress = [&](std::size_t done, std::size_t all) {
    const std::lock_guard lock(drawing);
    bar.show(done, all, config::Clock::now());
  };
  if (setup->tournament) {
    const Tournament tournament = hold_tournament(*setup, progress);
    bar.clear();
    return tell(options, tournament, out, err);
  }
  const Comparison comparison = compare(setup->settings, setup->entrants, progress);
  bar.clear();

  out << comparison_table(comparison, options.markdown ? TableForm::markdown : TableForm::terminal)
      << std::flush;
  err << decision_times(comparison) << "again: " << options.command << "\n";
  bool good = true;
  if (!options.json.empty())
    good = write_file(options.json, comparison_json(comparison, options.command), err);
  if (!options.csv.empty()) good = write_file(options.csv, comparison_csv(comparison), err) && good;
  if (!options.plots.empty()) good = write_plots(options.plots, comparison, err) && good;
  if (!good) return 1;
  return setup->rows_left_out > 0 ? 2 : 0;
}

}  // namespace gateway
