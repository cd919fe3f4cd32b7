// The program: each command wires its parts by hand.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <optional>
#include <random>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "config/files/load_fleet.hpp"
#include "config/files/well_known.hpp"
#include "config/values/address.hpp"
#include "gateway/commands/command_line.hpp"
#include "gateway/commands/demo_hosts.hpp"
#include "gateway/commands/embedded_fleet.hpp"
#include "gateway/commands/explain_command.hpp"
#include "gateway/commands/top.hpp"
#include "gateway/commands/welcome.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/replay/replay_command.hpp"
#include "gateway/run/gateway.hpp"
#include "gateway/simulate/simulate_command.hpp"
#include "providers/simulated/run_hosts.hpp"

// Read by jemalloc, where it is linked: memory that a wave of streams used goes back within seconds, also
// while nothing happens.
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:3000,muzzy_decay_ms:0,lg_tcache_max:17";

namespace {

// Real seconds per second of the simulated market: long waits stay visibly long, and nobody falls asleep.
constexpr double demo_pace = 0.1;

void print(const config::Problems& problems) {
  for (const config::Problem& problem : problems) std::cerr << config::to_text(problem) << "\n";
}

config::Loaded load(const std::string& file) {
  return gateway::with_policies(config::load_file(file, config::system_sources()));
}

struct ServeOptions {
  std::string file;
  std::optional<config::ListenAddress> listen;  // instead of the configuration's
};

// Nobody but this machine, unless keys say who: for an address given beside the configuration, too.
config::Loaded listening(config::Loaded loaded, const ServeOptions& options) {
  if (!loaded.settings || !options.listen) return loaded;
  loaded.settings->listen = *options.listen;
  if (!loaded.settings->keys.empty() || config::is_loopback(options.listen->host)) return loaded;
  loaded.settings.reset();
  loaded.problems.push_back(
      {.path = "--listen",
       .message = "`" + options.listen->host + "` can be reached from other machines, but there is no key",
       .suggestion = "add a key under `keys`, or listen on `127.0.0.1`",
       .excerpt = {}});
  return loaded;
}

int run(config::Settings settings, const ServeOptions& options) {
  std::random_device entropy;
  const std::uint64_t seed = (static_cast<std::uint64_t>(entropy()) << 32) | entropy();
  const auto ready = [known = settings](const std::string& url) {
    std::cerr << "isocost " ISOCOST_VERSION ": listening on " << url << "\n" << std::flush;
    if (::isatty(STDERR_FILENO) != 0) std::cerr << gateway::welcome(url, known) << std::flush;
  };
  gateway::Start start{
      .settings = std::move(settings), .version = ISOCOST_VERSION, .seed = seed, .ready = ready};
  if (!options.file.empty()) {
    start.file = options.file;
    start.load = [options] { return listening(load(options.file), options); };
  }
  return gateway::run_gateway(std::move(start), std::cerr);
}

int serve_file(const ServeOptions& options) {
  config::Loaded loaded = listening(load(options.file), options);
  print(loaded.problems);
  if (!loaded.settings) return 1;
  return run(std::move(*loaded.settings), options);
}

// Without a configuration: a simulated market inside, and the real hosts whose keys are in the environment.
int serve_demo(const ServeOptions& options) {
  config::LoadedFleet loaded =
      config::load_fleet(gateway::embedded_fleet(), "embedded fleet", config::system_sources());
  print(loaded.problems);
  if (!loaded.fleet) return 1;
  loaded.fleet->base_port = 0;
  loaded.fleet->time_scale = demo_pace;
  const gateway::DemoHosts hosts(*loaded.fleet);
  config::Settings settings = config::settings_for(*loaded.fleet, hosts.ports());
  print(config::add_well_known(settings, config::system_sources()));
  std::cerr << "isocost: no --config given: " << loaded.fleet->hosts.size() << " simulated hosts of \""
            << loaded.fleet->title << "\" at " << 1 / demo_pace << " times their speed";
  const std::size_t real = settings.providers.size() - loaded.fleet->hosts.size();
  if (real == 1) std::cerr << ", and a real one whose key is in the environment";
  if (real > 1) std::cerr << ", and " << real << " real ones whose keys are in the environment";
  std::cerr << "\n";
  config::Loaded demo = listening({.settings = std::move(settings), .problems = {}}, options);
  print(demo.problems);
  if (!demo.settings) return 1;
  return run(std::move(*demo.settings), options);
}

int serve_hosts(const std::string& file) {
  config::LoadedFleet loaded = config::load_fleet_file(file, config::system_sources());
  print(loaded.problems);
  return loaded.fleet ? providers::run_hosts(*loaded.fleet, std::cout) : 1;
}

CLI::App* add_simulate(CLI::App& app, gateway::SimulateOptions& options) {
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
                       "-hedge or -thresholds behind it without that part");
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
  simulate->add_option("--json", options.json, "Write the results as JSON")->type_name("FILE");
  simulate->add_option("--csv", options.csv, "Write the results as CSV")->type_name("FILE");
  simulate->add_option("--plots", options.plots, "Write plots (SVG) into this directory")->type_name("DIR");
  simulate->add_flag("--markdown", options.markdown, "Print the table in Markdown");
  simulate->add_option("--jobs", options.jobs, "Threads; one per core when not given");
  simulate->footer(
      "Example: isocost simulate --fleet made-up:8 --trace poisson:5.5 --policy balanced interactive "
      "--baseline all --seeds 1001-1005\n"
      "Exit status: 0 done, 1 not, 2 done but rows of the trace were left out.");
  return simulate;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"isocost: an inference router that sends each request where cost and waiting are least"};
  app.name("isocost");
  app.set_version_flag("--version", std::string("isocost ") + ISOCOST_VERSION);
  app.require_subcommand(1);
  std::string file;

  CLI::App* serve = app.add_subcommand("serve", "Serve clients");
  serve->add_option("--config", file, "Configuration file; without it, simulated hosts inside")
      ->type_name("FILE");
  ServeOptions serving;
  std::string listen;
  serve->add_option("--listen", listen, "Address to listen on, instead of the configuration's")
      ->type_name("ADDRESS");
  serve->footer("Example: isocost serve --config isocost.yaml");

  CLI::App* check =
      app.add_subcommand("check", "Check a configuration file and say all that is wrong with it");
  check->add_option("FILE", file, "Configuration file")->required();
  check->footer("Example: isocost check isocost.yaml && echo good\nExit status: 0 good, 1 not.");

  CLI::App* hosts = app.add_subcommand("hosts", "Serve a fleet of simulated hosts");
  hosts->add_option("--fleet", file, "Fleet file")->required()->type_name("FILE");
  hosts->footer("Example: isocost hosts --fleet deploy/examples/fleet-deepseek-r1.yaml");

  CLI::App* top = app.add_subcommand("top", "Watch a running gateway's endpoints");
  gateway::TopOptions watch;
  top->add_option("--url", watch.url, "Address of the gateway")->capture_default_str();
  top->add_flag("--once", watch.once, "Print one table and end");
  top->add_option("--key", watch.token, "Client key, where the gateway asks for one")->envname("ISOCOST_KEY");
  double interval = 1;
  top->add_option("--interval", interval, "Seconds between two looks")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  top->footer("Example: isocost top --url http://127.0.0.1:8080");

  CLI::App* explain = app.add_subcommand("explain", "Show which endpoint a call would go to, and why");
  gateway::ExplainOptions dry;
  explain->add_option("REQUEST", dry.request,
                      "File of a chat request in JSON, - for standard input; else \"Hello\"");
  explain->add_option("--model", dry.model, "Model to ask for, instead of the request's own");
  explain->add_option("--policy", dry.policy, "Policy to decide by, as x-isocost-policy");
  auto* at = explain->add_option("--url", dry.url, "Address of a running gateway")->capture_default_str();
  explain
      ->add_option("--config", dry.config, "Decide on this configuration's declared facts, without a gateway")
      ->type_name("FILE")
      ->excludes(at);
  explain->add_option("--key", dry.token, "Client key, where the gateway asks for one")
      ->envname("ISOCOST_KEY");
  explain->add_flag("--json", dry.json, "The whole decision, for machines");
  explain->footer("Example: isocost explain --model deepseek-r1:interactive request.json");
  gateway::SimulateOptions simulation;
  CLI::App* simulate = add_simulate(app, simulation);
  simulation.command = gateway::command_line(argc, argv);
  CLI::App* replay =
      app.add_subcommand("replay", "Take recorded decisions again, as they were or under another policy");
  gateway::ReplayOptions again;
  replay->add_option("--from", again.from, "Record file of a gateway, `records: {file: ...}`")
      ->required()
      ->type_name("FILE");
  bool exact = false, as_json = false;
  CLI::Option* exactly =
      replay->add_flag("--exact", exact, "Under the recorded policies: every choice must come out the same");
  CLI::Option* under = replay->add_option("--policy", again.policy, "What it would have cost under this one")
                           ->type_name("NAME");
  exactly->excludes(under);
  replay
      ->add_option("--config", again.config,
                   "Take the new policy from this configuration, not the recorded one")
      ->needs(under)
      ->type_name("FILE");
  replay->add_flag("--json", as_json, "Print JSON");
  replay->footer(
      "Example: isocost replay --from records.db --policy cheapest\nExit status: 0 done, 1 a choice differs "
      "or "
      "nothing could be replayed, 2 true but not all: records damaged,\nleft out, or too few to answer.");

  app.footer("Example: isocost serve, and isocost COMMAND --help for more");

  if (argc < 2) {
    std::cerr << app.help();
    return 1;
  }
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
  }
  if (const std::string complaint = gateway::no_command(argv[1], commands); !complaint.empty()) {
    std::cerr << "isocost: " << complaint << "\n";
    return 1;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? 0 : 1;
  }
  try {
    if (*serve) {
      serving.file = file;
      if (!listen.empty()) {
        auto parsed = config::parse_listen_address(listen);
        if (const auto* fault = std::get_if<config::AddressFault>(&parsed)) {
          std::cerr << "isocost: --listen: " << fault->message << "\n  " << fault->suggestion << "\n";
          return 1;
        }
        serving.listen = std::get<config::ListenAddress>(std::move(parsed));
      }
      return file.empty() ? serve_demo(serving) : serve_file(serving);
    }
    if (*check) {
      const config::Checked checked = config::checked(
          gateway::with_policies_checked(config::load_file(file, config::system_sources())), file);
      std::cout << checked.text;
      return checked.exit_code;
    }
    if (*hosts) return serve_hosts(file);
    if (*explain) return gateway::explain(dry);
    if (*simulate) return gateway::simulate_command(simulation, std::cout, std::cerr);
    if (*replay) {
      if (!exact && again.policy.empty()) {
        std::cerr << "isocost: replay needs --exact or --policy NAME\n";
        return 1;
      }
      if (as_json) again.print = gateway::ReplayOptions::Print::json;
      return gateway::replay(again, std::cout, std::cerr);
    }
    watch.interval = std::chrono::milliseconds(static_cast<int>(interval * 1000));
    return gateway::top(watch);
  } catch (const std::exception& fault) {
    std::cerr << "isocost: " << fault.what() << "\n";
    return 1;
  }
}
