#include "routing/decision/retry.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "routing/decision/retry_budget.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint start = config::TimePoint{} + 1h;

Attempts failed(FailureKind kind, Progress progress, std::size_t times = 1) {
  Attempts attempts;
  for (std::size_t i = 0; i < times; ++i) {
    attempts.push_back({.endpoint = static_cast<EndpointIndex>(i),
                        .dispatched = start,
                        .failure = Failure{.kind = kind, .progress = progress}});
  }
  return attempts;
}

NextStep next(const Attempts& attempts, config::Duration left = 60s, double draw = 0.5, int allowed = 4) {
  Demand demand;
  demand.deadline = start + left;
  Policy policy;
  policy.attempts = allowed;
  return after_failure(attempts, demand, policy, start, draw);
}

}  // namespace

TEST_CASE("a failure is retried elsewhere or not at all by its kind and by how far the attempt came") {
  enum class Then { nowhere, elsewhere };
  struct Case {
    FailureKind kind;
    Progress progress;
    Then then;
  };
  using K = FailureKind;
  using P = Progress;
  const Case cases[] = {
      {K::resolve, P::nothing_sent, Then::elsewhere},
      {K::connect, P::nothing_sent, Then::elsewhere},
      {K::tls, P::nothing_sent, Then::elsewhere},
      {K::reset_before_reply, P::nothing_sent, Then::elsewhere},
      {K::reset_before_reply, P::request_sent, Then::elsewhere},
      {K::first_token_timeout, P::request_sent, Then::elsewhere},
      {K::rate_limited, P::request_sent, Then::elsewhere},
      {K::overloaded, P::request_sent, Then::elsewhere},
      {K::server_error, P::request_sent, Then::elsewhere},
      {K::bad_reply, P::request_sent, Then::elsewhere},
      {K::empty_reply, P::request_sent, Then::elsewhere},
      {K::error_in_reply, P::request_sent, Then::elsewhere},
      {K::broken_stream, P::request_sent, Then::elsewhere},
      {K::credential, P::request_sent, Then::elsewhere},
      {K::missing_model, P::request_sent, Then::elsewhere},
      {K::local, P::nothing_sent, Then::elsewhere},
      {K::rejected, P::request_sent, Then::nowhere},
      {K::client_left, P::request_sent, Then::nowhere},
      {K::client_left, P::nothing_sent, Then::nowhere},
      {K::deadline, P::request_sent, Then::nowhere},
      {K::broken_stream, P::client_has_bytes, Then::nowhere},
      {K::stalled_stream, P::client_has_bytes, Then::nowhere},
      {K::error_in_reply, P::client_has_bytes, Then::nowhere},
  };
  for (const Case& c : cases) {
    CAPTURE(static_cast<int>(c.kind));
    CAPTURE(static_cast<int>(c.progress));
    const NextStep step = next(failed(c.kind, c.progress));
    const auto* retry = std::get_if<RetryAt>(&step);
    CHECK((retry != nullptr) == (c.then != Then::nowhere));
    if (!retry) CHECK(!std::get<GiveUp>(step).because.empty());
  }
}

TEST_CASE("there are as many attempts as the policy says, and always the first") {
  const auto gives_up = [](std::size_t times, int allowed) {
    return std::holds_alternative<GiveUp>(
        next(failed(FailureKind::connect, Progress::nothing_sent, times), 60s, 0, allowed));
  };
  CHECK(!gives_up(3, 4));
  CHECK(gives_up(4, 4));
  CHECK(!gives_up(4, 9));
  CHECK(!gives_up(8, 9));
  CHECK(gives_up(9, 9));
  CHECK(gives_up(2, 2));
  CHECK(gives_up(1, 1));
  CHECK(gives_up(1, 0));
}

TEST_CASE("a retry comes anywhere up to a limit that doubles with each attempt, never beyond the deadline") {
  const auto wait = [](std::size_t times, double draw) {
    return std::get<RetryAt>(
               next(failed(FailureKind::server_error, Progress::request_sent, times), 60s, draw))
               .time -
           start;
  };
  CHECK(wait(1, 0) == 0ms);
  CHECK(wait(1, 0.5) == 0ms);
  CHECK(wait(2, 0.5) == 25ms);
  CHECK(wait(3, 0.5) == 50ms);
  CHECK(std::holds_alternative<GiveUp>(next(failed(FailureKind::connect, Progress::nothing_sent, 2), 25ms)));
  CHECK(std::holds_alternative<RetryAt>(next(failed(FailureKind::connect, Progress::nothing_sent, 2), 26ms)));
}

TEST_CASE("a quiet gateway may pay five retries in ten seconds, and one host's failures half of them") {
  const config::RetrySettings settings{.per_host = 1};
  RetryBudget budget;
  int taken = 0;
  for (int i = 0; i < 20; ++i) taken += budget.take(1, settings, start) ? 1 : 0;
  CHECK(taken == 5);
  CHECK(!budget.take(1, settings, start + 1s));
  CHECK(budget.take(1, settings, start + 2s));
  taken = 0;
  for (int i = 0; i < 20; ++i) taken += budget.take(1, settings, start + 1h) ? 1 : 0;
  CHECK(taken == 5);

  RetryBudget shared;
  taken = 0;
  for (int i = 0; i < 20; ++i) taken += shared.take(1, {}, start) ? 1 : 0;
  CHECK(taken == 2);
  CHECK(shared.take(2, {}, start));
}

TEST_CASE("with all hosts failing, paid retries stay at a fifth of the requests and five per ten seconds") {
  const config::RetrySettings settings{.per_host = 1};
  RetryBudget budget;
  RetryCounter counter;
  int retries = 0;
  for (int i = 0; i < 6'000; ++i) {  // a minute at a hundred requests per second
    const config::TimePoint now = start + i * 10ms;
    counter.count_request(budget, settings, now);
    for (int attempt = 0; attempt < 3; ++attempt) retries += counter.take(budget, 1, settings, now) ? 1 : 0;
  }
  CHECK(retries > 1'100);
  CHECK(retries <= 6'000 / 5 + 35 + 5);
}

TEST_CASE("the first attempt at another host that is believed healthy is free, any other one is paid") {
  Decision decision;
  decision.chosen = 1;
  std::vector<Attempt> tried{{.endpoint = 0, .generation = 3}};
  CHECK(retry_price(decision, tried, 3) == RetryPrice::free);
  tried.push_back({.endpoint = 1, .generation = 3});
  CHECK(retry_price(decision, tried, 3) == RetryPrice::paid);
  decision.chosen = 2;
  CHECK(retry_price(decision, tried, 3) == RetryPrice::free);
  decision.reason = Reason::panic;
  CHECK(retry_price(decision, tried, 3) == RetryPrice::paid);
}
