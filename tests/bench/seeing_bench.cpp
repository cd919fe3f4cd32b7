// What recording one request costs the control loop: metrics, a line of the log, the traffic of endpoints;
// and what a page costs when somebody asks for it.
#include <benchmark/benchmark.h>

#include "gateway/metrics/metrics.hpp"
#include "gateway/observe/log_line.hpp"
#include "gateway/observe/request_log.hpp"
#include "gateway/pages/status_page.hpp"
#include "tests/support/three_hosts.hpp"

namespace {

const auto catalogue = tests::catalogue_of(tests::three_hosts());

void record_metrics(benchmark::State& state) {
  gateway::Metrics metrics("bench", catalogue);
  const gateway::Record record = tests::answered(catalogue, 1);
  for (auto _ : state) metrics.record(record);
}
BENCHMARK(record_metrics);

void format_line(benchmark::State& state) {
  const gateway::Record record = tests::answered(catalogue, 1);
  std::string out;
  for (auto _ : state) {
    out.clear();
    gateway::append_log_line(record, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(format_line);

void write_log(benchmark::State& state) {
  gateway::RequestLog log({.requests = config::LogRequests::all, .file = "/dev/null"});
  const gateway::Record record = tests::answered(catalogue, 1);
  for (auto _ : state) log.write(record);
}
BENCHMARK(write_log);

void record_traffic(benchmark::State& state) {
  gateway::Traffic traffic(catalogue, {});
  const gateway::Record record = tests::answered(catalogue, 1);
  for (auto _ : state) traffic.record(record, {});
}
BENCHMARK(record_traffic);

void metrics_text(benchmark::State& state) {
  gateway::Metrics metrics("bench", catalogue);
  for (routing::EndpointIndex i = 0; i < 4; ++i) metrics.record(tests::answered(catalogue, i));
  for (auto _ : state) benchmark::DoNotOptimize(metrics.text());
}
BENCHMARK(metrics_text);

void status_text(benchmark::State& state) {
  const gateway::Traffic traffic(catalogue, {});
  const routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  const routing::InFlight in_flight(snapshot.endpoints.size());
  for (auto _ : state) {
    benchmark::DoNotOptimize(gateway::status_page(
        {.version = "bench", .snapshot = snapshot, .in_flight = in_flight, .traffic = traffic, .now = {}}));
  }
}
BENCHMARK(status_text);

}  // namespace

BENCHMARK_MAIN();
