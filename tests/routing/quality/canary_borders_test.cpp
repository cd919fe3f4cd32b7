#include "routing/quality/canary_borders.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "routing/host_model/host_draws.hpp"
#include "routing/quality/conduct_file.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

// What a model leans to at each text, as a logarithm of odds between its first two choices; and a release of
// it whose weights are a little different.
struct Model {
  explicit Model(std::uint64_t seed) : draws(seed) {
    for (std::size_t text = 0; text < canary_texts; ++text)
      leanings[text] = 12 * (draws.uniform(text, 1) + draws.uniform(text, 2) - 1);
  }
  Model changed(double by) const {
    Model other = *this;
    for (std::size_t text = 0; text < canary_texts; ++text)
      other.leanings[text] += 2 * by * (draws.uniform(text, 3) - 0.5);
    return other;
  }
  HostDraws draws;
  std::array<double, canary_texts> leanings{};
};

// A host that draws nothing, but whose arithmetic differs a little from batch to batch.
struct Host {
  std::uint64_t seed = 0;
  bool tells = false;
  std::uint64_t asked = 0;
  CanaryPast past{};
  ConductFile file{};
  Quality quality{};

  CanaryAnswer answer(const Model& model, std::size_t text, CanaryPast::Drawn drawn) {
    const HostDraws noise(seed);
    const double lead = model.leanings[text] + 0.5 * (noise.uniform(asked, 0) + noise.uniform(asked, 1) - 1);
    const bool is_first =
        drawn == CanaryPast::Drawn::no ? lead > 0 : noise.uniform(asked, 2) < 1 / (1 + std::exp(-lead));
    CanaryAnswer said{.text = text, .prompt_tokens = 20, .said = is_first ? 1U : 2U};
    if (tells) said.lead = std::abs(lead);
    return said;
  }
  // Whether it is noted.
  bool ask(const Model& model, CanaryBorders& borders) {
    const std::size_t text = borders.text_for(asked++);
    const CanaryPast::Drawn drawn = borders.drawn(text, tells);
    const CanaryAnswer said = answer(model, text, drawn);
    borders.learn(said, past.differs(said));
    file.observe(past.judged(said, drawn), 0, quality,
                 config::TimePoint{} + 1h + static_cast<int>(asked) * 15min);
    return quality[static_cast<std::size_t>(Check::canary_answer)].regard >= Regard::noted;
  }
};

double mean_distance(const Model& model, const CanaryBorders& borders) {
  double sum = 0;
  for (const std::size_t text : borders.chosen()) sum += std::abs(model.leanings[text]);
  return sum / CanaryBorders::borders;
}

// Canaries until it is known what is at the border, with so many hosts of the model in turn.
int until_known(const Model& model, CanaryBorders& borders, std::vector<Host>& hosts) {
  int asked = 0;
  for (; !borders.are_known() && asked < 5'000; ++asked)
    hosts[static_cast<std::size_t>(asked) % hosts.size()].ask(model, borders);
  return asked;
}

}  // namespace

TEST_CASE("of one model other texts are at the border than of another, and each gets its own") {
  std::set<std::size_t> chosen;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Model model(seed);
    CanaryBorders borders;
    std::vector<Host> hosts(1, Host{.seed = seed, .tells = true});
    until_known(model, borders, hosts);
    REQUIRE(borders.are_known());
    std::vector<double> leads;
    for (std::size_t text = counted_texts; text < canary_texts; ++text)
      leads.push_back(std::abs(model.leanings[text]));
    std::ranges::sort(leads);
    for (const std::size_t text : borders.chosen()) CHECK(std::abs(model.leanings[text]) <= leads[6]);
    chosen.insert(borders.chosen().begin(), borders.chosen().end());
  }
  CHECK(chosen.size() > 12);
}

