#include "gateway/commands/health_command.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string_view>

#include "config/files/load.hpp"
#include "gateway/commands/fetch.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/state/state_directory.hpp"

namespace gateway {

std::string from_here(std::string url) {
  const std::size_t at = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
  constexpr std::string_view all = "0.0.0.0:", all_v6 = "[::]:";
  if (url.compare(at, all.size(), all) == 0) url.replace(at, all.size(), "127.0.0.1:");
  if (url.compare(at, all_v6.size(), all_v6) == 0) url.replace(at, all_v6.size(), "[::1]:");
  return url;
}

namespace {

struct WantedHealth {
  std::string url{};     // empty: where a gateway on this machine said that it is
  std::string config{};  // that names the state directory; empty: none does
  bool only_lives = false;
};

// A gateway goes on with the configuration before where the file has become wrong: what it says of its state
// counts.
std::string state_in(const std::string& file) {
  if (file.empty()) return {};
  const config::Loaded loaded = config::load_file(file, process_sources());
  const auto& said = loaded.settings ? loaded.settings : loaded.draft;
  return said ? said->state : std::string();
}

std::string announced(const WantedHealth& wanted) {
  const std::string directory = state_path(state_in(wanted.config));
  const std::string said = directory.empty() ? std::string() : StateDirectory::announced_in(directory);
  return said.empty() ? "http://127.0.0.1:8080" : said;
}

int ask(const WantedHealth& wanted) {
  FetchRequest request{.url = wanted.url, .path = wanted.only_lives ? "/healthz" : "/readyz", .token = {}};
  if (request.url.empty()) {
    // This machine's own gateway, whatever names its certificate is for, and nothing secret is sent to it.
    request.url = from_here(announced(wanted));
    request.answers = Answers::anybody;
  }
  const Fetched fetched = fetch(request);
  if (fetched.body) {
    std::cout << (wanted.only_lives ? "lives" : "ready") << "\n";
    return 0;
  }
  std::cerr << "isocost: " << (fetched.refusal.empty() ? fetched.problem : fetched.refusal) << "\n";
  return 1;
}

}  // namespace

Command add_health(CLI::App& app) {
  const auto wanted = std::make_shared<WantedHealth>();
  CLI::App* health = app.add_subcommand("health", "Say whether a gateway wants requests, for probes");
  health->add_option(
      "--url", wanted->url,
      "Its address; when left out, the one in the state directory, else http://127.0.0.1:8080");
  health->add_option("--config", wanted->config, "Configuration that names the state directory")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  health->add_flag("--live", wanted->only_lives, "Ask whether it lives, though it may be draining");
  health->footer("Example: isocost health --url http://127.0.0.1:8080\nExit status: 0 yes, 1 no.");
  return {health, [wanted] { return ask(*wanted); }};
}

}  // namespace gateway
