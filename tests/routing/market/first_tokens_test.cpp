#include "routing/market/first_tokens.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "routing/market/dossier.hpp"
#include "routing/replay/state_words.hpp"
#include "tests/support/close.hpp"

using namespace routing;
using namespace std::chrono_literals;

namespace {

// As long as that, and now and then e-times as long or short.
void see(FirstTokens& times, Effort effort, double seconds, int count) {
  for (int i = 0; i < count; ++i) times.observe(effort, 1, seconds * std::exp(i % 4 - 1.5));
}

double latest(const FirstTokens& times, Effort effort, double line = 1) {
  const auto seconds = times.latest(effort, line);
  return seconds ? *seconds : -1;
}

}  // namespace

TEST_CASE("few observations set no limit, however alike they are") {
  FirstTokens times;
  CHECK_FALSE(times.latest(Effort::high, 1));
  for (int i = 0; i < 29; ++i) times.observe(Effort::high, 1, 2);
  CHECK_FALSE(times.latest(Effort::high, 1));
  times.observe(Effort::high, 1, 2);
  CHECK(times.latest(Effort::high, 1));
}

TEST_CASE("in a state that older versions kept nothing is known of first tokens") {
  FirstTokens kept = state_of(StateWords{}).first_tokens, fresh;
  for (FirstTokens* times : {&kept, &fresh}) {
    for (int i = 0; i < 40; ++i) times->observe(Effort::off, 1, 0.01);
  }
  CHECK(latest(kept, Effort::off) == latest(fresh, Effort::off));
  CHECK(latest(kept, Effort::off) < 0.1);
}

TEST_CASE("a host whose line says next to nothing of a prompt is not cut before what it usually takes") {
  FirstTokens times;
  for (int i = 0; i < 40; ++i) times.observe(Effort::high, 1e-6, 30);
  CHECK(latest(times, Effort::high, 1e-6) > 60);
}

TEST_CASE("each effort has its own end, and it grows with the prompt as the host's line does") {
  FirstTokens times;
  see(times, Effort::off, 0.5, 200);
  see(times, Effort::high, 30, 200);
  CHECK(latest(times, Effort::off) > 10);
  CHECK(latest(times, Effort::off) < 60);
  CHECK(latest(times, Effort::high) > 20 * latest(times, Effort::off));
  CHECK(latest(times, Effort::high, 3) == support::close(3 * latest(times, Effort::high), 1e-9));
}

TEST_CASE(
    "who has few of its own is judged with those that think more, and never with those that think less") {
  FirstTokens times;
  see(times, Effort::off, 0.5, 200);
  see(times, Effort::medium, 20, 100);
  see(times, Effort::low, 4, 8);
  CHECK(latest(times, Effort::low) > latest(times, Effort::off));
  CHECK(latest(times, Effort::low) > 100);
  CHECK(latest(times, Effort::unsaid) == latest(times, Effort::medium));
  CHECK_FALSE(times.latest(Effort::high, 1));
}

TEST_CASE("what was seen to take long is not cut the next time, even where it is rare") {
  FirstTokens times;
  for (int i = 0; i < 1'000; ++i) times.observe(Effort::unsaid, 1, i == 200 ? 90 : 1);
  CHECK(latest(times, Effort::unsaid) > 90);
}

TEST_CASE("whoever was given up late says that it takes longer, and whoever left early says nothing") {
  FirstTokens times;
  for (int i = 0; i < 60; ++i) times.observe(Effort::low, 1, 2);
  const double before = latest(times, Effort::low);
  times.observe_waiting(Effort::low, 1, 0.5);
  CHECK(latest(times, Effort::low) == before);
  times.observe_waiting(Effort::low, 1, 60);
  CHECK(latest(times, Effort::low) > 120);
}

TEST_CASE(
    "an answer that begins, and one that is waited for in vain, are learned by how much was to be thought") {
  const config::TimePoint now = config::TimePoint{} + 1h;
  const auto state_after = [&](Attempt attempt, AskedFor asked) {
    EndpointState state;
    Dossier dossier;
    attempt.dispatched = now - 60s;
    dossier.learn_end(state, attempt, asked, now);
    return state;
  };
  const auto seen = [](const EndpointState& state, Effort effort) {
    return state.first_tokens.groups[static_cast<std::size_t>(effort)].replies;
  };
  const AskedFor asked{.prompt = {1'000}, .effort = Effort::high};
  const Attempt answered{.first_delta = 8s, .finished = 9s, .deltas = 9};
  CHECK(seen(state_after(answered, asked), Effort::high) == 1);
  CHECK(seen(state_after(answered, asked), Effort::unsaid) == 0);
  Attempt late;
  late.finished = 60s;
  late.failure = Failure{.kind = FailureKind::first_token_timeout, .progress = Progress::request_sent};
  CHECK(seen(state_after(late, asked), Effort::high) == 1);
  late.failure->kind = FailureKind::connect;
  CHECK(seen(state_after(late, asked), Effort::high) == 0);
  Attempt goes_on = answered;
  goes_on.reason = Reason::continues;
  CHECK(seen(state_after(goes_on, asked), Effort::high) == 0);
  // Another gateway does not say how much.
  for (const FirstTokens::Group& group : state_after(answered, {.prompt = {1'000}}).first_tokens.groups)
    CHECK(group.replies == 0);
}

TEST_CASE("what is known of first tokens is kept for a replay and over a restart") {
  EndpointState state;
  see(state.first_tokens, Effort::medium, 20, 100);
  const EndpointState again = state_of(words_of(state));
  CHECK(latest(again.first_tokens, Effort::medium) == latest(state.first_tokens, Effort::medium));
  CHECK_FALSE(again.first_tokens.latest(Effort::high, 1));
}

TEST_CASE(
    "heads are learned of streams, kept for a replay and over a restart, and what came without one counts") {
  const config::TimePoint now = config::TimePoint{} + 1h;
  EndpointState state;
  Dossier dossier;
  const auto learn = [&](Attempt attempt, Delivery delivery = Delivery::streamed) {
    attempt.dispatched = now - 60s;
    dossier.learn_end(state, attempt, {.prompt = {1'000}, .delivery = delivery, .effort = Effort::high}, now);
  };
  for (int i = 0; i < 40; ++i) learn({.head = 400ms, .first_delta = 30s, .finished = 31s, .deltas = 9});
  REQUIRE(state.heads.latest(Effort::high, 0));
  CHECK(*state.heads.latest(Effort::high, 0) > 0.8);
  CHECK(*state.heads.latest(Effort::high, 0) < 5);
  CHECK(*state.heads.latest(Effort::high, 7) ==
        support::close(*state.heads.latest(Effort::high, 0) + 7, 1e-9));
  const EndpointState again = state_of(words_of(state));
  CHECK(again.heads.latest(Effort::high, 0) == state.heads.latest(Effort::high, 0));
  CHECK_FALSE(state_of(StateWords{}).heads.latest(Effort::high, 0));
  Attempt headless;
  headless.finished = 15s;
  headless.failure = Failure{.kind = FailureKind::first_token_timeout, .progress = Progress::request_sent};
  learn(headless, Delivery::whole);
  CHECK(again.heads.latest(Effort::high, 0) == state.heads.latest(Effort::high, 0));
  learn(headless);
  CHECK(*state.heads.latest(Effort::high, 0) > 30);
}
