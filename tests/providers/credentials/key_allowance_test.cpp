#include "providers/credentials/key_allowance.hpp"

#include <doctest/doctest.h>

#include <random>

#include "providers/credentials/key_health.hpp"
#include "tests/support/close.hpp"

using config::Period;
using providers::KeyAllowance;
using providers::KeyHealth;
using providers::KeyNeeds;
using providers::KeyPermit;
using providers::RollingSum;
using namespace std::chrono_literals;

// As tests/support/allocations.hpp counts them, which another test of this program includes.
namespace support {
inline thread_local long allocations = 0;
}

namespace {

const config::TimePoint start{std::chrono::hours(1000)};

std::optional<std::int64_t>& of(config::PerPeriod& limits, Period period) {
  return limits[static_cast<std::size_t>(period)];
}

config::ProviderLimits requests(std::int64_t a_minute) {
  config::ProviderLimits limits;
  of(limits.each_key.requests, Period::minute) = a_minute;
  return limits;
}

// An attempt that is over as soon as it was sent.
bool asks(KeyAllowance& allowance, config::TimePoint now, KeyNeeds needs = {}, std::int64_t tokens = 0) {
  KeyPermit permit;
  if (!permit.begin(allowance, nullptr, needs, now)) return false;
  permit.arrived({}, now);
  permit.ends(KeyPermit::Sent::yes, tokens, now);
  return true;
}

}  // namespace

