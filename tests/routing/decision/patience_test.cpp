#include "routing/decision/patience.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace std::chrono_literals;
using routing::longest_generation;
using routing::longest_silence;

namespace {

// An endpoint that makes 50 tokens a second.
struct Reply {
  config::EndpointSettings settings;
  routing::Endpoint endpoint{.settings = &settings};
  routing::Demand demand;
  routing::Prediction prediction{.throughput = 50};

  std::optional<config::Duration> longest() const { return longest_generation(prediction, endpoint, demand); }
};

}  // namespace

TEST_CASE("the longest reply is as long as the request allows, at half the speed") {
  Reply reply;
  reply.demand.max_output = config::Tokens{1'000};
  CHECK(reply.longest() == 40s);
}

TEST_CASE("the longest reply is no longer than what the endpoint can give") {
  Reply reply;
  reply.demand.max_output = config::Tokens{1'000};
  reply.settings.max_output = config::Tokens{500};
  CHECK(reply.longest() == 20s);
  reply.demand.max_output.reset();
  CHECK(reply.longest() == 20s);
}

TEST_CASE("an endpoint whose speed varies is given more time") {
  Reply reply;
  reply.demand.max_output = config::Tokens{1'000};
  reply.prediction.throughput_log_sd = 0.5;
  CHECK(*reply.longest() > 108s);
  CHECK(*reply.longest() < 109s);
}

TEST_CASE("without a length or a speed there is no longest reply") {
  Reply reply;
  CHECK(!reply.longest());
  reply.demand.max_output = config::Tokens{1'000};
  reply.prediction.throughput = 0;
  CHECK(!reply.longest());
  reply.prediction.throughput = std::numeric_limits<double>::quiet_NaN();
  CHECK(!reply.longest());
}

namespace {

// A whole reply of a model that is known: 500 tokens at 50 a second, after 2 s, nothing of it sure but the
// length.
struct Asked : Reply {
  config::ProviderSettings provider;
  routing::Policy policy;
  routing::Decision decision;
  routing::Attempts earlier;

  Asked() {
    endpoint.provider = &provider;
    prediction.first_delta = 2;
    prediction.expected_output = 500;
    decision.chosen = 0;
    decision.length = {.output = 500, .reasoning = 0, .log_output = std::log(500), .replies = 1e6};
    decision.order = {0, 1};
  }
  double seconds() {
    decision.verdicts = {{.endpoint = 1}, {.endpoint = 0, .prediction = prediction}};
    return config::Seconds(longest_silence(endpoint, demand, &decision, policy, earlier)).count();
  }
  void failed_by(routing::FailureKind kind) {
    earlier.push_back({.failure = routing::Failure{.kind = kind, .progress = {}}});
  }
};

}  // namespace

TEST_CASE("a stream's host may be silent until the limit on the first token, whoever predicts what") {
  Asked asked;
  asked.demand.delivery = routing::Delivery::streamed;
  CHECK(asked.seconds() == 120);
  CHECK(longest_silence(asked.endpoint, asked.demand, nullptr, asked.policy, {}) == 120s);
  asked.provider.limits.first_token_timeout = 7s;
  CHECK(asked.seconds() == 7);
}

TEST_CASE("a stream's host that is known is waited for as long as its first tokens take, in bounds") {
  Asked asked;
  asked.demand.delivery = routing::Delivery::streamed;
  asked.prediction.first_delta = 4;
  asked.prediction.first_delta_log_sd = 0.5;
  CHECK(asked.seconds() == support::close(4 * std::exp(3.72 * 0.5), 0.01));
  // A larger prompt takes longer there.
  asked.prediction.first_delta = 10;
  CHECK(asked.seconds() == support::close(10 * std::exp(3.72 * 0.5), 0.01));
  asked.prediction.first_delta = 0.2;
  CHECK(asked.seconds() == 10);
  asked.failed_by(routing::FailureKind::first_token_timeout);
  CHECK(asked.seconds() == 40);
  asked.earlier.clear();
  asked.decision.order = {0};
  CHECK(asked.seconds() == 40);
  asked.decision.order = {0, 1};
  SUBCASE("one of which little is known") {
    asked.prediction.ttft_level_sd = 0.3;
  }
  SUBCASE("one that thinks") {
    asked.settings.features.set(static_cast<std::size_t>(config::Feature::reasoning));
  }
  SUBCASE("one that takes as long as it may") {
    asked.prediction.first_delta = 60;
  }
  CHECK(asked.seconds() == 120);
}

TEST_CASE("a host that may think first is waited for as long as others were that were to think as much") {
  Asked asked;
  asked.demand.delivery = routing::Delivery::streamed;
  asked.demand.prompt = {1'000};
  asked.settings.features.set(static_cast<std::size_t>(config::Feature::reasoning));
  routing::EndpointState state;
  const double line = state.speed.prompt.seconds(1);
  for (int i = 0; i < 100; ++i) {
    state.first_tokens.observe(routing::Effort::off, line, i % 2 ? 0.4 : 0.6);
    state.first_tokens.observe(routing::Effort::medium, line, i % 2 ? 8 : 12);
  }
  const auto seconds = [&](routing::Effort effort) {
    asked.demand.effort = effort;
    asked.seconds();
    return config::Seconds(longest_silence(asked.endpoint, asked.demand, &asked.decision, asked.policy,
                                           asked.earlier, &state))
        .count();
  };
  CHECK(seconds(routing::Effort::off) == 10);
  CHECK(seconds(routing::Effort::medium) > 24);
  CHECK(seconds(routing::Effort::medium) < 120);
  CHECK(seconds(routing::Effort::low) == seconds(routing::Effort::medium));
  CHECK(seconds(routing::Effort::high) == 120);
  asked.failed_by(routing::FailureKind::first_token_timeout);
  CHECK(seconds(routing::Effort::off) == 40);
}

TEST_CASE("a host that may think, and whose replies begin at once, is not waited for without a head") {
  Asked asked;
  asked.demand.delivery = routing::Delivery::streamed;
  asked.demand.prompt = {1'000};
  asked.settings.features.set(static_cast<std::size_t>(config::Feature::reasoning));
  routing::EndpointState state;
  const auto limit = [&] {
    asked.seconds();
    return routing::longest_without_head(asked.endpoint, asked.demand, asked.decision, asked.policy,
                                         asked.earlier, state);
  };
  using routing::Effort;
  for (int i = 0; i < 29; ++i) state.heads.observe(Effort::medium, 0.4);
  asked.demand.effort = Effort::medium;
  CHECK_FALSE(limit());
  state.heads.observe(Effort::medium, 0.4);
  CHECK(limit() == 15s);
  asked.failed_by(routing::FailureKind::first_token_timeout);
  CHECK(limit() == 60s);
  asked.earlier.clear();
  // Whoever is asked to think more may send its head later.
  asked.demand.effort = Effort::high;
  CHECK_FALSE(limit());
  // Who sends its head with its first token is given as long as that takes.
  for (int i = 0; i < 40; ++i) state.heads.observe(Effort::high, 60);
  CHECK(*limit() > 120s);
  asked.demand.delivery = routing::Delivery::whole;
  CHECK_FALSE(limit());
  asked.demand.delivery = routing::Delivery::streamed;
  asked.settings.features.reset();
  CHECK_FALSE(limit());
}

TEST_CASE("a host that may have forgotten a prompt is given the time to read it anew") {
  Asked asked;
  asked.demand.delivery = routing::Delivery::streamed;
  asked.prediction.first_delta = 2;
  asked.prediction.first_delta_log_sd = 0.5;
  asked.prediction.cache_hit = 0.75;
  CHECK(asked.seconds() == support::close(8 * std::exp(3.72 * 0.5), 0.01));
  for (const double all_but_nothing : {0.999, 1.0}) {
    asked.prediction.cache_hit = all_but_nothing;
    CHECK(asked.seconds() == 120);
  }
}

TEST_CASE("a whole reply's host may be silent for as long as one answer in a thousand takes") {
  Asked asked;
  // Lengths are never believed to vary by less than half: exp(3.09 * 0.5 - 0.125) = 4.14 times the mean.
  CHECK(asked.seconds() == support::close(2 + 41.4, 0.01));
  asked.prediction.first_delta_log_sd = 0.5;
  CHECK(asked.seconds() == support::close(9.38 + 41.4, 0.01));
  asked.prediction.throughput_log_sd = 0.5;
  CHECK(asked.seconds() == support::close(9.38 + 78.5, 0.01));
  asked.decision.length.log_output -= 0.5;  // the mean of a log-normal whose logarithm varies by 1
  CHECK(asked.seconds() == support::close(9.38 + 192, 0.01));
}

TEST_CASE("a model nobody knows may take longer, and much longer where it can think") {
  Asked asked;
  asked.decision.length = {};
  asked.prediction.expected_output = 400;
  // As if the logarithms of lengths varied by 1.
  CHECK(asked.seconds() == support::close(2 + 8 * 13.3, 0.01));
  asked.settings.features.set(static_cast<std::size_t>(config::Feature::reasoning));
  CHECK(asked.seconds() == support::close(120 + 8 * 13.3, 0.01));
  asked.decision.length.replies = 4;
  CHECK(asked.seconds() == support::close(2 + 8 * 65.4, 0.01));
}

TEST_CASE("a request that outwaited a host, or has nobody left to ask, waits four times as long") {
  Asked asked;
  const double once = asked.seconds();
  asked.failed_by(routing::FailureKind::server_error);
  CHECK(asked.seconds() == once);
  asked.failed_by(routing::FailureKind::first_token_timeout);
  CHECK(asked.seconds() == support::close(4 * once));
  asked.failed_by(routing::FailureKind::first_token_timeout);
  CHECK(asked.seconds() == support::close(64 * once));  // the fourth attempt is the last one, too
  asked.earlier.clear();
  asked.decision.order = {0};
  CHECK(asked.seconds() == support::close(4 * once));
  asked.decision.order = {0, 1};
  asked.policy.attempts = 1;
  CHECK(asked.seconds() == support::close(4 * once));
}

TEST_CASE("a long answer is waited for although all before it were short, as far as it may be long") {
  Asked asked;
  asked.prediction.first_delta = 0.1;
  asked.prediction.throughput = 50;
  asked.prediction.expected_output = 10;
  asked.decision.length = {.output = 10, .reasoning = 0, .log_output = std::log(10), .replies = 1e6};
  CHECK(asked.seconds() == support::close(0.1 + 25, 0.01));
  asked.demand.max_output = config::Tokens{600};
  CHECK(asked.seconds() == support::close(0.1 + 12, 0.01));
  asked.demand.max_output = config::Tokens{20};
  CHECK(asked.seconds() == 10);
}

TEST_CASE("a fast host is not left for a stumble") {
  Asked asked;
  asked.prediction.first_delta = 0.001;
  asked.prediction.throughput = 100'000;
  CHECK(asked.seconds() == 10);
  asked.provider.limits.first_token_timeout = 1s;
  CHECK(asked.seconds() == 1);
}

TEST_CASE("nobody waits longer than for the first token and the longest answer that is allowed") {
  Asked asked;
  asked.demand.max_output = config::Tokens{10};
  asked.decision.order = {0};
  CHECK(asked.seconds() == support::close(120.4));
  asked.provider.limits.first_token_timeout = 3s;
  CHECK(asked.seconds() == support::close(3.4));
}

TEST_CASE("where nothing is predicted, or nonsense, only the deadline ends the wait for a whole reply") {
  Asked asked;
  CHECK(longest_silence(asked.endpoint, asked.demand, nullptr, asked.policy, {}) == 24h);
  asked.prediction.throughput = 0;
  CHECK(asked.seconds() == 86'400);
  asked.prediction.throughput = std::numeric_limits<double>::quiet_NaN();
  CHECK(asked.seconds() == 86'400);
}

TEST_CASE("lengths are believed to vary as they did, between half and twofold, as soon as there are some") {
  Asked asked;
  const auto late = [&](double variance, double replies) {
    asked.decision.length = {
        .output = 500, .reasoning = 0, .log_output = std::log(500) - variance / 2, .replies = replies};
    return asked.seconds() - 2;
  };
  const auto expected = [](double variance) {
    const double sd = std::sqrt(variance);
    return 10 * std::exp(3.09 * sd - 0.5 * variance);
  };
  CHECK(late(2, 12) == support::close(expected((4 + 24) / 16.0), 1e-6));
  CHECK(late(2, 4) == support::close(expected((4 + 8) / 8.0), 1e-6));
  CHECK(late(-1, 12) == support::close(expected(4 / 16.0), 1e-6));
  CHECK(late(9, 1e6) == support::close(expected(4), 1e-6));
  CHECK(late(2, -3) == support::close(expected(1), 1e-6));
}

TEST_CASE("an answer may take up to a day") {
  Reply reply;
  reply.prediction.throughput = 1;
  reply.demand.max_output = config::Tokens{43'199};
  CHECK(reply.longest() == 86'398s);
  reply.demand.max_output = config::Tokens{43'200};
  CHECK(!reply.longest());
}
