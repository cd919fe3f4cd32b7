#include "providers/host/rate_limits_of.hpp"

#include <doctest/doctest.h>

#include <vector>

using providers::Field;
using providers::Fields;
using providers::RateLimits;
using namespace std::chrono_literals;

namespace {

// 2026-11-28 16:00:00 UTC.
const config::WallTime now{std::chrono::seconds(1'795'881'600)};

RateLimits of(const std::vector<Field>& all) {
  Fields fields;
  for (const Field& each : all) REQUIRE(fields.add(each));
  return rate_limits_of(fields, now);
}

}  // namespace

TEST_CASE("OpenAI's and Groq's fields say what is left, and when it is whole again") {
  const RateLimits limits = of({{"X-RateLimit-Limit-Requests", "500"},
                                {"x-ratelimit-limit-tokens", "30000"},
                                {"x-ratelimit-remaining-requests", "499"},
                                {"x-ratelimit-remaining-tokens", "12000"},
                                {"x-ratelimit-reset-requests", "120ms"},
                                {"x-ratelimit-reset-tokens", "6m0s"}});
  REQUIRE(limits.requests);
  CHECK(limits.requests->limit == 500);
  CHECK(limits.requests->remaining == 499);
  CHECK(limits.requests->resets_in == 120ms);
  REQUIRE(limits.tokens);
  CHECK(limits.tokens->remaining == 12'000);
  CHECK(limits.tokens->resets_in == 6min);
}

TEST_CASE("Anthropic's fields name a moment") {
  const RateLimits limits = of({{"anthropic-ratelimit-requests-limit", "50"},
                                {"anthropic-ratelimit-requests-remaining", "0"},
                                {"anthropic-ratelimit-requests-reset", "2026-11-28T16:00:07Z"}});
  REQUIRE(limits.requests);
  CHECK(limits.requests->remaining == 0);
  CHECK(limits.requests->resets_in == 7s);
  CHECK(!limits.tokens);
}

TEST_CASE("of several windows the tightest counts") {
  const RateLimits limits = of({{"x-ratelimit-limit-requests-day", "1000"},
                                {"x-ratelimit-remaining-requests-day", "10"},
                                {"x-ratelimit-reset-requests-day", "33011.38"},
                                {"x-ratelimit-limit-requests-minute", "30"},
                                {"x-ratelimit-remaining-requests-minute", "29"},
                                {"x-ratelimit-reset-requests-minute", "11.38"}});
  REQUIRE(limits.requests);
  CHECK(limits.requests->limit == 1'000);
}

TEST_CASE("what is garbage or half said counts as nothing said") {
  for (const std::vector<Field>& fields : std::vector<std::vector<Field>>{
           {},
           {{"x-ratelimit-limit-requests", "500"}, {"x-ratelimit-remaining-requests", "1"}},
           {{"x-ratelimit-limit-requests", "-5"},
            {"x-ratelimit-remaining-requests", "1"},
            {"x-ratelimit-reset-requests", "1s"}},
           {{"x-ratelimit-limit-requests", "1e999"},
            {"x-ratelimit-remaining-requests", "1"},
            {"x-ratelimit-reset-requests", "1s"}},
           {{"x-ratelimit-limit-requests", "5"},
            {"x-ratelimit-remaining-requests", "1"},
            {"x-ratelimit-reset-requests", "soon"}},
           {{"anthropic-ratelimit-requests-limit", "5"},
            {"anthropic-ratelimit-requests-remaining", "1"},
            {"anthropic-ratelimit-requests-reset", "2020-01-01T00:00:00Z"}}}) {
    CHECK(!of(fields).requests);
  }
}
