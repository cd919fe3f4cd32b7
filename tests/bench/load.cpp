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

int run(int argc, char** argv) {
  CLI::App app(
      "Loads targets (NAME=http://127.0.0.1:PORT/v1/chat/completions) in turn and compares them with the "
      "first.\n"
      "Example: bench_load streams direct=http://127.0.0.1:9000/v1/chat/completions "
      "isocost=http://127.0.0.1:8080/v1/chat/completions");
  app.require_subcommand(1);
  std::vector<std::string> texts;
  bench::Ask ask;
  const auto common = [&](CLI::App* command) {
    command->add_option("targets", texts, "NAME=URL, the one to compare with first")->required();
    command->add_option("--key", ask.key)->capture_default_str();
    command->add_option("--model", ask.model)->capture_default_str();
    command->add_option("--body-bytes", ask.prompt_bytes)->capture_default_str();
    return command;
  };

  int requests = 5'000;
  auto* latency = common(app.add_subcommand("latency", "One request at a time: what each target adds"));
  latency->add_option("--requests", requests, "To each target")->capture_default_str();

  bench::RateSweep sweep;
  auto* rate =
      common(app.add_subcommand("rate", "Open loop: the rate that is answered within 1, 5, 10 and 50 ms"));
  rate->add_option("--first", sweep.first, "Requests per second of the first step")->capture_default_str();
  rate->add_option("--seconds", sweep.seconds, "Of each step")->capture_default_str();

  bench::StreamLoad load;
  auto* streams = common(app.add_subcommand("streams", "Concurrent streams: first event and delay of each"));
  streams->add_option("--concurrent", load.concurrent)->capture_default_str();
  streams->add_option("--seconds", load.seconds, "Of each turn")->capture_default_str();
  streams->add_option("--rounds", load.rounds)->capture_default_str();
  int events = 64;
  streams->add_option("--events", events, "Of each stream")->capture_default_str();
  streams->add_option("--interval-ms", ask.interval_ms)->capture_default_str();

  bench::HoldLoad held;
  pid_t pid = 0;
  auto* hold = common(app.add_subcommand("hold", "Thousands of slow streams: the memory of a proxy"));
  hold->add_option("--pid", pid, "The proxy's")->required();
  hold->add_option("--streams", held.streams)->capture_default_str();
  hold->add_option("--seconds", held.seconds, "Of holding them")->capture_default_str();
  hold->add_option("--limit-kib", held.limit_kib, "Of user memory for each")->capture_default_str();

  CLI11_PARSE(app, argc, argv);
  bench::raise_file_limit();
  std::vector<bench::Target> targets;
  for (const std::string& text : texts) targets.push_back(bench::parse_target(text));
  if (latency->parsed()) return bench::measure_latency(targets, ask, requests);
  if (rate->parsed()) return bench::measure_rate(targets, ask, sweep);
  ask.events = events;
  if (streams->parsed()) return bench::measure_streams(targets, ask, load);
  return bench::measure_hold(targets.front(), ask, held, pid);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 1;
  }
}