TEST_CASE("borders are found where nobody tells likelihoods, sooner where several hosts have the model") {
  std::vector<int> alone, together;
  double near = 0, any = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Model model(seed);
    CanaryBorders borders, common;
    std::vector<Host> one(1, Host{.seed = seed}), four;
    for (std::uint64_t i = 0; i < 4; ++i) four.push_back(Host{.seed = 100 * seed + i});
    alone.push_back(until_known(model, borders, one));
    together.push_back(until_known(model, common, four) / 4);
    near += mean_distance(model, common);
    for (std::size_t text = counted_texts; text < canary_texts; ++text)
      any += std::abs(model.leanings[text]) * CanaryBorders::borders / (canary_texts - counted_texts);
  }
  MESSAGE("canaries of a host until borders are known: " << alone.front() << " alone, " << together.front()
                                                         << " of four; distance " << near / any
                                                         << " of all texts'");
  CHECK(alone.front() < 250);
  CHECK(together.front() < 90);
  CHECK(near < 0.2 * any);
}

// The bar that the choice is there for: without it the same five texts are asked of each model.
TEST_CASE(
    "a small change of a model is found at its borders twice as often as at texts that are the same for "
    "all") {
  int found_at_borders = 0, found_at_any = 0;
  constexpr int models = 60;
  for (std::uint64_t seed = 1; seed <= models; ++seed) {
    const Model model(seed), other = model.changed(3);
    for (const bool chooses : {true, false}) {
      CanaryBorders borders;
      std::vector<Host> hosts(3);
      for (std::size_t i = 0; i < hosts.size(); ++i) hosts[i].seed = 100 * seed + i;
      CanaryBorders::Measured same{};
      for (std::size_t text = 0; text < canary_texts; ++text) same[text].pairs = CanaryBorders::least_pairs;
      if (!chooses) borders.recall(same);
      until_known(model, borders, hosts);
      for (int i = 0; i < 400; ++i) hosts[0].ask(model, borders);
      bool is_noted = false;
      for (int i = 0; i < 300; ++i) is_noted = hosts[0].ask(other, borders) || is_noted;
      (chooses ? found_at_borders : found_at_any) += is_noted ? 1 : 0;
    }
  }
  MESSAGE("of " << models << " small changes found: " << found_at_borders << " at borders, " << found_at_any
                << " at the same texts for all");
  CHECK(found_at_borders >= 2 * found_at_any);
  CHECK(found_at_borders > models / 2);
}

TEST_CASE("at borders of hosts that stay as they are at most one in ten thousand canaries is an alarm") {
  int alarms = 0, canaries = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Model model(seed);
    CanaryBorders borders;
    Host host{.seed = seed};
    bool before = false;
    for (int i = 0; i < 3'000; ++i, ++canaries) {
      const bool now = host.ask(model, borders);
      alarms += now && !before ? 1 : 0;
      before = now;
    }
  }
  MESSAGE(canaries << " canaries, " << alarms << " alarms");
  CHECK(alarms <= canaries / 10'000);
}

TEST_CASE("what is known of borders goes on from what was kept, also halfway") {
  const Model model(5);
  CanaryBorders borders;
  std::vector<Host> hosts(1, Host{.seed = 5});
  for (int i = 0; i < 100; ++i) hosts[0].ask(model, borders);
  CanaryBorders again;
  again.recall(borders.measured());
  CHECK(!again.are_known());
  CHECK(again.text_for(7) == borders.text_for(7));
  until_known(model, borders, hosts);
  again.recall(borders.measured());
  CHECK(again.are_known());
  CHECK(again.chosen() == borders.chosen());
}

TEST_CASE("a third of the canaries counts, before borders are known and after") {
  CanaryBorders borders;
  for (std::uint64_t asked = 0; asked < 40; ++asked) {
    CHECK((borders.text_for(asked) < counted_texts) == (asked % 8 < 3));
    if (asked % 8 < counted_texts) CHECK(borders.text_for(asked) == asked % 8);
  }
}
