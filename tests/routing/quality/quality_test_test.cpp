#include "routing/quality/quality_test.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "routing/host_model/host_draws.hpp"

using namespace std::chrono_literals;
using namespace routing;
using Found = QualityTest::Found;

namespace {

constexpr config::TimePoint start = config::TimePoint{} + 1h;

// A host whose answers pass a check with a given chance, drawn from a seed.
struct Tested {
  explicit Tested(std::uint64_t seed) : draws(seed) {}

  Found answer(double passes) {
    const bool passed = draws.uniform(count++, 0) < passes;
    now += 1s;
    return test.observe(passed ? Checked::passed : Checked::failed, peers, now, client);
  }
  // Answers until `wanted` was found; nothing where it was not within `most`.
  std::optional<int> until(Found wanted, double passes, int most) {
    for (int i = 1; i <= most; ++i) {
      if (answer(passes) == wanted) return i;
    }
    return std::nullopt;
  }
  void answers(double passes, int many) {
    for (int i = 0; i < many; ++i) answer(passes);
  }

  HostDraws draws;
  std::uint64_t count = 0;
  config::TimePoint now = start;
  PeersShare peers;
  AnswersClient client;
  QualityTest test;
};

template <class T>
T median(std::vector<T> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Calls from the change to its demotion, over 200 hosts.
std::vector<int> delays(double before, double after, int calls_before) {
  std::vector<int> result;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Tested host(seed);
    host.answers(before, calls_before);
    result.push_back(host.until(Found::demoted, after, 20'000).value_or(20'000));
  }
  return result;
}

}  // namespace

