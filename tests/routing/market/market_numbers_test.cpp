// Numbers of answers that pass: prompt tokens and lengths, beside what is usual.
#include <doctest/doctest.h>

#include "routing/host_model/host_draws.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using routing::Check;
using routing::Regard;

namespace {

// Two clients of three hosts: one writes prose, one writes code, of which more tokens are counted.
struct Numbered {
  Numbered() : world({{.name = "a"}, {.name = "b"}, {.name = "c"}}) {
    for (config::KeySettings& key : keys) key.name = {"k" + std::to_string(&key - keys.data())};
  }

  // So many answers of each host.
  void answers(int many) {
    for (int i = 0; i < many; ++i) {
      for (const routing::EndpointIndex host : {0u, 1u, 2u}) one(host);
    }
  }
  void one(routing::EndpointIndex host) {
    const std::uint64_t at = ++count;
    routing::Demand demand = world.demand(400);
    const std::size_t who = draws.uniform(at, 0) < prose ? 0 : 1;
    demand.key = &keys[who];
    routing::Attempt attempt = world.answer(host, demand);
    const double tokens = (who == 0 ? 1.0 : 1.6) * draws.lognormal(0.05, at, 1) * (host == 0 ? scale : 1);
    attempt.usage = routing::Usage{.prompt = {std::llround(400 * tokens)},
                                   .output = {std::max(1LL, std::llround(300 * draws.lognormal(0.7, at, 2) *
                                                                         (host == 0 ? longer : 1)))}};
    attempt.usage_is_estimated = false;
    attempt.failure.reset();
    world.now += 1s;
    world.market.observe(attempt, demand, world.now);
    for (const Check check : {Check::prompt_tokens, Check::longer, Check::shorter}) {
      const auto at_check = static_cast<std::size_t>(check);
      const Regard regard = world.market.seen(world.now)->endpoints[host].quality[at_check].regard;
      alarms += regard >= Regard::noted && before[host][at_check] < Regard::noted ? 1 : 0;
      before[host][at_check] = regard;
    }
  }
  Regard regard(Check check) { return before[0][static_cast<std::size_t>(check)]; }
  std::optional<int> until_noted(Check check, int most) {
    for (int i = 1; i <= most; ++i) {
      answers(1);
      if (regard(check) >= Regard::noted) return i;
    }
    return std::nullopt;
  }

  support::World world;
  std::array<config::KeySettings, 2> keys{};
  routing::HostDraws draws{5};
  std::uint64_t count = 0;
  double prose = 0.5, scale = 1, longer = 1;
  int alarms = 0;
  std::array<std::array<Regard, routing::check_count>, 3> before{};
};

}  // namespace

TEST_CASE("a host that begins to count prompts otherwise is noted by its own traffic, and decides nothing") {
  Numbered hosts;
  hosts.answers(800);
  REQUIRE(hosts.alarms == 0);
  hosts.scale = 1.15;
  const auto found = hosts.until_noted(Check::prompt_tokens, 200);
  REQUIRE(found);
  MESSAGE("15 % more prompt tokens: noted after " << *found << " answers");
  CHECK(*found <= 100);
  const routing::Prediction p = hosts.world.decide(hosts.world.demand()).verdicts[0].prediction;
  CHECK(!p.is_demoted);
}

TEST_CASE("a host whose answers become twice as long is noted beside the others") {
  Numbered hosts;
  hosts.answers(800);
  hosts.longer = 2;
  const auto found = hosts.until_noted(Check::longer, 600);
  REQUIRE(found);
  MESSAGE("answers twice as long: noted after " << *found);
}

TEST_CASE("hosts that stay as they are raise at most one alarm in ten thousand answers, whoever asks them") {
  Numbered hosts;
  hosts.answers(1'500);
  hosts.prose = 0.9;
  hosts.answers(1'500);
  hosts.prose = 0.1;
  hosts.answers(1'500);
  MESSAGE("13,500 answers, " << hosts.alarms << " alarms");
  CHECK(hosts.alarms <= 1);
}

TEST_CASE("what a canary shows moves nothing but what is thought of the host's answers") {
  support::World world({{.name = "a"}, {.name = "b"}});
  const auto before = world.market.seen(world.now)->endpoints[0];
  routing::Conduct conduct{};
  routing::checked(conduct, Check::canary_count) = routing::Checked::passed;
  for (int i = 0; i < 40; ++i) world.market.hears_canary(0, conduct, world.now += 15min);
  routing::checked(conduct, Check::canary_count) = routing::Checked::failed;
  for (int i = 0; i < 20; ++i) world.market.hears_canary(0, conduct, world.now += 15min);
  const auto after = world.market.seen(world.now)->endpoints[0];
  CHECK(after.replies == before.replies);
  CHECK(after.health.failures.trials == before.health.failures.trials);
  CHECK(after.quality[static_cast<std::size_t>(Check::canary_count)].regard == Regard::demoted);
  routing::Demand demand = world.demand();
  bool is_demoted = false;
  for (const routing::Verdict& each : world.decide(demand).verdicts)
    is_demoted = is_demoted || (each.endpoint == 0 && each.prediction.is_demoted);
  CHECK(is_demoted);
}
