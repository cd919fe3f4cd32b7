#include "gateway/commands/health_command.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "gateway/commands/fetch.hpp"
#include "gateway/state/state_directory.hpp"

namespace gateway {
namespace {

struct WantedHealth {
  std::string url{};  // empty: where a gateway on this machine said that it is
  bool only_lives = false;
};

std::string usual_url() {
  const std::string directory = state_path("");
  const std::string said = directory.empty() ? std::string() : StateDirectory::announced_in(directory);
  return said.empty() ? "http://127.0.0.1:8080" : said;
}

int ask(const WantedHealth& wanted) {
  const FetchRequest request{.url = wanted.url.empty() ? usual_url() : wanted.url,
                             .path = wanted.only_lives ? "/healthz" : "/readyz",
                             .token = {}};
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
  health->add_flag("--live", wanted->only_lives, "Ask whether it lives, though it may be draining");
  health->footer("Example: isocost health --url http://127.0.0.1:8080\nExit status: 0 yes, 1 no.");
  return {health, [wanted] { return ask(*wanted); }};
}

}  // namespace gateway
