// The program: the list of its commands.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "gateway/account_commands/keys_command.hpp"
#include "gateway/account_commands/seal_command.hpp"
#include "gateway/account_commands/spend_command.hpp"
#include "gateway/commands/catalogue_command.hpp"
#include "gateway/commands/check_command.hpp"
#include "gateway/commands/command_line.hpp"
#include "gateway/commands/explain_command.hpp"
#include "gateway/commands/health_command.hpp"
#include "gateway/commands/hosts_command.hpp"
#include "gateway/commands/import_command.hpp"
#include "gateway/commands/init_command.hpp"
#include "gateway/commands/serve_command.hpp"
#include "gateway/commands/shadows_command.hpp"
#include "gateway/commands/top.hpp"
#include "gateway/commands/version_text.hpp"
#include "gateway/doctor/doctor_command.hpp"
#include "gateway/process/self_contained.hpp"
#include "gateway/replay/replay_command.hpp"
#include "gateway/simulate/simulate_command.hpp"

// Read by jemalloc, where it is linked: memory that a wave of streams used goes back within seconds, also
// while nothing happens. That of large bodies, too, and not at once as it would from 8 MiB on: a page that
// the kernel has to clear anew for each of them costs more than all our work on it.
extern "C" const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,dirty_decay_ms:3000,muzzy_decay_ms:0,lg_tcache_max:17,oversize_threshold:0";

namespace {

// Who asked has not got what standard output did not take.
int once_shown(int status) {
  errno = 0;
  if (std::cout.flush()) return status;
  const std::string why = errno != 0 ? std::string(": ") + std::strerror(errno) : std::string();
  std::cerr << "isocost: standard output cannot be written" << why << "\n";
  return status == 0 ? 1 : status;
}

}  // namespace

int main(int argc, char** argv) {
#ifdef ISOCOST_STATIC
  constexpr bool is_static = true;
  gateway::need_nothing_of_the_system();
#else
  constexpr bool is_static = false;
#endif
  CLI::App app{"isocost: an inference router that sends each request where cost and waiting are least"};
  app.name("isocost");
  bool in_full = false;
  app.add_flag("--verbose", in_full, "With --version: commit, compiler, libraries");
  app.set_version_flag("--version", [&] {
    const gateway::Build build{ISOCOST_VERSION, ISOCOST_COMMIT, is_static, ISOCOST_LIBRARIES};
    return in_full ? gateway::version_in_full(build) : std::string("isocost ") + ISOCOST_VERSION;
  });
  app.require_subcommand(1);
  app.footer("Example: isocost serve, and isocost COMMAND --help for more");
  const std::vector<gateway::Command> commands{
      gateway::add_serve(app, ISOCOST_VERSION),
      gateway::add_init(app),
      gateway::add_check(app),
      gateway::add_doctor(app),
      gateway::add_catalogue(app),
      gateway::add_import(app),
      gateway::add_health(app),
      gateway::add_hosts(app),
      gateway::add_top(app),
      gateway::add_explain(app),
      gateway::add_keys(app),
      gateway::add_spend(app),
      gateway::add_seal(app),
      gateway::add_shadows(app),
      gateway::add_simulate(app, gateway::command_line(argc, argv)),
      gateway::add_replay(app),
  };

  std::vector<std::string> words = gateway::words_of(argc, argv);
  if (words.empty()) {
    std::cerr << app.help();
    return 1;
  }
  std::vector<std::string> names;
  for (const gateway::Command& command : commands) names.push_back(command.words->get_name());
  if (const std::string complaint = gateway::no_command(words[0], names); !complaint.empty()) {
    std::cerr << "isocost: " << complaint << "\n";
    return 1;
  }
  try {
    std::ranges::reverse(words);  // as the parser takes them
    app.parse(std::move(words));
  } catch (const CLI::ParseError& fault) {
    return once_shown(app.exit(fault) == 0 ? 0 : 1);
  }
  try {
    const auto called =
        std::ranges::find_if(commands, [](const auto& command) { return command.words->parsed(); });
    return once_shown(called->run());
  } catch (const std::exception& fault) {
    std::cerr << "isocost: " << fault.what() << "\n";
    return 1;
  }
}
