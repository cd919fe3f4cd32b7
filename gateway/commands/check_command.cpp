#include "gateway/commands/check_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/probe/probe.hpp"
#include "gateway/probe/probe_page.hpp"
#include "gateway/text/quantity_text.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

constexpr int hosts_differ = 2;

struct WantedCheck {
  std::string file;
  bool probes = false;
  bool as_json = false;
  double most_dollars = 1;
  int seconds = 30;
};

// The table goes to whoever reads it, all else to standard error, so that JSON can be piped.
int probed(const config::Settings& settings, const WantedCheck& wanted) {
  const routing::Catalogue catalogue(with_addresses_now(settings), 0);
  const double most = most_cost(catalogue, providers::system_wall()).dollars();
  std::cerr << "isocost: asks " << catalogue.endpoints().size() << " endpoints, which costs at most "
            << money_text(most) << "\n";
  if (most > wanted.most_dollars) {
    std::cerr << "isocost: that is more than --most allows, " << money_text(wanted.most_dollars)
              << "; nobody was asked\n";
    return 1;
  }
  const std::vector<ProbeResult> results = probe(catalogue, {.each = std::chrono::seconds(wanted.seconds)});
  std::cout << (wanted.as_json ? probe_json(results) + "\n" : "\n" + probe_table(results, {.columns = 120}));
  const auto is_good = [](const ProbeResult& each) {
    return each.probed == Probed::as_configured || each.probed == Probed::untested;
  };
  return std::ranges::all_of(results, is_good) ? 0 : hosts_differ;
}

int check(const WantedCheck& wanted) {
  const config::Loaded loaded =
      with_policies_checked(config::load_file(wanted.file, config::system_sources()));
  const config::Checked checked = config::checked(loaded, wanted.file, providers::system_wall());
  (wanted.as_json ? std::cerr : std::cout) << checked.text;
  if (!wanted.probes || checked.exit_code != 0) return checked.exit_code;
  return probed(*loaded.settings, wanted);
}

}  // namespace

Command add_check(CLI::App& app) {
  const auto wanted = std::make_shared<WantedCheck>();
  CLI::App* check_words =
      app.add_subcommand("check", "Check a configuration file and say all that is wrong with it");
  check_words->add_option("FILE", wanted->file, "Configuration file")->required();
  CLI::Option* probes = check_words->add_flag("--probe", wanted->probes,
                                              "Also ask each endpoint for a token, and say where it is not "
                                              "as configured: model, key, features, context");
  check_words->add_flag("--json", wanted->as_json, "What probing found, as JSON")->needs(probes);
  check_words
      ->add_option("--most", wanted->most_dollars,
                   "What probing may cost at most, in dollars; 1 when left out")
      ->type_name("DOLLARS")
      ->check(CLI::NonNegativeNumber)
      ->needs(probes);
  check_words->add_option("--timeout", wanted->seconds, "Seconds that each call may take; 30 when left out")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 600))
      ->needs(probes);
  check_words->footer(
      "Example: isocost check isocost.yaml && echo good\n"
      "         isocost check --probe isocost.yaml\n"
      "Exit status: 0 good; 1 not; 2 the file is good, and some endpoint is not as it says.");
  return {check_words, [wanted] { return check(*wanted); }};
}

}  // namespace gateway