TEST_CASE("a host that goes from 98 to 90 % valid calls is found within 250 calls, in the median of 200") {
  for (const int before : {1'000, 4'000, 10'000}) {
    const std::vector<int> found = delays(0.98, 0.90, before);
    CAPTURE(before);
    MESSAGE("98 -> 90 % after " << before << " calls: median " << median(found));
    CHECK(median(found) <= 250);
  }
  CHECK(median(delays(0.98, 0.80, 1'000)) < 100);
}

TEST_CASE("of hosts that stay as they are, at most one in ten thousand calls is an alarm") {
  int noted = 0, demoted = 0, calls = 0;
  for (const double passes : {0.87, 0.95, 0.98, 0.995, 1.0}) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      Tested host(1'000 + seed);
      for (int i = 0; i < 10'000; ++i) {
        const Found found = host.answer(passes);
        noted += found == Found::noted ? 1 : 0;
        demoted += found == Found::demoted ? 1 : 0;
      }
      calls += 10'000;
    }
  }
  MESSAGE(calls << " calls: " << noted << " noted, " << demoted << " demoted");
  CHECK(noted + demoted <= calls / 10'000);
  CHECK(demoted <= calls / 50'000);
}

TEST_CASE("a host that is well again comes back, and one that is not stays demoted") {
  std::vector<int> back;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Tested host(seed);
    host.answers(0.98, 2'000);
    REQUIRE(host.until(Found::demoted, 0.85, 5'000));
    CHECK(host.test.regard() == Regard::demoted);
    back.push_back(host.until(Found::restored, 0.98, 20'000).value_or(20'000));
    CHECK(host.test.regard() == Regard::usual);
  }
  CHECK(median(back) < 400);
  Tested bad(7);
  bad.answers(0.98, 2'000);
  REQUIRE(bad.until(Found::demoted, 0.85, 5'000));
  CHECK(!bad.until(Found::restored, 0.85, 2'000));
}

TEST_CASE("a host that was worse than its peers from the beginning is found, without a past of its own") {
  Tested host(3);
  host.peers.failing = 0.01;
  CHECK(host.until(Found::demoted, 0.85, 300));
  Tested alike(3);
  alike.peers.failing = 0.13;
  CHECK(!alike.until(Found::demoted, 0.87, 10'000));
}

TEST_CASE("what becomes worse at all hosts at once is about the requests: noted, and in the end usual") {
  Tested host(5);
  host.peers.failing = 0.02;
  host.answers(0.98, 2'000);
  host.peers.failing = 0.20;
  CHECK(host.until(Found::noted, 0.80, 500));
  bool is_demoted = false;
  for (int i = 0; i < 6'000; ++i) is_demoted = is_demoted || host.answer(0.80) == Found::demoted;
  CHECK(!is_demoted);
  CHECK(host.test.regard() == Regard::usual);
}

TEST_CASE("who is demoted and gets no requests is tried again, and a little is enough to demote it again") {
  Tested host(9);
  host.answers(0.98, 2'000);
  REQUIRE(host.until(Found::demoted, 0.80, 2'000));
  host.test.pass(host.now + 5h);
  CHECK(host.test.regard() == Regard::demoted);
  host.now += 7h;
  host.test.pass(host.now);
  CHECK(host.test.regard() == Regard::noted);
  CHECK(host.until(Found::demoted, 0.80, 60));
}

TEST_CASE(
    "another version of what the host runs is measured by what was usual, and starts without suspicion") {
  Tested host(11);
  host.answers(1, 2'000);
  REQUIRE(host.test.evidence() > 0);
  host.test.begin_again();
  CHECK(host.test.evidence() == 0);
  CHECK(!host.test.failing());
  CHECK(host.test.usual_failing());
  CHECK(host.until(Found::demoted, 0.80, 1'000));
}

TEST_CASE("another version lifts no demotion by itself, but the host comes back sooner") {
  Tested host(11);
  host.answers(0.98, 2'000);
  REQUIRE(host.until(Found::demoted, 0.80, 2'000));
  Tested told = host;
  told.test.begin_again();
  CHECK(told.test.regard() == Regard::demoted);
  const auto sooner = told.until(Found::restored, 1, 1'000);
  const auto later = host.until(Found::restored, 1, 1'000);
  REQUIRE(sooner);
  REQUIRE(later);
  CHECK(*sooner < *later);
  Tested bad(11);
  bad.answers(0.98, 2'000);
  REQUIRE(bad.until(Found::demoted, 0.80, 2'000));
  bad.test.begin_again();
  CHECK(!bad.until(Found::restored, 0.80, 2'000));
}

TEST_CASE("of who gave no answer for six hours nothing is said until there are answers again") {
  Tested left_out(9);
  left_out.answers(0.98, 2'000);
  REQUIRE(left_out.until(Found::demoted, 0.80, 2'000));
  CHECK(left_out.test.share({}).regard == Regard::demoted);
  left_out.now += 7h;
  left_out.test.pass(left_out.now);
  CHECK(left_out.test.share({}).regard == Regard::unseen);
  left_out.answers(1, 19);
  CHECK(left_out.test.share({}).regard == Regard::unseen);
  left_out.answers(1, 1);
  CHECK(left_out.test.share({}).regard != Regard::unseen);
  CHECK(left_out.test.share({}).failing < 0.05f);

  Tested never_good(3);
  never_good.answers(0.85, 1'000);
  CHECK(never_good.test.share({}).failing > 0.05f);
  never_good.test.pass(never_good.now + 5h);
  CHECK(never_good.test.share({}).failing > 0.05f);
  never_good.test.pass(never_good.now + 7h);
  CHECK(never_good.test.share({}).regard == Regard::unseen);
}

TEST_CASE("a demotion ends when the others turn out to have become as bad") {
  Tested host(5);
  host.peers.failing = 0.02;
  host.answers(0.98, 2'000);
  REQUIRE(host.until(Found::demoted, 0.80, 2'000));
  host.peers.failing = 0.20;
  const auto restored = host.until(Found::restored, 0.80, 3'000);
  REQUIRE(restored);
  CHECK(*restored >= 500);
  CHECK(host.test.regard() == Regard::usual);
  CHECK(!host.until(Found::demoted, 0.80, 2'000));
}

// Every `nth` answer is for the second of two keys; the answer at which the host is demoted.
std::optional<int> demoted_at(Tested& host, int nth, double first_passes, double second_passes,
                              std::size_t keys = 2) {
  host.client.keys = keys;
  for (int i = 0; i < 2'000; ++i) {
    host.client.key = i % nth == 0 ? 2 : 1;
    host.answer(0.98);
  }
  for (int i = 1; i <= 2'000; ++i) {
    host.client.key = i % nth == 0 ? 2 : 1;
    if (host.answer(i % nth == 0 ? second_passes : first_passes) == Found::demoted) return i;
  }
  return std::nullopt;
}

TEST_CASE("requests of one client alone demote nobody for the others, where there are others") {
  Tested one_of_two(17), one_of_few(17), all_alike(17), hardly_others(17);
  CHECK(!demoted_at(one_of_two, 2, 0, 0.98));
  CHECK(!demoted_at(one_of_few, 10, 0.98, 0));
  CHECK(demoted_at(all_alike, 2, 0.85, 0.85));
  CHECK(!demoted_at(hardly_others, 10'000, 0.85, 0.85));
  Tested alone(17);
  CHECK(demoted_at(alone, 10'000, 0.85, 0.85, 1));
}

TEST_CASE("a key that has nearly all answers of a host demotes it once those of another one fail, too") {
  Tested only_its_own(17), others_agree(17);
  CHECK(!demoted_at(only_its_own, 25, 0, 0.98));
  CHECK(only_its_own.test.regard() == Regard::noted);
  const auto found = demoted_at(others_agree, 25, 0.85, 0.85);
  REQUIRE(found);
  MESSAGE("one answer of 25 is another key's, 98 -> 85 %: demoted after " << *found);
  CHECK(*found <= 1'500);
}

TEST_CASE("98 to 90 % is found within 250 calls where two keys share a host, too") {
  std::vector<int> found;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Tested host(seed);
    found.push_back(demoted_at(host, 2, 0.90, 0.90).value_or(20'000));
  }
  MESSAGE("98 -> 90 %, two keys: median " << median(found));
  CHECK(median(found) <= 250);
}

TEST_CASE("the share that policies read is not one key's to spoil") {
  for (const int nth : {2, 10, 40}) {
    CAPTURE(nth);
    Tested host(19);
    host.client.keys = 2;
    for (int i = 0; i < 2'000; ++i) {
      host.client.key = i % nth == 0 ? 2 : 1;
      host.answer(i % nth == 0 ? 0.99 : 0);
    }
    const CheckedShare spoilt = host.test.share({});
    CHECK(spoilt.failing < 0.05f);
    for (int i = 0; i < 2'000; ++i) {
      host.client.key = i % nth == 0 ? 2 : 1;
      host.answer(0.8);
    }
    CHECK(host.test.share({}).failing > 0.05f);
  }
}

TEST_CASE("without others to tell, what lasts for thousands of answers is usual in the end") {
  Tested host(5);
  host.answers(0.98, 2'000);
  REQUIRE(host.until(Found::demoted, 0.80, 2'000));
  CHECK(!host.until(Found::restored, 0.80, 3'000));
  CHECK(host.until(Found::restored, 0.80, 1));
  const auto usual = host.test.usual_failing();
  REQUIRE(usual);
  CHECK(*usual > 0.1);
}

TEST_CASE("of few answers nothing is said, and what is not judged counts neither way") {
  Tested host(13);
  for (int i = 0; i < 1'000; ++i) host.test.observe(Checked::unjudged, {}, start);
  host.answers(1, 19);
  CHECK(host.test.share({}).regard == Regard::unseen);
  CHECK(host.test.sums().unjudged == 1'000);
  host.answers(1, 1);
  CHECK(host.test.share({}).regard == Regard::usual);
  CHECK(host.test.share({}).failing < 0.01f);
}
