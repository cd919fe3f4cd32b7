// The load generator. Every subcommand is bounded and ends by itself.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "bench/hold.hpp"
#include "bench/latency.hpp"
#include "bench/loop.hpp"
#include "bench/rate.hpp"
#include "bench/streams.hpp"
#include "bench/target.hpp"

namespace {

constexpr const char* about =
    "Loads targets (NAME=http://127.0.0.1:PORT/v1/chat/completions) in turn and compares them with the "
    "first.\n"
    "Example: bench_load streams direct=http://127.0.0.1:9000/v1/chat/completions "
    "isocost=http://127.0.0.1:8080/v1/chat/completions";

// What the command line said. Options point into it.
struct Wanted {
  std::vector<std::string> urls;
  bench::Ask ask;
  int requests = 5'000;
  int events = 64;
  bench::RateSweep sweep;
  bench::StreamLoad streams;
  bench::HoldLoad hold;
  pid_t pid = 0;

  std::vector<bench::Target> targets() const {
    std::vector<bench::Target> targets;
    for (const std::string& url : urls) targets.push_back(bench::parse_target(url));
    return targets;
  }
};

CLI::App* add_command(CLI::App& app, Wanted& wanted, const std::string& name, const std::string& meaning) {
  CLI::App* command = app.add_subcommand(name, meaning);
  command->add_option("targets", wanted.urls, "NAME=URL, the one to compare with first")->required();
  command->add_option("--key", wanted.ask.key)->capture_default_str();
  command->add_option("--model", wanted.ask.model)->capture_default_str();
  command->add_option("--body-bytes", wanted.ask.prompt_bytes)->capture_default_str();
  return command;
}

void add_latency(CLI::App& app, Wanted& wanted, int& status) {
  auto* command = add_command(app, wanted, "latency", "One request at a time: what each target adds");
  command->add_option("--requests", wanted.requests, "To each target")->capture_default_str();
  command->callback([&] { status = bench::measure_latency(wanted.targets(), wanted.ask, wanted.requests); });
}

void add_rate(CLI::App& app, Wanted& wanted, int& status) {
  auto* command = add_command(app, wanted, "rate", "Open loop: the rate answered within 1, 5, 10 and 50 ms");
  command->add_option("--first", wanted.sweep.first, "Requests per second of the first step")
      ->capture_default_str();
  command->add_option("--seconds", wanted.sweep.seconds, "Of each step")->capture_default_str();
  command->callback([&] { status = bench::measure_rate(wanted.targets(), wanted.ask, wanted.sweep); });
}

void add_streams(CLI::App& app, Wanted& wanted, int& status) {
  auto* command = add_command(app, wanted, "streams", "Concurrent streams: first event, and delay of each");
  command->add_option("--concurrent", wanted.streams.concurrent)->capture_default_str();
  command->add_option("--seconds", wanted.streams.seconds, "Of each turn")->capture_default_str();
  command->add_option("--rounds", wanted.streams.rounds)->capture_default_str();
  command->add_option("--events", wanted.events, "Of each stream")->capture_default_str();
  command->add_option("--interval-ms", wanted.ask.interval_ms)->capture_default_str();
  command->callback([&] {
    wanted.ask.events = wanted.events;
    status = bench::measure_streams(wanted.targets(), wanted.ask, wanted.streams);
  });
}

void add_hold(CLI::App& app, Wanted& wanted, int& status) {
  auto* command = add_command(app, wanted, "hold", "Thousands of slow streams: the memory of a proxy");
  command->add_option("--pid", wanted.pid, "The proxy's")->required();
  command->add_option("--streams", wanted.hold.streams)->capture_default_str();
  command->add_option("--seconds", wanted.hold.seconds, "Of holding them")->capture_default_str();
  command->add_option("--limit-kib", wanted.hold.limit_kib, "Of user memory for each")->capture_default_str();
  command->callback(
      [&] { status = bench::measure_hold(wanted.targets().front(), wanted.ask, wanted.hold, wanted.pid); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(about);
  app.require_subcommand(1);
  Wanted wanted;
  int status = 0;
  add_latency(app, wanted, status);
  add_rate(app, wanted, status);
  add_streams(app, wanted, status);
  add_hold(app, wanted, status);
  bench::raise_file_limit();
  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 1;
  }
  return status;
}
