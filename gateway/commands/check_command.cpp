#include "gateway/commands/check_command.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "gateway/generation/configuration.hpp"

namespace gateway {

Command add_check(CLI::App& app) {
  const auto file = std::make_shared<std::string>();
  CLI::App* check =
      app.add_subcommand("check", "Check a configuration file and say all that is wrong with it");
  check->add_option("FILE", *file, "Configuration file")->required();
  check->footer("Example: isocost check isocost.yaml && echo good\nExit status: 0 good, 1 not.");
  return {check, [file] {
            const config::Checked checked = config::checked(
                with_policies_checked(config::load_file(*file, config::system_sources())), *file);
            std::cout << checked.text;
            return checked.exit_code;
          }};
}

}  // namespace gateway
