#include "gateway/simulate/simulate_command.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
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
  return words + " --failure-fine " + fine.str() + (options.bound ? " --bound" : "");
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

  out << comparison_table(comparison, options.markdown ? TableForm::markdown : TableForm::terminal);
  const std::string reasons = failure_reasons(comparison);
  out << (reasons.empty() ? "" : "\n") << reasons << std::flush;
  err << decision_times(comparison) << "again: " << options.command << "\n";
  bool good = true;
  if (!options.json.empty())
    good = write_file(options.json, comparison_json(comparison, options.command), err);
  if (!options.csv.empty()) good = write_file(options.csv, comparison_csv(comparison), err) && good;
  if (!options.plots.empty()) good = write_plots(options.plots, comparison, err) && good;
  if (!good) return 1;
  return setup->rows_left_out > 0 ? 2 : 0;
}

Command add_simulate(CLI::App& app, std::string command_line) {
  const auto words = std::make_shared<SimulateOptions>();
  SimulateOptions& options = *words;
  options.command = std::move(command_line);
  CLI::App* simulate =
      app.add_subcommand("simulate", "Try policies on a fleet and a trace, beside other routers");
  simulate->add_option("--fleet", options.fleet, "Fleet file, or made-up:N for N hosts drawn from each seed");
  simulate->add_option("--model", options.model, "Which model of the fleet; its first one when not given");
  simulate->add_option(
      "--trace", options.trace,
      "Trace file, or poisson:RATE, diurnal:RATE, bursts:RATE, conversations:RATE (requests/s)");
  simulate->add_option(
      "--worlds", options.worlds,
      "A tournament in drawn worlds, in place of fleet and trace: how many, or their numbers "
      "such as 1001-1200");
  simulate
      ->add_option("--traffic", options.traffic,
                   "Lengths in made-up traces: chat, code, long-context, thinking")
      ->capture_default_str();
  simulate
      ->add_option("--requests", options.requests,
                   "Length of made-up traces; 20,000 when not given, 6,000 in drawn worlds")
      ->check(CLI::PositiveNumber);
  simulate->add_option("--rate", options.rate, "Stretch a trace file to this many requests per second")
      ->check(CLI::PositiveNumber);
  simulate->add_option("--config", options.config, "Configuration whose policies can be named")
      ->type_name("FILE");
  simulate->add_option("--policy", options.policies,
                       "Policies, or values of time such as '18 $/h'; with -size, -load, -explore, -cache, "
                       "-hedge or -thresholds behind it without that part, with @3 over three gateways, with "
                       "@3-alone over three that tell each other nothing");
  simulate->add_option("--baseline", options.baselines, "Other routers' ways, or all");
  simulate->add_option("--seeds", options.seeds, "Such as 1001-1020")->capture_default_str();
  simulate->add_option("--world", options.world, "How hosts vary: drifting or regimes")
      ->capture_default_str();
  simulate->add_option("--value-of-time", options.value_of_time, "What waiting costs whoever judges")
      ->capture_default_str();
  simulate
      ->add_option("--failure-fine", options.failure_fine,
                   "What a request that nobody answers costs, in ordinary answers to it")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  simulate->add_option("--slo", options.slo, "Seconds in which a first token should come")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  simulate->add_flag("--bound", options.bound,
                     "Tell, too, what requests cost at the least, whoever decides and whatever he foresees");
  simulate->add_option("--json", options.json, "Write the results as JSON")->type_name("FILE");
  simulate->add_option("--csv", options.csv, "Write the results as CSV")->type_name("FILE");
  simulate->add_option("--plots", options.plots, "Write plots (SVG) into this directory")->type_name("DIR");
  simulate->add_flag("--markdown", options.markdown, "Print the table in Markdown");
  simulate->add_option("--jobs", options.jobs, "Threads; one per core when not given");
  simulate->footer(
      "Example: isocost simulate --fleet made-up:8 --trace poisson:5.5 --policy balanced interactive "
      "--baseline all --seeds 1001-1005\n"
      "Exit status: 0 done, 1 not, 2 done but rows of the trace were left out.");
  return {simulate, [words] { return simulate_command(*words, std::cout, std::cerr); }};
}

}  // namespace gateway
