#include "routing/windows/threshold.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <numeric>

using namespace routing;

namespace {

float sum(const Threshold& threshold) {
  return std::accumulate(threshold.weights.begin(), threshold.weights.end(), 0.0f);
}

Threshold only(std::size_t step) {
  Threshold result;
  result.weights[step] = 1;
  return result;
}
constexpr std::size_t four = 3;

}  // namespace

TEST_CASE("who runs four at once lets the fifth wait for one of four to end, and the twelfth for eight") {
  const Threshold slots = only(four);
  CHECK(crowd(slots, 3).turns == 0);
  CHECK(crowd(slots, 3).running == 3);
  CHECK(crowd(slots, 4).turns == support::close(0.25));
  CHECK(crowd(slots, 4).running == 3);
  CHECK(crowd(slots, 11).turns == support::close(2));
  CHECK(crowd(slots, 11).between == 0);
  // Eight that end one after the other, each after a quarter of a turn: Erlang's variance.
  CHECK(crowd(slots, 11).within == support::close(8.0 / 16));
}

TEST_CASE("who runs all at once lets nobody wait, and all of them are beside the newcomer") {
  const Crowd others = crowd(Threshold::unseen(1), 500);
  CHECK(others.turns < 1e-6);
  CHECK(others.running == support::close(500));
}

TEST_CASE("not to know the slots is a variance of its own") {
  Threshold slots;
  slots.weights[four] = 0.5f;
  slots.weights[Threshold::never] = 0.5f;
  const Crowd others = crowd(slots, 11);
  CHECK(others.turns == support::close(1));
  CHECK(others.between == support::close(1));
}

TEST_CASE("what was seen weighs the steps, and what cannot be teaches nothing") {
  Threshold slots = unseen_slots;
  std::array<float, Threshold::count> likelihoods{};
  slots.judge(likelihoods, unseen_slots, 0.01f);
  CHECK(slots.weights == unseen_slots.weights);
  likelihoods.fill(std::numeric_limits<float>::quiet_NaN());
  slots.judge(likelihoods, unseen_slots, 0.01f);
  CHECK(slots.weights == unseen_slots.weights);
  likelihoods.fill(0.1f);
  likelihoods[four] = 1;
  for (int i = 0; i < 10; ++i) slots.judge(likelihoods, unseen_slots, 0.01f);
  CHECK(slots.weights[four] > 0.9);
  CHECK(sum(slots) == support::close(1));
  Threshold certain = Threshold::unseen(1);
  certain.judge(likelihoods, unseen_slots, 0.01f);
  CHECK(certain.weights[Threshold::never] == 1);
}

TEST_CASE("a host that refuses from eight on is known for it, and asked again when it lets more in") {
  Threshold room = unseen_room;
  CHECK(full(room, 8) < 0.03);
  for (int i = 0; i < 20; ++i) let_in(room, 5);
  double by_load = 0;
  for (int i = 0; i < 4; ++i) by_load = refused(room, 8);
  CHECK(by_load > 0.9);
  CHECK(full(room, 9) > 0.8);
  CHECK(full(room, 4) < 0.2);
  for (int i = 0; i < 10; ++i) let_in(room, 9);
  CHECK(full(room, 9) < 0.1);
  CHECK(sum(room) == support::close(1));
}

TEST_CASE("refusals that come whatever the load is are none of its doing") {
  Threshold room = unseen_room;
  double by_load = 1;
  for (int i = 0; i < 50; ++i) {
    for (int k = 0; k < 10; ++k) let_in(room, k);
    by_load = refused(room, i % 10);
  }
  CHECK(by_load < 0.3);
  CHECK(full(room, 12) < 0.1);
  for (int i = 0; i < 20; ++i) by_load = refused(room, 0);
  CHECK(by_load < 0.1);
  CHECK(full(room, 0) < 0.05);
}

TEST_CASE("in the middle of what is believed are as many at once as not") {
  CHECK(only(four).median() == 4);
  CHECK(unseen_slots.median() == std::numeric_limits<double>::infinity());
  Threshold between;
  between.weights[2] = 0.4f;
  between.weights[four] = 0.4f;
  between.weights[Threshold::never] = 0.2f;
  CHECK(between.median() == 4);
}

TEST_CASE("what is known is forgotten towards the prior") {
  Threshold room = only(four);
  room.forget(unseen_room, 0.5f);
  CHECK(room.weights[four] == support::close(0.5 + 0.5 * unseen_room.weights[four]));
  for (int i = 0; i < 20; ++i) room.forget(unseen_room, 0.5f);
  CHECK(room.weights[four] == support::close(unseen_room.weights[four], 0.001));
}
