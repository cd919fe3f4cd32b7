#include "routing/quality/canary.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "routing/host_model/host_draws.hpp"
#include "routing/quality/canary_borders.hpp"
#include "routing/quality/conduct_file.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

// Asked of a host whose model's borders are known.
constexpr std::size_t asked_texts = counted_texts + CanaryBorders::borders;

// A host that is asked canaries and nothing else, a hundred a day.
struct Canaried {
  explicit Canaried(std::uint64_t seed) : draws(seed) {}

  Regard regard(Check check) const { return quality[static_cast<std::size_t>(check)].regard; }
  Regard ask() {
    CanaryAnswer answer{.text = count % asked_texts};
    // A few machines of the host are a release behind.
    const bool is_odd = draws.uniform(count, 0) < odd_machines;
    answer.prompt_tokens = static_cast<std::int64_t>(std::llround(
                               scale * static_cast<double>(canary_text(answer.text).size() / 4 + 7))) +
                           (is_odd ? 1 : 0);
    answer.said = draws.uniform(count, 1) < leaning ? 11 : 12;
    if (has_likelihoods)
      answer.likelihood = -3 + shift + 0.1 * (draws.uniform(count, 2) + draws.uniform(count, 3) - 1);
    ++count;
    now += 15min;
    file.observe(past.judged(answer), 0, quality, now);
    return std::max(regard(Check::canary_count), regard(Check::canary_answer));
  }
  // Canaries until it is noted at least; nothing where it was not within `most`.
  std::optional<int> until_noted(int most) {
    for (int i = 1; i <= most; ++i) {
      if (ask() >= Regard::noted) return i;
    }
    return std::nullopt;
  }

  HostDraws draws;
  double scale = 1, leaning = 0.7, shift = 0, odd_machines = 0;
  bool has_likelihoods = false;
  std::uint64_t count = 0;
  config::TimePoint now = config::TimePoint{} + 1h;
  CanaryPast past;
  ConductFile file;
  Quality quality{};
};

int median_until_noted(auto change, bool has_likelihoods) {
  std::vector<int> found;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Canaried host(seed);
    host.has_likelihoods = has_likelihoods;
    host.until_noted(300);
    change(host);
    found.push_back(host.until_noted(1'000).value_or(1'000));
  }
  std::ranges::sort(found);
  return found[found.size() / 2];
}

}  // namespace

TEST_CASE("texts of canaries are different, short, and end in nothing that a tokenizer might drop") {
  std::set<std::string_view> texts;
  for (std::size_t i = 0; i < canary_texts; ++i) {
    const std::string_view text = canary_text(i);
    texts.insert(text);
    CHECK(text.size() < 200);
    CHECK(text.back() != ' ');
  }
  CHECK(texts.size() == canary_texts);
}

TEST_CASE("a host that counts its prompts otherwise is noted by canaries alone, within a few hours") {
  const int found = median_until_noted([](Canaried& host) { host.scale = 1.1; }, false);
  MESSAGE("10 % more prompt tokens: noted after " << found << " canaries, median of 100");
  CHECK(found <= 24);
}

TEST_CASE("a host that begins its answers otherwise is noted, sooner where it says how likely they were") {
  const int by_words = median_until_noted([](Canaried& host) { host.leaning = 0.1; }, false);
  // What it said most often it now says always.
  const int by_firmness = median_until_noted([](Canaried& host) { host.leaning = 1; }, false);
  const int by_likelihoods = median_until_noted([](Canaried& host) { host.shift = -0.4; }, true);
  MESSAGE("noted after " << by_words << " by other words, after " << by_firmness << " by surer ones, after "
                         << by_likelihoods << " by likelihoods");
  CHECK(by_words <= 100);
  CHECK(by_likelihoods <= 24);
}

TEST_CASE("of hosts that stay as they are at most one in ten thousand canaries is an alarm") {
  int alarms = 0, canaries = 0;
  for (const double odd : {0.0, 0.03}) {
    for (const bool likely : {false, true}) {
      for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        Canaried host(1'000 + seed);
        host.odd_machines = odd;
        host.has_likelihoods = likely;
        Regard before = Regard::unseen;
        for (int i = 0; i < 4'000; ++i, ++canaries) {
          const Regard now = host.ask();
          alarms += now >= Regard::noted && before < Regard::noted ? 1 : 0;
          before = now;
        }
      }
    }
  }
  MESSAGE(canaries << " canaries, " << alarms << " alarms");
  CHECK(alarms <= canaries / 10'000);
}

TEST_CASE("what canaries show is read as quality once it is noted, and not before") {
  Canaried host(3);
  host.until_noted(300);
  CHECK(host.quality[static_cast<std::size_t>(Check::canary_answer)].failing == 0);
  host.scale = 1.2;
  REQUIRE(host.until_noted(200));
  CHECK(host.quality[static_cast<std::size_t>(Check::canary_count)].failing > 0.03f);
  bool is_demoted = false;
  for (int i = 0; i < 60; ++i) is_demoted = host.ask() == Regard::demoted || is_demoted;
  CHECK(is_demoted);
}

TEST_CASE("another count that stays is usual in the end, and the host is well again") {
  Canaried host(5);
  host.until_noted(300);
  host.scale = 1.2;
  REQUIRE(host.until_noted(200));
  for (int i = 0; i < 1'500; ++i) host.ask();
  CHECK(host.regard(Check::canary_count) == Regard::usual);
  host.scale = 1.4;
  CHECK(host.until_noted(200));
}

TEST_CASE("what canaries usually show goes on from what was kept of it") {
  Canaried host(7);
  host.until_noted(200);
  CanaryPast again;
  again.recall(host.past.memories());
  CHECK(checked(again.judged({.text = 0, .prompt_tokens = 1'000, .said = 11}), Check::canary_count) ==
        Checked::failed);
  CanaryPast as_it_was;
  as_it_was.recall(host.past.memories());
  for (std::uint64_t said = 0; said < 20; ++said) {
    const CanaryAnswer answer{.text = counted_texts + said % 2, .said = 11 + said % 3};
    CHECK(checked(again.judged(answer), Check::canary_answer) != Checked::no);
    as_it_was.judged(answer);
  }
  CHECK(as_it_was.memories()[counted_texts] == again.memories()[counted_texts]);
}
