// What exploration draws and how likely each is chosen, found a second time by trying all draws.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "routing/decision/exploration.hpp"
#include "routing/terms/draws.hpp"
#include "tests/support/close.hpp"

using namespace routing;

namespace {

support::Near about(double value) {
  return support::close(value, 1e-9);
}

// The posterior's points lie half a standard deviation apart, from three below to three above.
constexpr std::size_t points = 13;
double point(std::size_t k) {
  return -3 + 0.5 * static_cast<double>(k);
}
double weight(std::size_t k) {
  double sum = 0;
  for (std::size_t each = 0; each < points; ++each) sum += std::exp(-point(each) * point(each) / 2);
  return std::exp(-point(k) * point(k) / 2) / sum;
}

struct Host {
  double price = 0, ttft = 0, generation = 0;  // dollars
  double level_sd = 0, throughput_sd = 0;
  double failure = 0;
  double first_delta = 1, ttft_seconds = 1;  // the rest of the time to the first token is thinking

  double mean() const { return price + ttft + generation; }
  double uncertain() const { return (ttft + generation) * (1 + 0.6 * failure); }
  double log_sd() const {
    if (ttft + generation <= 0) return 0;
    const double share = ttft * first_delta / ttft_seconds / (ttft + generation);
    return std::hypot(share * level_sd, (1 - share) * throughput_sd);
  }
  double cost_at(double deviations) const {
    return mean() + uncertain() * (std::exp(deviations * log_sd()) - 1);
  }
};

struct Market {
  std::vector<Host> hosts;
  Policy policy;
  Decision decision;

  explicit Market(std::vector<Host> all) : hosts(std::move(all)) {
    for (std::uint32_t i = 0; i < hosts.size(); ++i) {
      const Host& host = hosts[i];
      Verdict verdict{.endpoint = 100 + i};
      verdict.prediction = {.first_delta = host.first_delta,
                            .ttft = host.ttft_seconds,
                            .ttft_level_sd = host.level_sd,
                            .throughput_level_sd = host.throughput_sd,
                            .failure = host.failure};
      verdict.cost = {.price = host.price, .ttft = host.ttft, .generation = host.generation};
      decision.verdicts.push_back(verdict);
      decision.order.push_back(i);
    }
  }
  double sampled(std::uint32_t i) const { return decision.verdicts[i].sampled; }
};

// Its costs are near to each other, and each is uncertain in another way.
std::vector<Host> three_hosts() {
  return {{.price = 0.010, .ttft = 0.004, .generation = 0.006, .level_sd = 0.3, .throughput_sd = 0.2},
          {.price = 0.012,
           .ttft = 0.007,
           .generation = 0.002,
           .level_sd = 0.6,
           .throughput_sd = 0.1,
           .failure = 0.1,
           .first_delta = 1.5,
           .ttft_seconds = 2.5},
          {.price = 0.003,
           .ttft = 0.002,
           .generation = 0.017,
           .level_sd = 0.2,
           .throughput_sd = 0.5,
           .failure = 0.3}};
}

}  // namespace

TEST_CASE("each is as likely to be chosen as its draw is the least of all, equal ones going to the cheaper") {
  std::vector<Host> hosts = three_hosts();
  SUBCASE("uncertain ones") {}
  SUBCASE("two that are the same") {
    hosts[1] = hosts[0];
  }
  SUBCASE("one that is known exactly") {
    hosts[1].level_sd = hosts[1].throughput_sd = 0;
  }
  SUBCASE("one whose waits are worth nothing") {
    hosts[0] = {.price = 0.02};
  }
  Market market(hosts);
  std::array<double, 3> likely{};
  for (std::size_t a = 0; a < points; ++a) {
    for (std::size_t b = 0; b < points; ++b) {
      for (std::size_t c = 0; c < points; ++c) {
        const std::array draws = {hosts[0].cost_at(point(a)), hosts[1].cost_at(point(b)),
                                  hosts[2].cost_at(point(c))};
        // Costs that are the same but for rounding are the same.
        std::size_t least = 0;
        for (const std::size_t i : {1u, 2u}) least = draws[i] < draws[least] - 1e-12 ? i : least;
        likely[least] += weight(a) * weight(b) * weight(c);
      }
    }
  }

  explore(market.policy, 1, market.decision);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(market.decision.verdicts[i].propensity == support::close(likely[i], 1e-6));
  }
}

TEST_CASE(
    "a draw is a point of the host's own posterior, by the seed and its number, and the least one wins") {
  const std::vector<Host> hosts = three_hosts();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Market market(hosts);
    market.decision.seed = seed;
    const std::uint32_t chosen = explore(market.policy, 1, market.decision);
    std::uint32_t least = 0;
    for (std::uint32_t i = 0; i < 3; ++i) {
      double left = drawn(seed, Purpose::explore, 100 + i);
      std::size_t k = 0;
      while (k + 1 < points && left >= weight(k)) left -= weight(k++);
      CHECK(market.sampled(i) == about(hosts[i].cost_at(point(k))));
      if (market.sampled(i) < market.sampled(least)) least = i;
    }
    CHECK(chosen == least);
  }
}

