#include "config/files/load_fleet.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

std::string all(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_text(problem) + "\n";
  return text;
}

// The problems of a fleet with one host, to which `lines` are added.
std::string problems_of(const std::string& lines) {
  const std::string yaml =
      "base_port: 9000\n"
      "models: {r1: {aliases: [r]}}\n"
      "hosts:\n"
      "  a: {model: r1, prices: {input: 1 $/Mtok, output: 2 $/Mtok}}\n" +
      lines;
  return all(load_fleet(yaml, "fleet.yaml", test::given_sources()).problems);
}

}  // namespace

TEST_CASE("the shipped fleet loads, with what its file says") {
  const LoadedFleet loaded =
      load_fleet_file(SOURCE_DIR "/deploy/examples/fleet-deepseek-r1.yaml", system_sources());
  CHECK(all(loaded.problems) == "");
  REQUIRE(loaded.fleet);
  const Fleet& fleet = *loaded.fleet;
  CHECK(fleet.seed == 20250703);
  CHECK(fleet.base_port == 9101);
  REQUIRE(fleet.models.size() == 1);
  CHECK(fleet.models[0].answers.median_tokens == 700);
  CHECK(fleet.models[0].created == 1748390400);
  REQUIRE(fleet.hosts.size() >= 10);
  const SimulatedHost& maker = fleet.hosts[0];
  CHECK(maker.name.text == "deepseek");
  CHECK(maker.jurisdiction == "CN");
  CHECK(maker.data_policy.trains_on_prompts == true);
  CHECK(maker.prices.output.price.nanos == 2'190'000'000);
  REQUIRE(maker.price_windows.size() == 1);
  CHECK(maker.price_windows[0].when.from.minutes == 16 * 60 + 30);
  CHECK(maker.price_windows[0].prices.input.price.nanos == 135'000'000);
  CHECK(maker.context.count == 65'536);
  CHECK(maker.ttft.base == Seconds(26));
  CHECK(maker.ttft.per_1000_prompt.count() == support::close(0.25));
  CHECK(maker.speed.tokens_per_second == 25);
  CHECK(maker.batch.queue == 1024);
  CHECK(maker.prompt_cache->time_to_live == Seconds(7200));
  CHECK(maker.prompt_cache->capacity == 262'144);
  CHECK(maker.busy_hours.at(0).speed_factor == support::close(0.8));
  CHECK(maker.drift.time_constant == Seconds(900));
  CHECK(maker.mishaps.errors.at(0).status == 503);
  CHECK(maker.mishaps.cut == support::close(0.002));
  CHECK(maker.mishaps.stall_length == Seconds(45));
}

TEST_CASE("chance and set times of an outage are read side by side") {
  const LoadedFleet loaded = load_fleet(R"(
models: {m: {}}
hosts:
  a:
    model: m
    prices: {input: 0 $/Mtok, output: 0 $/Mtok}
    outages: {mean_between: 6 h, mean_length: 3 min, status: 0, scheduled: [{at: 10 min, length: 30 s}]}
    price_changes: [{at: 1 h, prices: {input: 1 $/Mtok, output: 2 $/Mtok}}]
    rate_limits: {requests_per_minute: 60}
    port: 0
)",
                                        "fleet.yaml", test::given_sources());
  CHECK(all(loaded.problems) == "");
  REQUIRE(loaded.fleet);
  const SimulatedHost& host = loaded.fleet->hosts.at(0);
  CHECK(host.outages->when.mean_between == Seconds(21'600));
  CHECK(host.outages->when.mean_length == Seconds(180));
  CHECK(host.outages->when.scheduled.at(0).at == Seconds(600));
  CHECK(host.outages->status == 0);
  CHECK(host.price_changes.at(0).at == Seconds(3600));
  CHECK(host.rate_limits.requests_per_minute == 60);
  CHECK(!host.rate_limits.tokens_per_minute);
  CHECK(host.port == 0);
}

TEST_CASE("what is wrong with a fleet is said at its place") {
  const std::string prices = ", prices: {input: 1 $/Mtok, output: 2 $/Mtok}}\n";
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"  b: {model: r2" + prices,
       {"fleet.yaml:5:14: error: hosts.b.model", "no model `r2`", "did you mean `r1`?"}},
      {"  b: {model: r" + prices, {"no model `r`"}},
      {"  b: {model: r1, port: 9000" + prices, {"hosts.b.port", "port 9000 is already that of `a`"}},
      {"  b: {model: r1, key: sk-plain-as-day" + prices, {"hosts.b.key", "does not stand in the file"}},
      {"  b: {model: r1, key: \"${NOT_THERE}\"" + prices, {"the variable `NOT_THERE` is not set"}},
      {"  b: {model: r1, ttft: {base: 3}" + prices, {"hosts.b.ttft.base", "write `3 s`"}},
      {"  b: {model: r1, mishaps: {cut: 2}" + prices, {"hosts.b.mishaps.cut", "a number from 0 to 1"}},
      {"  b: {model: r1, busy_hours: [{from: \"25:00\", to: \"10:00\"}]" + prices,
       {"hosts.b.busy_hours[0].from", "such as `16:30`"}},
      {"  b: {model: r1, max_output: 1 Mtok" + prices, {"hosts.b.max_output", "larger than the context"}},
      {"  b: {model: r1, spede: {}" + prices, {"hosts.b.spede", "did you mean `speed`?"}},
      {"  b: {model: r1}\n", {"the key `prices` is missing"}},
      {"seed: -1\n", {"seed: found `-1`"}},
      {"listen: 0.0.0.0\n", {"warning: listen"}},
  };
  for (const auto& [lines, words] : cases) {
    const std::string text = problems_of(lines);
    CAPTURE(text);
    for (const std::string& word : words) {
      CAPTURE(word);
      CHECK(text.find(word) != std::string::npos);
    }
    CHECK(text.find("plain-as-day") == std::string::npos);
  }
  CHECK(problems_of("") == "");
}

TEST_CASE("a host may have several models, each of them once") {
  const auto loaded = [](const std::string& also) {
    return load_fleet("models: {r1: {}, v3: {}}\nhosts: {a: {model: r1, also: " + also +
                          ", prices: {input: 1 $/Mtok, output: 2 $/Mtok}}}\n",
                      "fleet.yaml", test::given_sources());
  };
  const LoadedFleet good = loaded("[v3]");
  REQUIRE(good.fleet);
  const std::uint16_t port = 9000;
  const Settings settings = settings_for(*good.fleet, std::span(&port, 1));
  REQUIRE(settings.models.size() == 2);
  CHECK(settings.models[1].endpoints.at(0).host_model == "v3");
  CHECK(all(loaded("[v4]").problems).find("there is no model `v4`") != std::string::npos);
  CHECK(all(loaded("[r1]").problems).find("has the model `r1` already") != std::string::npos);
  CHECK(all(loaded("[v3, v3]").problems).find("has the model `v3` already") != std::string::npos);
}
