// What letting a request in and settling it costs, for a key with six limits: of its user, itself, its team
// and everybody. Bar: 1 µs and no allocation, for both together; also where gateways share the limits.
#include <benchmark/benchmark.h>

#include "gateway/accounts/books.hpp"
#include "tests/support/allocations.hpp"

namespace {

using config::Measure;
using config::Period;

enum class Shared { no, yes };

config::Settings six_limits() {
  config::Settings settings;
  settings.teams = {{.name = {"search"}}};
  settings.keys.resize(1);
  settings.keys[0].name = {"app"};
  settings.keys[0].team = "search";
  const auto limit = [](config::Quota& quota, Measure measure, Period period) {
    quota.of(measure)[static_cast<std::size_t>(period)] = 1'000'000'000'000'000;
  };
  limit(settings.quota, Measure::dollars, Period::month);
  limit(settings.teams[0].quota, Measure::dollars, Period::day);
  limit(settings.keys[0].quota, Measure::requests, Period::minute);
  limit(settings.keys[0].quota, Measure::tokens, Period::minute);
  limit(settings.keys[0].quota, Measure::dollars, Period::day);
  limit(settings.keys[0].user_quota, Measure::requests, Period::day);
  return settings;
}

void admit(benchmark::State& state, Shared shared) {
  const config::TimePoint now{std::chrono::hours(1000)};
  const config::WallTime wall{std::chrono::seconds(1'795'881'600)};
  gateway::Books books(wall, now);
  books.adopt(six_limits(), wall, now);
  const gateway::Asked asked{.user = "ann",
                             .key = "app",
                             .team = "search",
                             .most = {.tokens = 1'000, .nanos = 5'000'000},
                             .least_nanos = 1'000};
  gateway::Reservation reservation;
  if (shared == Shared::yes) {
    books.share([] {});
    if (books.reserve(asked, now, reservation) != gateway::Let::wait)
      state.SkipWithError("nothing was in hand yet");
    for (const gateway::SharedLimit& each : books.shared_limits(now, 0))
      books.grant(each, {.others = 0, .granted = 900'000'000'000'000}, now);
  }
  if (books.reserve(asked, now, reservation) == gateway::Let::in)
    books.settle(reservation, {}, now);  // its user is known
  const auto before = support::allocations;
  for (auto _ : state) {
    if (books.reserve(asked, now, reservation) != gateway::Let::in) {
      state.SkipWithError("it was not let in");
      break;
    }
    books.settle(reservation, {.requests = 1, .tokens = 700, .nanos = 3'000'000}, now);
  }
  state.counters["allocations"] = static_cast<double>(support::allocations - before);
}

void admission(benchmark::State& state) {
  admit(state, Shared::no);
}
void admission_shared(benchmark::State& state) {
  admit(state, Shared::yes);
}

BENCHMARK(admission);
BENCHMARK(admission_shared);

}  // namespace

BENCHMARK_MAIN();
