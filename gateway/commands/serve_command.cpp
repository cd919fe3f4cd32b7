#include "gateway/commands/serve_command.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "config/files/load.hpp"
#include "config/files/load_fleet.hpp"
#include "config/files/well_known.hpp"
#include "config/values/address.hpp"
#include "gateway/commands/demo_hosts.hpp"
#include "gateway/commands/embedded_fleet.hpp"
#include "gateway/commands/problems.hpp"
#include "gateway/commands/welcome.hpp"
#include "gateway/control/gateway.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/state/seal_key.hpp"
#include "gateway/trace/otlp_settings.hpp"

namespace gateway {
namespace {

// Real seconds per second of the simulated market: long waits stay visibly long, and nobody falls asleep.
constexpr double demo_pace = 0.1;

config::Loaded load(const std::string& file) {
  return with_policies(with_records(with_seal_key(config::load_file(file, process_sources())), "records.db"));
}

struct ServeOptions {
  std::string version;  // of the program
  std::string file;
  std::optional<config::ListenAddress> listen;  // instead of the configuration's
  bool takes_over = false;
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

int run(config::Settings settings, const ServeOptions& options, std::vector<std::string> files = {}) {
  std::random_device entropy;
  const std::uint64_t seed = (static_cast<std::uint64_t>(entropy()) << 32) | entropy();
  const auto ready = [known = settings, version = options.version](const std::string& url) {
    std::cerr << "isocost " << version << ": listening on " << url << "\n" << std::flush;
    if (::isatty(STDERR_FILENO) != 0) std::cerr << welcome(url, known) << std::flush;
  };
  Start start{.settings = std::move(settings), .version = options.version, .seed = seed, .ready = ready};
  if (!options.file.empty()) {
    start.file = options.file;
    start.files = std::move(files);
    start.takes_over = options.takes_over;
    start.load = [options] { return listening(load(options.file), options); };
  }
  const Environment variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
  const auto traces = otlp_settings(variable, Signal::traces);
  const auto metrics = otlp_settings(variable, Signal::metrics);
  // What watches must not keep what serves from serving.
  if (const auto* wrong = std::get_if<std::string>(&traces))
    std::cerr << "isocost: no traces: " << *wrong << "\n";
  if (const auto* to = std::get_if<OtlpSettings>(&traces)) start.traces = *to;
  const auto* const said = std::get_if<std::string>(&traces);
  if (const auto* wrong = std::get_if<std::string>(&metrics); wrong && !(said && *said == *wrong))
    std::cerr << "isocost: no metrics for a collector: " << *wrong << "\n";
  if (const auto* to = std::get_if<OtlpSettings>(&metrics)) start.metrics = *to;
  return run_gateway(std::move(start), std::cerr);
}

int serve_file(const ServeOptions& options) {
  config::Loaded loaded = listening(load(options.file), options);
  print(loaded.problems);
  if (!loaded.settings) return 1;
  return run(std::move(*loaded.settings), options, std::move(loaded.files));
}

// Without a configuration: a simulated market inside, and the real hosts whose keys are in the environment.
int serve_demo(const ServeOptions& options) {
  config::LoadedFleet loaded = config::load_fleet(embedded_fleet(), "embedded fleet", process_sources());
  print(loaded.problems);
  if (!loaded.fleet) return 1;
  loaded.fleet->base_port = 0;
  loaded.fleet->time_scale = demo_pace;
  const DemoHosts hosts(*loaded.fleet);
  config::Settings settings = config::settings_for(*loaded.fleet, hosts.ports());
  print(config::add_well_known(settings, process_sources()));
  std::cerr << "isocost: no --config given: " << loaded.fleet->hosts.size() << " simulated hosts of \""
            << loaded.fleet->title << "\" at " << 1 / demo_pace << " times their speed";
  const std::size_t real = settings.providers.size() - loaded.fleet->hosts.size();
  if (real == 1) std::cerr << ", and a real one whose key is in the environment";
  if (real > 1) std::cerr << ", and " << real << " real ones whose keys are in the environment";
  std::cerr << "\n";
  // In a file of its own, so that nobody replays what simulated hosts did for what real ones did.
  config::Loaded demo =
      with_records(listening({.settings = std::move(settings), .problems = {}}, options), "demo-records.db");
  print(demo.problems);
  if (!demo.settings) return 1;
  return run(std::move(*demo.settings), options);
}

int serve(ServeOptions options, const std::string& listen) {
  if (!listen.empty()) {
    auto parsed = config::parse_listen_address(listen);
    if (const auto* fault = std::get_if<config::AddressFault>(&parsed)) {
      std::cerr << "isocost: --listen: " << fault->message << "\n  " << fault->suggestion << "\n";
      return 1;
    }
    options.listen = std::get<config::ListenAddress>(std::move(parsed));
  }
  if (options.takes_over && options.file.empty()) {
    std::cerr << "isocost: --take-over: without a configuration there is no gateway to take over from\n"
                 "  add --config with the file that it runs with, or a newer one\n";
    return 1;
  }
  return options.file.empty() ? serve_demo(options) : serve_file(options);
}

}  // namespace

Command add_serve(CLI::App& app, std::string version) {
  struct Words {
    ServeOptions options;
    std::string listen;
  };
  const auto words = std::make_shared<Words>();
  words->options.version = std::move(version);
  CLI::App* serving = app.add_subcommand("serve", "Serve clients");
  serving
      ->add_option("--config", words->options.file, "Configuration file; without it, simulated hosts inside")
      ->type_name("FILE");
  serving->add_option("--listen", words->listen, "Address to listen on, instead of the configuration's")
      ->type_name("ADDRESS");
  serving->add_flag("--take-over", words->options.takes_over,
                    "Take the place of the gateway that has the state directory, if there is one: its "
                    "sockets, the ledger and what it learned. It ends once its requests have");
  serving->footer(
      "Example: isocost serve --config isocost.yaml\n"
      "Exit status: 0 it was told to stop and what was under way ended, 1 it could not start.");
  return {serving, [words] { return serve(words->options, words->listen); }};
}

}  // namespace gateway
