#include "gateway/account_commands/administering.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "config/files/load.hpp"
#include "gateway/commands/fetch.hpp"
#include "gateway/state/gateway_name.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/state/state_directory.hpp"

namespace gateway {
namespace {

Reached ask(const ReachOptions& options, const std::string& url, const std::string& path,
            const std::string& body) {
  Fetched fetched = fetch({.url = url,
                           .path = path,
                           .token = options.key,
                           .body = body,
                           .fields = {},
                           .patience = std::chrono::seconds(15)});
  if (fetched.body) return {.body = std::move(fetched.body)};
  if (options.key.empty() && fetched.problem.ends_with("give one with --key")) {
    return {.problem =
                "the gateway at " + url + " asks for the key of an administrator: set ISOCOST_ADMIN_KEY"};
  }
  if (!fetched.refusal.empty()) return {.problem = fetched.refusal};
  return {.problem = fetched.problem};
}

// Empty, after saying why, where the configuration cannot be read.
std::optional<LedgerPlace> place_of(const ReachOptions& options, std::string& why) {
  LedgerPlace place{.directory = options.state, .settings = {}, .gateway = {}};
  if (options.config.empty()) {
    if (place.directory.empty()) place.directory = state_path("");
    return place;
  }
  const config::Loaded loaded = config::load_file(options.config, process_sources());
  if (loaded.settings) {
    if (place.directory.empty()) place.directory = state_path(loaded.settings->state);
    place.settings = loaded.settings->ledger;
    place.gateway = loaded.settings->name;
    return place;
  }
  why = options.config + " has errors; `isocost check " + options.config + "` says which";
  return std::nullopt;
}

}  // namespace

void add_reach(CLI::App& command, ReachOptions& options) {
  command.add_option("--url", options.url,
                     "Address of the gateway's administration; looked for when left out");
  command.add_option("--key", options.key, "Key of an administrator")->envname("ISOCOST_ADMIN_KEY");
  command.add_option("--config", options.config, "Configuration that names the state directory")
      ->type_name("FILE");
  command.add_option("--state", options.state, "State directory")->type_name("DIRECTORY");
}

std::string whose(const ReachOptions& options) {
  if (!options.url.empty() || !options.config.empty() || !options.state.empty()) return "\n";
  return " in " + state_path("") + "; of another gateway say --url, --config or --state\n";
}

std::string fault_at(const LedgerPlace& place, const std::exception& fault) {
  const std::string what = fault.what();
  if (place.is_shared() || what.find(place.directory) != std::string::npos) return what;
  return place.directory + ": " + what;
}

Reached reach(const ReachOptions& options, const std::string& path, const std::string& body,
              const Directly& directly) {
  if (!options.url.empty()) return ask(options, options.url, path, body);
  std::string why;
  auto place = place_of(options, why);
  if (!place) return {.problem = why};
  // Who only looks makes nothing: what is not there was never kept, or is elsewhere.
  std::error_code ignored;
  if (body.empty() && !place->is_shared() && !std::filesystem::exists(place->directory, ignored)) {
    return {.problem = "there is no state directory " + place->directory +
                       "; say which with --state or --config, or the gateway's address with --url"};
  }
  StateDirectory::Fault fault{};
  const auto state = StateDirectory::take(place->directory, fault, why);
  if (state) {
    place->directory = state->path();
    place->gateway = gateway_name(place->gateway, place->directory);
    return directly(*place);
  }
  const std::string url = StateDirectory::announced_in(place->directory);
  if (fault == StateDirectory::Fault::in_use && !url.empty()) return ask(options, url, path, body);
  return {.problem = why};
}

void print_all(const std::vector<Column>& columns, const std::vector<Row>& rows) {
  for (const std::string& line : table(columns, rows, {.columns = 200, .rows = 1'000'000}))
    std::cout << line << "\n";
}

std::string plain_dollars(double dollars, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, dollars);
  return text.data();
}

}  // namespace gateway
