#include "routing/market/dossier.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint now = config::TimePoint{} + 1h;
const AskedFor asked{.prompt = {10'000}, .delivery = Delivery::streamed, .output = 300};
const AskedFor asked_whole{.prompt = {10'000}, .delivery = Delivery::whole, .output = 300};

support::Near about(double value) {
  return support::close(value, 1e-9);
}

void check(const Speed& speed, const Speed& expected) {
  CHECK(speed.prompt.base == about(expected.prompt.base));
  CHECK(speed.prompt.per_kilotoken == about(expected.prompt.per_kilotoken));
  CHECK(speed.ttft.level == support::close(expected.ttft.level, 1e-9));
  CHECK(speed.ttft.slope == about(expected.ttft.slope));
  CHECK(speed.throughput.level == support::close(expected.throughput.level, 1e-9));
  CHECK(speed.throughput.slope == about(expected.throughput.slope));
}

// A stream whose host counted 8,000 tokens of the prompt, 2,000 of them cached: the load that it was.
const Load load{.uncached_kilotokens = 6, .in_flight = 15};
Attempt stream() {
  Attempt attempt{.dispatched = now - 5s,
                  .first_delta = 1s,
                  .first_visible = 1s,
                  .finished = 5s,
                  .deltas = 100,
                  .in_flight = 15};
  attempt.usage = Usage{.prompt = {8'000}, .cached = {2'000}, .output = {121}, .reasoning = {20}};
  return attempt;
}

Attempt cut(FailureKind kind, std::optional<config::Duration> after) {
  return {.dispatched = now - 60s,
          .finished = after,
          .in_flight = 15,
          .failure = Failure{.kind = kind, .progress = Progress::request_sent}};
}

EndpointState after_end(const Attempt& attempt, const AskedFor& asked_for = asked) {
  EndpointState state;
  state.prompt_scale = 0.75;
  state.cache_reliability = 0.5;
  Dossier dossier;
  dossier.learn_end(state, attempt, asked_for, now);
  return state;
}

}  // namespace

TEST_CASE("a stream teaches the wait for its uncached prompt at that load, and the rate of what it showed") {
  Speed expected;
  expected.observe_first_delta(load, 1s);
  expected.observe_stream(load, 100, 4s);  // 101 tokens that were not hidden, timed from the first of them
  const EndpointState state = after_end(stream());
  check(state.speed, expected);
  CHECK(state.replies == 1);
}

TEST_CASE("thinking that was shown counts in the rate, and without a count of tokens the deltas do") {
  Attempt shown = stream();
  shown.first_visible = 2s;
  Speed expected;
  expected.observe_first_delta(load, 1s);
  Speed by_deltas = expected;
  expected.observe_stream(load, 120, 4s);
  check(after_end(shown).speed, expected);

  Attempt uncounted = stream();
  uncounted.usage->output = {0};
  by_deltas.observe_stream(load, 99, 4s);
  check(after_end(uncounted).speed, by_deltas);
}

TEST_CASE("where the host's count is missing or made up, the load is what was expected of the prompt") {
  // 10,000 tokens by our estimate, three quarters of it as the host counts, and of the 40 % that it had seen
  // half are found.
  const Load expected_load{.uncached_kilotokens = 10 * 0.75 * 0.8, .in_flight = 15};
  Speed expected;
  expected.observe_first_delta(expected_load, 1s);
  Attempt attempt = stream();
  attempt.deltas = 1;
  attempt.cached_share = 0.4;
  attempt.usage_is_estimated = true;
  check(after_end(attempt).speed, expected);
  attempt.usage_is_estimated = false;
  attempt.usage->prompt = {0};
  check(after_end(attempt).speed, expected);
  attempt.usage = std::nullopt;
  check(after_end(attempt).speed, expected);

  Attempt all_cached = stream();
  all_cached.deltas = 1;
  all_cached.usage->cached = {9'000};
  Speed nothing_new;
  nothing_new.observe_first_delta({.uncached_kilotokens = 0, .in_flight = 15}, 1s);
  check(after_end(all_cached).speed, nothing_new);
}

TEST_CASE("a reply in a few pieces, of one token or of no time says nothing of the rate") {
  Speed wait_only;
  wait_only.observe_first_delta(load, 1s);
  Attempt attempt = stream();
  attempt.deltas = 3;
  check(after_end(attempt).speed, wait_only);
  attempt = stream();
  attempt.usage->output = {21};
  check(after_end(attempt).speed, wait_only);
  attempt = stream();
  attempt.finished = 1s;
  check(after_end(attempt).speed, wait_only);
  attempt = stream();
  attempt.finished = std::nullopt;
  check(after_end(attempt).speed, wait_only);

  attempt = stream();
  attempt.deltas = 4;
  attempt.usage->output = {22};
  Speed with_rate = wait_only;
  with_rate.observe_stream(load, 1, 4s);
  check(after_end(attempt).speed, with_rate);
}

TEST_CASE("a beginning is learned once: when it shows, or at the end where the prompt may have been cached") {
  Attempt attempt = stream();
  attempt.usage = std::nullopt;
  attempt.deltas = 0;
  Speed begun;
  begun.observe_first_delta({.uncached_kilotokens = 10, .in_flight = 15}, 1s);
  Dossier dossier;
  EndpointState state;
  dossier.learn_beginning(state, attempt, asked);
  check(state.speed, begun);
  CHECK(state.replies == 1);
  attempt.told = Told::beginning;
  dossier.learn_end(state, attempt, asked, now);
  check(state.speed, begun);
  CHECK(state.replies == 1);

  attempt.cached_share = 0.5;
  state = EndpointState{};
  dossier.learn_beginning(state, attempt, asked);
  check(state.speed, Speed{});
  CHECK(state.replies == 0);
  dossier.learn_end(state, attempt, asked, now);
  CHECK(state.replies == 1);
}

TEST_CASE("a whole reply teaches by its tokens and all of its time, and nothing where no tokens are known") {
  Attempt attempt = stream();
  attempt.first_delta = attempt.first_visible = std::nullopt;
  Speed expected;
  expected.observe_whole(load, 121, 5s);
  CHECK(after_end(attempt, asked_whole).replies == 1);
  check(after_end(attempt, asked_whole).speed, expected);
  attempt.finished = std::nullopt;  // as long as it was on its way
  check(after_end(attempt, asked_whole).speed, expected);
  attempt.usage->output = {1};
  CHECK(after_end(attempt, asked_whole).replies == 1);
  attempt.usage->output = {0};  // as of embeddings: all of it is the first token's time
  CHECK(after_end(attempt, asked_whole).replies == 1);
  attempt.usage_is_estimated = true;
  CHECK(after_end(attempt, asked_whole).replies == 0);
  attempt.usage = std::nullopt;
  CHECK(after_end(attempt, asked_whole).replies == 0);
  check(after_end(attempt, asked_whole).speed, Speed{});
}

TEST_CASE(
    "who waits in vain for a whole reply learns of a host that would have taken as long for the usual one") {
  const Load uncounted{.uncached_kilotokens = 7.5, .in_flight = 15};
  const EndpointState timed_out = after_end(cut(FailureKind::first_token_timeout, 50s), asked_whole);
  Speed expected;
  expected.observe_whole(uncounted, 300, 50s);
  check(timed_out.speed, expected);
  CHECK(timed_out.replies == 1);
  AskedFor nothing_expected = asked_whole;
  nothing_expected.output = 0.2;
  Speed of_one;
  of_one.observe_whole(uncounted, 1, 60s);
  check(after_end(cut(FailureKind::first_token_timeout, std::nullopt), nothing_expected).speed, of_one);
  for (const FailureKind kind :
       {FailureKind::deadline, FailureKind::client_left, FailureKind::server_error}) {
    CHECK(after_end(cut(kind, 50s), asked_whole).replies == 0);
  }
}

TEST_CASE(
    "a long silence before the first token is learned from, whoever ended it, but no other failure is") {
  const Load uncounted{.uncached_kilotokens = 7.5, .in_flight = 15};
  Speed expected;
  expected.observe_waiting(uncounted, 50s);
  for (const FailureKind kind :
       {FailureKind::first_token_timeout, FailureKind::deadline, FailureKind::client_left}) {
    CHECK(after_end(cut(kind, 50s)).replies == 1);
    check(after_end(cut(kind, 50s)).speed, expected);
    CHECK(after_end(cut(kind, 1s)).replies == 0);
  }
  CHECK(after_end(cut(FailureKind::connect, 50s)).replies == 0);
  CHECK(after_end(cut(FailureKind::server_error, 50s)).replies == 0);
}

TEST_CASE(
    "the host's count of prompt tokens over ours is followed, from 2,000 that agree, within four times") {
  Dossier dossier;
  EndpointState state;
  const auto counted = [&](std::int64_t tokens, std::int64_t estimated) {
    dossier.learn_tokens(state, {.usage = Usage{.prompt = {tokens}}}, {estimated}, {});
    return state.prompt_scale;
  };
  CHECK(counted(1'500, 1'000) == about(3'500.0 / 3'000));
  CHECK(counted(600, 1'000) == about((2'000 + 0.99 * 1'500 + 600) / (2'000 + 0.99 * 1'000 + 1'000)));
  const double before = state.prompt_scale;
  CHECK(counted(0, 1'000) == before);
  CHECK(counted(1'000, 0) == before);
  CHECK(counted(10'000'000, 1'000) == 4);
  Dossier other;
  other.learn_tokens(state, {.usage = Usage{.prompt = {1}}}, {1'000'000}, {});
  CHECK(state.prompt_scale == 0.25);
}

TEST_CASE("a prompt that is too long tells the scale by the host's count, or else that it exceeds the room") {
  EndpointState state;
  Dossier counted;
  counted.learn_length(state, {.kind = FailureKind::too_long, .prompt = config::Tokens{3'000}}, {1'000}, 500);
  CHECK(state.prompt_scale == about(5'000.0 / 3'000));

  state = EndpointState{};
  Dossier by_room;
  by_room.learn_length(state, {.kind = FailureKind::too_long}, {1'000}, 1'000);
  CHECK(state.prompt_scale == 1);  // known already
  by_room.learn_length(state, {.kind = FailureKind::too_long}, {1'000}, 1'600);
  CHECK(state.prompt_scale == about(3'600.0 / 3'000));
}

TEST_CASE("a cache is relied on as far as what was expected of it showed, from 85 of 100 believed at first") {
  Dossier dossier;
  EndpointState state;
  const auto found = [&](std::int64_t cached, double expected) {
    dossier.learn_tokens(state, {.usage = Usage{.prompt = {2'000}, .cached = {cached}}}, {2'000},
                         {.cached_tokens = expected});
    return state.cache_reliability;
  };
  CHECK(found(500, 0) == 0.85);
  CHECK(found(500, 1'000) == about((3.4 + 0.5) / 5));
  CHECK(found(1'500, 1'000) == about((3.4 + 0.98 * 0.5 + 1) / (4 + 1.98)));
}

TEST_CASE(
    "verbosity follows how much longer answers are than their peers', once those are known, within bounds") {
  Dossier dossier;
  EndpointState state;
  const auto said = [&](double ratio, double replies, Attempt attempt = {}) {
    attempt.usage = Usage{.output = {100}};
    const double log_output = std::log(100.0) - ratio;
    dossier.learn_tokens(state, attempt, {1'000}, {.length = {.log_output = log_output, .replies = replies}});
    return state.verbosity;
  };
  CHECK(said(1, 9) == 1);
  CHECK(said(1, 10, cut(FailureKind::broken_stream, 3s)) == 1);
  CHECK(said(1, 10) == about(std::exp(1.0 / 31)));
  CHECK(said(3, 10) == about(std::exp(2.99 / 31.99)));
  CHECK(said(-3, 10) == about(std::exp((0.99 * 2.99 - 2) / (31 + 0.99 * 1.99))));
  for (int i = 0; i < 100; ++i) said(2, 10);
  CHECK(state.verbosity == 1.5);
  for (int i = 0; i < 200; ++i) said(-2, 10);
  CHECK(state.verbosity == 0.8);
}

TEST_CASE("a host whose thinking was cut off before a word was said has shown it") {
  Dossier dossier;
  EndpointState state;
  state.streams_reasoning = 0.5;
  Attempt attempt = stream();
  attempt.first_visible = std::nullopt;
  attempt.usage->reasoning = attempt.usage->output;
  dossier.learn_tokens(state, attempt, {1'000}, {});
  CHECK(state.streams_reasoning == about(0.6));
}

TEST_CASE("whether a host shows its thinking is followed by replies that had some") {
  Dossier dossier;
  EndpointState state;
  const auto replied = [&](std::int64_t reasoning, config::Duration first_visible) {
    Attempt attempt = stream();
    attempt.first_visible = first_visible;
    attempt.usage->reasoning = {reasoning};
    dossier.learn_tokens(state, attempt, {1'000}, {});
    return state.streams_reasoning;
  };
  CHECK(replied(0, 1s) == 1);
  CHECK(replied(20, 1s) == about(0.8));
  CHECK(replied(1, 2s) == about(0.84));
  Attempt whole = stream();
  whole.first_delta = whole.first_visible = std::nullopt;
  dossier.learn_tokens(state, whole, {1'000}, {});
  CHECK(state.streams_reasoning == about(0.84));
}

TEST_CASE(
    "time passes once over what is known of a host, and one that never answered is what its peers are") {
  SpeedPrior peers;
  peers.base = 0.9;
  peers.ttft_level = 0.4;
  Dossier dossier;
  EndpointState state;
  dossier.pass(state, peers, now);
  check(state.speed, Speed::unseen(peers));

  state.replies = 1;
  state.speed.observe_first_delta(load, 9s);
  Speed expected = state.speed;
  dossier.pass(state, peers, now);
  check(state.speed, expected);
  expected.pass(peers, config::Seconds(300));
  dossier.pass(state, peers, now + 300s);
  check(state.speed, expected);
  dossier.pass(state, peers, now + 300s);
  dossier.pass(state, peers, now + 200s);
  check(state.speed, expected);
}

TEST_CASE(
    "what was measured is brought up to date where something was, and left alone where nothing changed") {
  Dossier dossier;
  EndpointState state;
  Measured half_hour;
  state.measured.samples = 7;
  dossier.measure(state, half_hour, now);
  CHECK(state.measured.samples == 7);
  dossier.learn_end(state, stream(), asked, now);
  dossier.measure(state, half_hour, now);
  CHECK(state.measured.samples == 1);
  CHECK(half_hour.samples == 1);
  state.measured.samples = 7;
  dossier.measure(state, half_hour, now);
  CHECK(state.measured.samples == 7);
}
