#include "gateway/doctor/doctor_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "config/files/load.hpp"
#include "gateway/doctor/machine.hpp"
#include "gateway/doctor/reach.hpp"
#include "gateway/doctor/shared.hpp"
#include "gateway/state/process_sources.hpp"

namespace gateway {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t at_once = 16;

// Whether it is asked through somebody else, whom this command does not know how to ask.
bool goes_through_a_proxy(const config::ProviderSettings& host) {
  return host.access.proxy.has_value();
}

Findings findings_of_hosts(const config::Settings& settings) {
  Findings found(settings.providers.size());
  std::size_t next = 0;
  std::mutex lock;
  const auto work = [&] {
    while (true) {
      std::size_t mine = 0;
      {
        const std::lock_guard held(lock);
        if (next == found.size()) return;
        mine = next++;
      }
      const config::ProviderSettings& host = settings.providers[mine];
      found[mine] = goes_through_a_proxy(host) ? Finding{Finding::Kind::good, "host " + host.name.text,
                                                         "is asked through a proxy; not looked at"}
                                               : reach(host, patience);
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < std::min(at_once, found.size()); ++i) workers.emplace_back(work);
  workers.clear();
  return found;
}

int examine(const std::string& file) {
  std::signal(SIGPIPE, SIG_IGN);
  config::Settings settings;
  Findings found;
  if (!file.empty()) {
    const config::Loaded loaded = config::load_file(file, process_sources());
    const auto faults =
        std::ranges::count(loaded.problems, config::Severity::error, &config::Problem::severity);
    if (loaded.settings) {
      settings = *loaded.settings;
      found.push_back({Finding::Kind::good, "configuration", file + " is read"});
    } else {
      if (loaded.draft) settings = *loaded.draft;
      found.push_back({Finding::Kind::bad, "configuration",
                       std::to_string(faults) + (faults == 1 ? " error in " : " errors in ") + file,
                       "isocost check " + file});
    }
  }
  for (const Finding& each : findings_of_machine(settings)) found.push_back(each);
  for (const Finding& each : findings_of_shared(settings, patience)) found.push_back(each);
  for (const Finding& each : findings_of_hosts(settings)) found.push_back(each);
  std::size_t widest = 0;
  for (const Finding& each : found) widest = std::max(widest, each.about.size());
  bool is_well = true;
  for (const Finding& each : found) {
    const char* mark = each.kind == Finding::Kind::good       ? "ok   "
                       : each.kind == Finding::Kind::doubtful ? "?    "
                                                              : "BAD  ";
    std::cout << mark << each.about << std::string(widest - each.about.size() + 2, ' ') << each.what << "\n";
    if (!each.todo.empty()) std::cout << std::string(widest + 7, ' ') << "→ " << each.todo << "\n";
    is_well &= each.kind != Finding::Kind::bad;
  }
  return is_well ? 0 : 1;
}

}  // namespace

Command add_doctor(CLI::App& app) {
  const auto file = std::make_shared<std::string>();
  CLI::App* doctor =
      app.add_subcommand("doctor", "Look at this machine and at each host, and say what to do");
  doctor->add_option("--config", *file, "Configuration file; without it, the machine alone");
  doctor->footer(
      "Hosts are asked without a key, and for nothing that costs anything.\n"
      "Example: isocost doctor --config isocost.yaml\nExit status: 0 nothing is bad, 1 something is.");
  return {doctor, [file] { return examine(*file); }};
}

}  // namespace gateway
