// Hosts that say of their tokens what cannot be.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;

namespace {

// Two hosts that are known; the first one lies once.
struct Liar {
  support::World world{{{.name = "a"}, {.name = "b"}}};

  Liar() {
    for (int i = 0; i < 30; ++i) {
      for (const routing::EndpointIndex host : {0u, 1u}) answer(host, {});
    }
  }
  void answer(routing::EndpointIndex host, std::optional<routing::Usage> said) {
    const routing::Demand demand = world.demand(1000);
    routing::Attempt attempt = world.answer(host, demand);
    if (said) attempt.usage = said;
    world.market.observe(attempt, demand, world.now += 1s);
  }
  routing::Prediction expected(routing::EndpointIndex host, std::int64_t prompt = 1000) {
    return world.decide(world.demand(prompt)).verdicts[host].prediction;
  }
};

constexpr std::int64_t most_read = 100'000'000;  // that a reply's usage is read to

}  // namespace

TEST_CASE(
    "a hundred million tokens in seven seconds are not believed, and harm neither the liar nor others") {
  Liar liar;
  const routing::Prediction before = liar.expected(0), others = liar.expected(1);
  liar.answer(0, routing::Usage{.prompt = {1000}, .output = {most_read}});
  CHECK(liar.expected(0).expected_output == support::close(before.expected_output, 0.1));
  CHECK(liar.expected(1).expected_output == support::close(others.expected_output, 0.1));
  CHECK(liar.expected(0).throughput == support::close(before.throughput, 0.1));
  // A full host would be thought to need a day for each of those before.
  liar.world.in_flight.counter(0) = 20;
  CHECK(liar.expected(0).ttft < 60);
}

TEST_CASE("a prompt of a hundred million tokens that was a thousand is not believed") {
  Liar liar;
  const routing::Prediction before = liar.expected(0), of_long = liar.expected(0, 100'000);
  liar.answer(0, routing::Usage{.prompt = {most_read}, .output = {400}});
  CHECK(liar.expected(0).price == support::close(before.price, 0.1));
  CHECK(liar.expected(0).ttft == support::close(before.ttft, 0.1));
  CHECK(liar.expected(0, 100'000).ttft == support::close(of_long.ttft, 0.2));
}

TEST_CASE("a host that counts four times as many prompt tokens as were reckoned with is believed") {
  Liar liar;
  const double before = liar.expected(0).price;
  for (int i = 0; i < 60; ++i) liar.answer(0, routing::Usage{.prompt = {4000}, .output = {400}});
  CHECK(liar.expected(0).price > 1.5 * before);
}

TEST_CASE("prompts of a million tokens, no tokens, and times of zero leave every expectation a number") {
  Liar liar;
  for (const std::int64_t prompt : {std::int64_t{0}, std::int64_t{1'000'000}, most_read}) {
    for (const std::int64_t output : {std::int64_t{0}, std::int64_t{1}, most_read}) {
      const routing::Demand demand = liar.world.demand(prompt);
      routing::Attempt attempt = liar.world.answer(0, demand);
      attempt.usage = routing::Usage{.prompt = {prompt}, .cached = {2 * prompt}, .output = {output}};
      attempt.first_delta = attempt.first_visible = attempt.finished = config::Duration::zero();
      liar.world.market.observe(attempt, demand, liar.world.now);
      for (const std::int64_t asked : {std::int64_t{0}, std::int64_t{1000}, std::int64_t{1'000'000}}) {
        for (const routing::EndpointIndex host : {0u, 1u}) {
          const routing::Prediction p = liar.expected(host, asked);
          for (const double each : {p.ttft, p.ttft_log_sd, p.throughput, p.generation, p.price, p.failure,
                                    liar.world.decision.verdicts[host].cost.total()}) {
            CHECK(std::isfinite(each));
            CHECK(each >= 0);
          }
        }
      }
    }
  }
}