TEST_CASE("a host that answers at once is as uncertain as its rate") {
  std::vector<Host> hosts = three_hosts();
  hosts[0].ttft = 0;
  hosts[0].first_delta = hosts[0].ttft_seconds = 0;
  Market market(hosts);
  explore(market.policy, 1, market.decision);
  hosts[0].first_delta = hosts[0].ttft_seconds = 1;
  Market other(hosts);
  explore(other.policy, 1, other.decision);
  CHECK(market.sampled(0) == about(other.sampled(0)));
}

TEST_CASE("a wait that is worth less than nothing is taken for one that is certain") {
  std::vector<Host> hosts = three_hosts();
  hosts[0] = {.price = 0.03, .ttft = -0.01, .level_sd = 5, .throughput_sd = 5};
  Market market(hosts);
  explore(market.policy, 1, market.decision);
  CHECK(market.sampled(0) == about(0.02));
}

TEST_CASE("the first delta is no more uncertain than all of the time that counts") {
  // Its wait is worth more than all of it: the rest is worth less than nothing.
  std::vector<Host> hosts = three_hosts();
  hosts[0] = {.price = 0.01, .ttft = 0.02, .generation = -0.01, .level_sd = 0.4, .throughput_sd = 9};
  Market market(hosts);
  explore(market.policy, 1, market.decision);
  hosts[0] = {.price = 0.01, .ttft = 0.01, .level_sd = 0.4};
  Market simple(hosts);
  explore(simple.policy, 1, simple.decision);
  CHECK(market.sampled(0) == about(simple.sampled(0)));
}

TEST_CASE(
    "only those take part whose difference to the best the purse can pay, to the last cent, and of its "
    "tier") {
  const auto taking_part = [](double dollars, double explores, int tier_of_last) {
    Market market({{.price = 1}, {.price = 1}, {.price = 1.25}, {.price = 2.25}});
    market.policy.explore = explores;
    market.decision.verdicts[3].tier = tier_of_last;
    explore(market.policy, dollars, market.decision);
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < 4; ++i) count += std::isnan(market.sampled(i)) ? 0 : 1;
    return count;
  };
  CHECK(taking_part(0.2, 0.1, 0) == 2);
  CHECK(taking_part(0.25, 0.1, 0) == 3);
  // With five fillings in it there is credit: the best one's dollar once more.
  CHECK(taking_part(0.09, 0.02, 0) == 2);
  CHECK(taking_part(0.11, 0.02, 0) == 3);
  CHECK(taking_part(0.24, 0.02, 0) == 3);
  CHECK(taking_part(0.25, 0.02, 0) == 4);
  CHECK(taking_part(9, 0.02, 0) == 4);
  CHECK(taking_part(9, 0.02, 1) == 3);
  CHECK(taking_part(9, 0, 0) == 2);
}

TEST_CASE("whoever is alone is chosen for sure, and of two equal ones the first") {
  Market alone({{.price = 1}, {.price = 3}});
  CHECK(explore(alone.policy, 0.5, alone.decision) == 0);
  CHECK(alone.decision.verdicts[0].propensity == 1);
  CHECK(std::isnan(alone.sampled(0)));
  Market equal({{.price = 1}, {.price = 1}});
  CHECK(explore(equal.policy, 0, equal.decision) == 0);
  CHECK(equal.decision.verdicts[0].propensity == support::close(1));
  CHECK(equal.decision.verdicts[1].propensity == support::within(1e-12, 0));
}

TEST_CASE("of many the best and the eleven most promising take part") {
  std::vector<Host> hosts{{.price = 0.12, .ttft = 0.001}};  // the best, and known exactly
  // The deviation of each differs, so that the promising ones stand anywhere.
  for (const double sd : {0.2, 0.9, 0.1, 0.8, 0.3, 0.7, 0.4, 0.6, 0.5, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65}) {
    const double place = static_cast<double>(hosts.size());
    // Some have more to gain, others are cheaper.
    const bool gains = hosts.size() % 2 == 0;
    const double ttft = gains ? 0.03 : 0.006;
    hosts.push_back({.price = (gains ? 0.13 : 0.126) + 0.002 * place - ttft, .ttft = ttft, .level_sd = sd});
  }
  Market market(hosts);
  explore(market.policy, 1, market.decision);
  std::vector<std::size_t> by_hope(hosts.size() - 1);
  std::iota(by_hope.begin(), by_hope.end(), std::size_t{1});
  std::ranges::sort(by_hope, {}, [&](std::size_t i) { return hosts[i].cost_at(-2); });
  CHECK(!std::isnan(market.sampled(0)));
  for (std::size_t place = 0; place < by_hope.size(); ++place) {
    CAPTURE(by_hope[place]);
    CHECK(std::isnan(market.sampled(static_cast<std::uint32_t>(by_hope[place]))) == (place >= 11));
  }
}
