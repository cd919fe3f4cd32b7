#include "gateway/commands/hosts_command.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "config/files/load.hpp"
#include "config/files/load_fleet.hpp"
#include "gateway/commands/problems.hpp"
#include "gateway/state/process_sources.hpp"
#include "providers/simulated/run_hosts.hpp"

namespace gateway {

Command add_hosts(CLI::App& app) {
  const auto file = std::make_shared<std::string>();
  CLI::App* hosts = app.add_subcommand("hosts", "Serve a fleet of simulated hosts");
  hosts->add_option("--fleet", *file, "Fleet file")->required()->type_name("FILE");
  hosts->footer(
      "Example: isocost hosts --fleet deploy/examples/fleet-deepseek-r1.yaml\nExit status: 0 it was told to "
      "stop, 1 it could not start.");
  return {hosts, [file] {
            config::LoadedFleet loaded = config::load_fleet_file(*file, process_sources());
            print(loaded.problems);
            return loaded.fleet ? providers::run_hosts(*loaded.fleet, std::cout) : 1;
          }};
}

}  // namespace gateway
