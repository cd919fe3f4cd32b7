#include "gateway/commands/check_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "gateway/commands/fetch.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/probe/probe.hpp"
#include "gateway/probe/probe_page.hpp"
#include "gateway/state/kept_text.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/state/state_directory.hpp"
#include "gateway/text/quantity_text.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

constexpr int hosts_differ = 2;

struct RememberAt {
  std::string url;  // of the administration; empty: as the state directory says
  std::string key;  // of an operator
};

struct WantedCheck {
  std::string file;
  bool probes = false;
  bool as_json = false;
  double most_dollars = 1;
  int seconds = 30;
  RememberAt at{};
};

std::string told(const Prefills& found, const std::string& url, const std::string& key) {
  const Fetched fetched = fetch({.url = url,
                                 .path = "/admin/prefills",
                                 .token = key,
                                 .body = to_text(found),
                                 .fields = {},
                                 .patience = std::chrono::seconds(15)});
  if (!fetched.body) {
    std::string why = fetched.refusal.empty() ? fetched.problem : fetched.refusal;
    if (key.empty()) why += " (set ISOCOST_ADMIN_KEY to the key of an operator)";
    return "who goes on with a begun answer is not remembered: " + why;
  }
  boost::system::error_code error;
  const boost::json::value page = boost::json::parse(*fetched.body, error);
  const boost::json::value* const unknown = error ? nullptr : page.find_pointer("/unknown_here", error);
  std::string text = "the gateway at " + url + " remembers who goes on with a begun answer";
  if (unknown && unknown->is_int64() && unknown->get_int64() > 0)
    text += ", but " + std::to_string(unknown->get_int64()) +
            " of them it does not have like that: it runs on another configuration";
  return text;
}

// Has it remembered by the gateway that runs on the state directory, at its address, else in the directory
// itself. What came of it, in a sentence.
std::string remembered(const Prefills& found, const config::Settings& settings, const RememberAt& at) {
  if (!at.url.empty()) return told(found, at.url, at.key);
  const std::string path = state_path(settings.state);
  std::string why;
  StateDirectory::Fault fault{};
  const auto state = StateDirectory::take(path, fault, why);
  const std::string url = state ? "" : StateDirectory::announced_in(path);
  if (fault == StateDirectory::Fault::in_use && !url.empty()) return told(found, url, at.key);
  if (!state) return "who goes on with a begun answer is not remembered: " + why;
  KeptText file;
  bool is_whole = false;
  Prefills known = prefills_in(file.keep(state->path() + std::string(prefills_file)), is_whole);
  add(found, known, providers::system_wall());
  if (!file.set(to_text(known))())
    return "who goes on with a begun answer is not remembered: " + state->path() + " cannot be written";
  return "who goes on with a begun answer is remembered in " + state->path();
}

// What is remembered, whoever owns the directory.
Prefills remembered_in(const config::Settings& settings) {
  const std::string path = state_path(settings.state);
  bool is_whole = false;
  return path.empty() ? Prefills()
                      : prefills_in(KeptText().keep(path + std::string(prefills_file)), is_whole);
}

// With policies that go on with streams that break: who can.
std::string who_goes_on(config::Settings settings) {
  const auto may_go_on = [](const config::PolicySettings& policy) {
    return policy.continue_hops.value_or(0) > 0;
  };
  if (std::ranges::none_of(settings.policies, may_go_on)) return {};
  const auto count = [&] {
    std::size_t found = 0, all = 0;
    for (const config::ModelSettings& model : settings.models) {
      for (const config::EndpointSettings& each : model.endpoints)
        ++all, found += each.features.test(static_cast<std::size_t>(config::Feature::prefill)) ? 1 : 0;
    }
    return std::pair(found, all);
  };
  const auto [said, all] = count();
  const Prefills held = join(remembered_in(settings), settings, providers::system_wall());
  const std::size_t shown = count().first - said;
  std::string text = "of " + std::to_string(all) + " endpoints, " + std::to_string(said) +
                     " go on with a broken stream by the configuration (`prefill`), and " +
                     std::to_string(shown) + " by what an earlier probe showed";
  if (said + shown < all) text += "; `isocost check --probe` finds out about the others";
  for (const auto& [name, prefill] : held) {
    if (prefill.is_said && !prefill.goes_on)
      text += "\nisocost: " + name.second + " (" + name.first +
              ") has `prefill` in the configuration, which goes, but the last probe did not see it go on";
  }
  return "isocost: " + text + "\n";
}

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
  if (const Prefills found = prefills_of(results, providers::system_wall()); !found.empty())
    std::cerr << "isocost: " << remembered(found, settings, wanted.at) << "\n";
  std::cout << (wanted.as_json ? probe_json(results) + "\n" : "\n" + probe_table(results, {.columns = 120}));
  const auto is_good = [](const ProbeResult& each) {
    return each.probed == Probed::as_configured || each.probed == Probed::untested;
  };
  return std::ranges::all_of(results, is_good) ? 0 : hosts_differ;
}

int check(const WantedCheck& wanted) {
  const config::Loaded loaded = with_policies_checked(config::load_file(wanted.file, process_sources()));
  const config::Checked checked = config::checked(loaded, wanted.file, providers::system_wall());
  (wanted.as_json ? std::cerr : std::cout) << checked.text;
  if (checked.exit_code == 0) std::cerr << who_goes_on(*loaded.settings);
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
  check_words
      ->add_option(
          "--url", wanted->at.url,
          "Address of the administration of the gateway that is to remember who goes on with a begun "
          "answer; looked for when left out")
      ->needs(probes);
  check_words->add_option("--key", wanted->at.key, "Key of an operator there")->envname("ISOCOST_ADMIN_KEY");
  check_words->footer(
      "Example: isocost check isocost.yaml && echo good\n"
      "         isocost check --probe isocost.yaml\n"
      "Exit status: 0 good; 1 not; 2 the file is good, and some endpoint is not as it says.");
  return {check_words, [wanted] { return check(*wanted); }};
}

}  // namespace gateway
