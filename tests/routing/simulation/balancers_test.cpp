// Other routers' ways of choosing, as the simulator plays them.
#include <doctest/doctest.h>

#include <map>

#include "routing/simulation/baseline.hpp"
#include "routing/simulation/litellm_balancer.hpp"
#include "routing/simulation/openrouter_balancer.hpp"
#include "routing/simulation/peak_ewma_balancer.hpp"
#include "routing/simulation/plain_balancers.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using namespace routing;
using Way = PlainBalancer::Way;

namespace {

// One balancer among some hosts, asked one request after the other.
class Table {
 public:
  Table(std::unique_ptr<Balancer> balancer, std::vector<support::Host> hosts)
      : catalogue(support::settings_of(hosts), 1), in_flight(hosts.size()), balancer_(std::move(balancer)) {
    demand.model = catalogue.find("m");
    demand.prompt = {1'000};
    for (EndpointIndex i = 0; i < hosts.size(); ++i) eligible.push_back(i);
  }

  EndpointIndex pick() {
    const Situation situation{demand, {}, in_flight, now, ++seed_};
    return balancer_->pick(eligible, situation, catalogue, Dice(situation.seed));
  }
  std::vector<double> shares(int times) {
    std::vector<double> result(catalogue.endpoints().size());
    for (int i = 0; i < times; ++i) result[pick()] += 1.0 / times;
    return result;
  }
  // The host answers, its first token after `ttft`, all of it after `total`.
  void answers(EndpointIndex host, config::Duration ttft, std::int64_t output = 400,
               config::Duration total = 10s) {
    Attempt attempt = begun(host);
    attempt.first_delta = attempt.first_visible = ttft;
    attempt.finished = total;
    attempt.usage = Usage{.prompt = demand.prompt, .output = {output}};
    balancer_->first_token(host, ttft, now);
    balancer_->ended(attempt, demand, now);
  }
  void fails(EndpointIndex host, FailureKind kind, config::Duration after = 1s) {
    Attempt attempt = begun(host);
    attempt.finished = after;
    attempt.failure = Failure{.kind = kind, .progress = Progress::request_sent};
    balancer_->ended(attempt, demand, now);
  }
  void sent(EndpointIndex host) { balancer_->dispatched(host, now); }

  Catalogue catalogue;
  InFlight in_flight;
  Demand demand;
  std::vector<EndpointIndex> eligible;
  config::TimePoint now = config::TimePoint{} + 1h;

 private:
  Attempt begun(EndpointIndex host) {
    balancer_->dispatched(host, now);
    return {.endpoint = host, .generation = 1, .dispatched = now};
  }

  std::unique_ptr<Balancer> balancer_;
  std::uint64_t seed_ = 0;
};

Table plain(Way way, std::vector<support::Host> hosts) {
  return Table(std::make_unique<PlainBalancer>(way), std::move(hosts));
}

const std::vector<support::Host> three{{.name = "a"}, {.name = "b"}, {.name = "c"}};

}  // namespace

TEST_CASE("random asks all alike, round robin one after the other, and only those that may be asked") {
  Table random = plain(Way::random, three);
  for (const double share : random.shares(6'000)) CHECK(share == support::close(1.0 / 3, 0.07));
  Table round = plain(Way::round_robin, three);
  std::vector<EndpointIndex> order;
  for (int i = 0; i < 6; ++i) order.push_back(round.pick());
  CHECK(order == std::vector<EndpointIndex>{0, 1, 2, 0, 1, 2});
  for (Table* table : {&random, &round}) {
    table->eligible = {0, 2};
    const std::vector<double> shares = table->shares(100);
    CHECK(shares[1] == 0);
    CHECK(shares[0] > 0.3);
    CHECK(shares[2] > 0.3);
  }
}

TEST_CASE("the cheapest host depends on how long the prompt is, and on how long answers have been") {
  Table table = plain(Way::cheapest, {{.name = "reads", .input_price = 0.1, .output_price = 4},
                                      {.name = "writes", .input_price = 1, .output_price = 1}});
  table.demand.prompt = {10'000};
  CHECK(table.pick() == 0);
  table.demand.prompt = {100};
  CHECK(table.pick() == 1);
  // 1,000 tokens in cost 0.0009 $ more at the second one: 300 tokens out and more make up for it.
  table.demand.prompt = {1'000};
  CHECK(table.pick() == 1);
  for (int i = 0; i < 300; ++i) table.answers(0, 1s, 10);
  CHECK(table.pick() == 0);
}

TEST_CASE("what failed says nothing about how long answers are") {
  Table table = plain(Way::cheapest, {{.name = "reads", .input_price = 0.1, .output_price = 4},
                                      {.name = "writes", .input_price = 1, .output_price = 1}});
  for (int i = 0; i < 300; ++i) table.fails(0, FailureKind::broken_stream);
  CHECK(table.pick() == 1);
}

TEST_CASE("a draw by the inverse square of the price gives half the price four times the share") {
  Table table = plain(Way::inverse_square, {{.name = "half", .input_price = 1, .output_price = 1},
                                            {.name = "whole", .input_price = 2, .output_price = 2}});
  CHECK(table.shares(20'000)[0] == support::close(0.8, 0.02));
  // A host that costs nothing gets everything, and nothing breaks.
  Table free =
      plain(Way::inverse_square, {{.name = "paid"}, {.name = "free", .input_price = 0, .output_price = 0}});
  CHECK(free.shares(1'000)[1] == support::close(1));
}

TEST_CASE("a draw by weight never takes one of weight zero, unless all are") {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const std::vector<double> weights{0, 2, 0, 1, 0};
    const std::size_t drawn = drawn_by_weight(weights, Dice(seed));
    CHECK((drawn == 1 || drawn == 3));
    CHECK(drawn_by_weight(std::vector<double>{0, 0}, Dice(seed)) == 0);
  }
}

TEST_CASE("LiteLLM tries everybody once and then asks the lowest mean of the last ten first tokens") {
  Table table(std::make_unique<LiteLlmBalancer>(3), three);
  table.answers(0, 1s);
  table.answers(1, 2s);
  CHECK(table.shares(20)[2] == support::close(1));
  table.answers(2, 3s);
  CHECK(table.shares(20)[0] == support::close(1));
  for (int i = 0; i < 10; ++i) table.answers(0, 5s);
  CHECK(table.shares(20)[1] == support::close(1));
  SUBCASE("samples are forgotten after an hour") {
    table.now += 61min;
    for (const double share : table.shares(3'000)) CHECK(share == support::close(1.0 / 3, 0.1));
  }
  SUBCASE("hosts that are equally fast share") {
    for (int i = 0; i < 10; ++i) table.answers(0, 2s);
    CHECK(table.shares(2'000)[0] == support::close(0.5, 0.1));
  }
  SUBCASE("a timeout counts a thousand seconds") {
    table.fails(1, FailureKind::first_token_timeout);
    table.now += 6s;
    CHECK(table.shares(20)[2] == support::close(1));
  }
}

TEST_CASE(
    "LiteLLM leaves a host alone for five seconds after a 429, or when most of a minute's requests failed") {
  Table table(std::make_unique<LiteLlmBalancer>(2), {{.name = "a"}, {.name = "b"}});
  table.answers(0, 1s);
  table.answers(1, 2s);
  SUBCASE("a 429 at once") {
    table.fails(0, FailureKind::rate_limited);
    CHECK(table.pick() == 1);
    table.now += 5s;
    CHECK(table.pick() == 0);
  }
  SUBCASE("a 500 only together with others") {
    for (int i = 0; i < 3; ++i) {
      CHECK(table.pick() == 0);
      table.fails(0, FailureKind::server_error);
    }
    table.fails(0, FailureKind::server_error);  // four of five
    CHECK(table.pick() == 1);
    table.eligible = {0};
    CHECK(table.pick() == 0);
  }
}

TEST_CASE("Peak-EWMA jumps to a slow reply at once and comes back slowly") {
  Table table(std::make_unique<PeakEwmaBalancer>(helicone_peak_ewma, 2), {{.name = "a"}, {.name = "b"}});
  table.answers(0, 1s);
  table.answers(1, 2s);
  CHECK(table.pick() == 0);
  table.answers(0, 6s);
  CHECK(table.pick() == 1);
  // 30 s are one time constant: 6 s have become 2.2, and 2 s 0.7, which three requests under way make 2.9.
  table.now += 30s;
  CHECK(table.pick() == 1);
  for (int i = 0; i < 3; ++i) table.sent(1);
  CHECK(table.pick() == 0);
}

TEST_CASE(
    "Helicone's way takes no more from a host of which a tenth failed, tower's counts failures like "
    "replies") {
  Table strict(std::make_unique<PeakEwmaBalancer>(helicone_peak_ewma, 2), {{.name = "a"}, {.name = "b"}});
  strict.answers(1, 5s);
  for (int i = 0; i < 30; ++i) strict.answers(0, 1s);
  CHECK(strict.pick() == 0);
  for (int i = 0; i < 4; ++i) strict.fails(0, FailureKind::server_error);
  CHECK(strict.pick() == 1);
  strict.now += 5min;
  CHECK(strict.pick() == 0);

  Table lenient(std::make_unique<PeakEwmaBalancer>(tower_peak_ewma, 2), {{.name = "a"}, {.name = "b"}});
  lenient.answers(0, 1s);
  lenient.answers(1, 2s);
  for (int i = 0; i < 30; ++i) lenient.fails(0, FailureKind::server_error, 10ms);
  CHECK(lenient.pick() == 0);
  lenient.fails(0, FailureKind::server_error, 9s);
  CHECK(lenient.pick() == 1);
}

TEST_CASE("two random choices leave out only the worst") {
  Table table(std::make_unique<PeakEwmaBalancer>(tower_peak_ewma, 3), three);
  table.answers(0, 1s);
  table.answers(1, 2s);
  table.answers(2, 3s);
  const std::vector<double> shares = table.shares(6'000);
  CHECK(shares[0] == support::close(2.0 / 3, 0.05));
  CHECK(shares[1] == support::close(1.0 / 3, 0.07));
  CHECK(shares[2] == 0);
}

TEST_CASE(
    "OpenRouter's way of 2026 weighs price against speed, raises prices by failures and always explores") {
  const std::vector<support::Host> hosts{{.name = "cheap", .output_price = 2},
                                         {.name = "dear", .output_price = 3}};
  Table table(std::make_unique<OpenRouterBalancer>(2), hosts);
  const double at_first = table.shares(8'000)[1];
  // 8 % are drawn alike, half of them go there.
  CHECK(at_first >= 0.04);
  CHECK(at_first < 0.45);
  SUBCASE("a fast host is worth a higher price") {
    for (int i = 0; i < 5; ++i) {
      table.answers(0, 1s, 400, 40s);
      table.answers(1, 1s, 400, 4s);
    }
    CHECK(table.shares(4'000)[1] > 0.5);
  }
  SUBCASE("a host that fails is dearer") {
    for (int i = 0; i < 5; ++i) table.fails(0, FailureKind::server_error);
    CHECK(table.shares(4'000)[1] > 0.5);
    CHECK(table.shares(4'000)[0] > 0.02);
  }
  SUBCASE("a client that leaves is nobody's failure") {
    for (int i = 0; i < 5; ++i) table.fails(0, FailureKind::client_left);
    CHECK(table.shares(8'000)[1] == support::close(at_first, 0.15));
  }
}

TEST_CASE("a baseline asks whom the request fits, nobody twice, and waits for those who asked for a pause") {
  std::vector<support::Host> hosts{{.name = "short", .context = 1'500}, {.name = "long"}};
  auto catalogue = std::make_shared<const Catalogue>(support::settings_of(hosts), 1);
  Baseline baseline(std::make_unique<PlainBalancer>(Way::round_robin), catalogue, {});
  const InFlight in_flight(2);
  const config::TimePoint now = config::TimePoint{} + 1h;
  Demand demand;
  demand.model = catalogue->find("m");
  demand.prompt = {2'000};
  demand.admitted = now;
  demand.deadline = now + 60s;
  std::vector<Attempt> tried;
  const auto turn = [&](config::TimePoint at) { return baseline.choose({demand, tried, in_flight, at, 1}); };
  for (int i = 0; i < 3; ++i) CHECK(std::get<Ask>(turn(now)).endpoint == 1);

  demand.prompt = {1'000};
  tried = {{.endpoint = 1}};
  for (int i = 0; i < 3; ++i) CHECK(std::get<Ask>(turn(now)).endpoint == 0);
  tried = {{.endpoint = 0}, {.endpoint = 1}};
  CHECK(std::holds_alternative<Nobody>(turn(now)));

  tried.clear();
  for (EndpointIndex i = 0; i < 2; ++i) {
    baseline.ended(
        {.endpoint = i,
         .failure = Failure{.kind = FailureKind::rate_limited, .retry_after = std::chrono::seconds(2 + i)}},
        demand, now);
  }
  CHECK(std::get<Nobody>(turn(now)).back_at == now + 2s);
  CHECK(std::get<Ask>(turn(now + 2s)).endpoint == 0);
  // Longer than a request waits.
  tried = {{.endpoint = 0}};
  baseline.ended({.endpoint = 1, .failure = Failure{.kind = FailureKind::rate_limited, .retry_after = 30s}},
                 demand, now);
  CHECK(std::holds_alternative<Nobody>(turn(now)));
}
