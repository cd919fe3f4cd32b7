#include <CLI/CLI.hpp>
#include <iostream>
#include <random>

#include "config/load.hpp"
#include "gateway/gateway.hpp"

int main(int argc, char** argv) {
  CLI::App app{"isocost: an inference router that sends each request where cost and waiting are least"};
  std::string file;
  CLI::App* serve = app.add_subcommand("serve", "Serves clients");
  serve->add_option("--config", file, "configuration file");
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  config::Loaded loaded = config::load_file(file, config::system_sources());
  for (const config::Problem& problem : loaded.problems) std::cerr << config::to_text(problem) << "\n";
  if (!loaded.settings) return 1;
  std::random_device entropy;
  return gateway::run_gateway(
      {.settings = std::move(*loaded.settings),
       .version = ISOCOST_VERSION,
       .seed = (static_cast<std::uint64_t>(entropy()) << 32) | entropy(),
       .ready = [](const std::string& url) { std::cerr << "listening on " << url << std::endl; }},
      std::cerr);
}