TEST_CASE("what is counted is forgotten after its window, and not before") {
  RollingSum sum(60s);
  sum.add(3, start);
  sum.add(4, start + 30s);
  CHECK(sum.sum(start + 59'999ms) == 7);
  CHECK(sum.sum(start + 62s) == 4);
  CHECK(sum.until_gone(1, start + 62s) > 28s);
  CHECK(sum.until_gone(1, start + 62s) <= 30s);
  CHECK(sum.sum(start + 5min) == 0);
  CHECK(sum.until_gone(0, start + 5min) == 0s);
}

TEST_CASE("no window of a minute, wherever it begins, ever holds more than its limit") {
  constexpr std::int64_t most = 10;
  KeyAllowance allowance(requests(most), 1);
  std::mt19937_64 random(1);
  std::vector<config::TimePoint> sent;
  config::TimePoint now = start;
  while (now < start + 10min) {
    now += std::chrono::milliseconds(random() % 2'000);
    if (asks(allowance, now)) sent.push_back(now);
  }
  for (std::size_t i = 0; i + most < sent.size(); ++i) CHECK(sent[i + most] - sent[i] >= 60s);
  // Nearly all of what the host would take is used.
  CHECK(sent.size() >= 95);
}

TEST_CASE("what is under way is set aside, and only what was used counts when it has ended") {
  config::ProviderLimits limits;
  of(limits.each_key.tokens, Period::minute) = 1'000;
  KeyAllowance allowance(limits, 1);
  KeyPermit first, second, third;
  REQUIRE(first.begin(allowance, nullptr, {.tokens = 600}, start));
  CHECK(!second.begin(allowance, nullptr, {.tokens = 500}, start));
  CHECK(allowance.room({.tokens = 500}, start).wait > 0s);
  first.ends(KeyPermit::Sent::yes, 100, start + 1s);
  CHECK(third.begin(allowance, nullptr, {.tokens = 900}, start + 1s));
  CHECK(allowance.room({.tokens = 0}, start + 1s).left == ::support::within(1e-12, 0));
}

TEST_CASE("what was never sent is given back, and what ended without a word counts") {
  KeyAllowance allowance(requests(1), 1);
  {
    KeyPermit permit;
    REQUIRE(permit.begin(allowance, nullptr, {}, start));
    permit.ends(KeyPermit::Sent::no, 0, start);
  }
  {
    KeyPermit permit;
    REQUIRE(permit.begin(allowance, nullptr, {}, start));
  }
  KeyPermit permit;
  CHECK(!permit.begin(allowance, nullptr, {}, start));
}

TEST_CASE("a long stream counts as one request from its reply on, and not until its end") {
  KeyAllowance allowance(requests(1), 1);
  KeyPermit stream, next;
  REQUIRE(stream.begin(allowance, nullptr, {}, start));
  stream.arrived({}, start + 1s);
  CHECK(!next.begin(allowance, nullptr, {}, start + 30s));
  CHECK(next.begin(allowance, nullptr, {}, start + 63s));
}

TEST_CASE("a full key takes only itself away, and keys take turns until then") {
  KeyAllowance allowance(requests(2), 2);
  std::array<int, 2> of_key{};
  for (int i = 0; i < 4; ++i) {
    KeyPermit permit;
    REQUIRE(permit.begin(allowance, nullptr, {}, start));
    ++of_key[*permit.key()];
    permit.arrived({}, start);
    permit.ends(KeyPermit::Sent::yes, 0, start);
  }
  CHECK(of_key == std::array<int, 2>{2, 2});
  CHECK(!asks(allowance, start));
  CHECK(allowance.room({}, start).wait > 59s);
  CHECK(allowance.room({}, start).wait <= 61s);
}

TEST_CASE("each key has its own limits where they are declared, and the others those of all") {
  config::ProviderLimits limits = requests(1);
  limits.of_keys.resize(2);
  of(limits.of_keys[1].requests, Period::minute) = 3;
  KeyAllowance allowance(limits, 2);
  int answered = 0;
  while (asks(allowance, start)) ++answered;
  CHECK(answered == 4);
}

TEST_CASE("a key that rests is asked with last") {
  KeyAllowance allowance(requests(10), 2);
  KeyHealth health(2);
  CHECK(health.refused(0, 429, 30s, start));
  for (int i = 0; i < 3; ++i) {
    KeyPermit permit;
    REQUIRE(permit.begin(allowance, &health, {}, start));
    CHECK(*permit.key() == 1);
  }
}

TEST_CASE("a refused key is left for another one that has room") {
  KeyAllowance allowance(requests(2), 2);
  KeyHealth health(2);
  KeyPermit permit;
  REQUIRE(permit.begin(allowance, &health, {}, start));
  const std::size_t first = *permit.key();
  (void)health.refused(first, 401, {}, start);
  REQUIRE(permit.moves(start));
  CHECK(*permit.key() != first);
  (void)health.refused(*permit.key(), 401, {}, start);
  permit.ends(KeyPermit::Sent::yes, 0, start);
}

TEST_CASE("requests at the same time are bounded, too") {
  config::ProviderLimits limits;
  limits.each_key.concurrent = 2;
  KeyAllowance allowance(limits, 1);
  KeyPermit a, b, c;
  CHECK(a.begin(allowance, nullptr, {}, start));
  CHECK(b.begin(allowance, nullptr, {}, start));
  CHECK(!c.begin(allowance, nullptr, {}, start));
  a.ends(KeyPermit::Sent::yes, 0, start);
  CHECK(c.begin(allowance, nullptr, {}, start));
}

TEST_CASE("what a host says is left is believed until it would be whole again") {
  KeyAllowance allowance({}, 1);
  CHECK(!allowance.is_limited());
  allowance.learn(0, {.requests = providers::RateLimit{.limit = 100, .remaining = 2, .resets_in = 49s}},
                  start);
  CHECK(allowance.is_limited());
  CHECK(asks(allowance, start));
  CHECK(asks(allowance, start));
  // Two are left again a second later, as 98 in 49 seconds come back.
  CHECK(!asks(allowance, start));
  CHECK(allowance.room({}, start).wait <= 1s);
  CHECK(asks(allowance, start + 1s));
  CHECK(asks(allowance, start + 1s));
  CHECK(!asks(allowance, start + 1s));
  CHECK(allowance.room({}, start + 50s).left == 1);
}

TEST_CASE("no host bars us for longer than a minute by what it says alone") {
  KeyAllowance allowance({}, 1);
  allowance.learn(0, {.tokens = providers::RateLimit{.limit = 100, .remaining = 0, .resets_in = 24h}}, start);
  CHECK(!asks(allowance, start, {.tokens = 50}));
  CHECK(allowance.room({.tokens = 50}, start).wait <= 60s);
  CHECK(asks(allowance, start + 60s, {.tokens = 50}));
}

TEST_CASE("other limits hold from a reload on, and what was used stays") {
  KeyAllowance allowance(requests(2), 1);
  CHECK(asks(allowance, start));
  allowance.adopt(requests(1));
  CHECK(!asks(allowance, start));
  allowance.adopt({});
  CHECK(!allowance.is_limited());
  CHECK(asks(allowance, start));
}

TEST_CASE("an attempt's part of it allocates nothing") {
  KeyAllowance allowance(requests(1'000'000), 3);
  const long before = support::allocations;
  for (int i = 0; i < 1'000; ++i) (void)asks(allowance, start, {.tokens = 100}, 70);
  CHECK(support::allocations == before);
}
