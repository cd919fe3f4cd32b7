// Decisions under policies as people write them.
#include <doctest/doctest.h>

#include "routing/decision/withdrawal.hpp"
#include "tests/support/close.hpp"
#include "tests/support/trial.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::four_hosts;
using support::text;
using support::Trial;
using support::World;

namespace {

config::PolicySettings policy() {
  return support::policy_named("own");
}

}  // namespace

TEST_CASE("`allow` leaves out whom it forbids, and whom nothing is known of") {
  config::PolicySettings settings = policy();
  settings.allow = text("jurisdiction in [US, EU]");
  Trial trial(settings);
  CHECK(trial.ranking() == "alpine cloud");
  CHECK(trial.of("maker").removal == Removal::policy_allow);
  CHECK(trial.of("maker").rule == 0);
  CHECK(trial.of("shade").removal == Removal::policy_allow);
}

TEST_CASE("`require` says by how much a limit was missed") {
  config::PolicySettings settings = policy();
  settings.require = {text("context >= 1 ktok"), text("price.output <= 2 $/Mtok")};
  Trial trial(settings);
  CHECK(trial.ranking() == "shade maker");
  const Verdict& cloud = trial.of("cloud");
  CHECK(cloud.removal == Removal::policy_require);
  CHECK(cloud.rule == 1);
  REQUIRE(cloud.margin.has_value());
  CHECK(cloud.margin->found == support::close(6e-6));
  CHECK(cloud.margin->limit == support::close(2e-6));
  CHECK(cloud.missed_by == support::close(4e-6));
  CHECK(to_text(cloud.missed_by, cloud.margin->dimension) == "4 $/Mtok");
}

TEST_CASE("a limit on a live value lets in who has no evidence yet, and leaves out who was seen to miss it") {
  config::PolicySettings settings = policy();
  settings.require = {text("ttft.p90 <= 1 s")};
  Trial trial(settings);
  CHECK(trial.chosen() == "shade");
  trial.host("shade").ttft = 4;
  for (int i = 0; i < 20; ++i) {
    trial.market.observe(trial.answer(trial.index("shade"), trial.demand()), trial.demand(), trial.now);
  }
  trial.now += 2s;
  CHECK(trial.chosen() == "maker");
  CHECK(trial.of("shade").removal == Removal::policy_require);
  CHECK(trial.of("shade").missed_by > 2);
}

TEST_CASE("`prefer` puts whoever meets it before all others, whatever they cost") {
  config::PolicySettings settings = policy();
  settings.prefer = {text("quantization in [bf16, fp16]"), text("jurisdiction == FR")};
  CHECK(Trial(settings).ranking() == "cloud alpine shade maker");
}

TEST_CASE("`minimize` decides in the owner's own words") {
  config::PolicySettings settings = policy();
  settings.minimize = text("price + (if jurisdiction == CN then $1 else $0)");
  // Nobody knows where the shade is at home: the dearer branch counts.
  CHECK(Trial(settings).ranking() == "alpine cloud shade maker");
  settings.minimize = text("price * 0 + 1 $/h * ttft");
  Trial trial(settings);
  trial.decide(trial.demand());
  CHECK(trial.of("cloud").cost.ttft == support::close(trial.of("cloud").prediction.ttft / 3600));
  CHECK(trial.of("cloud").cost.price + trial.of("cloud").cost.other == support::within(1e-12, 0));
}

TEST_CASE("`choose` draws by the weights, and the record has the propensity of each") {
  config::PolicySettings settings = policy();
  settings.allow = text("jurisdiction in [CN, US]");
  settings.choose = text("weighted(price.output ^ -1)");
  Trial trial(settings);
  int maker = 0;
  for (int i = 0; i < 700; ++i) maker += trial.chosen() == "maker" ? 1 : 0;
  CHECK(trial.decision.reason == Reason::weighted);
  CHECK(trial.of("maker").propensity == support::close(6.0 / 7));
  CHECK(trial.of("cloud").propensity == support::close(1.0 / 7));
  CHECK(maker > 560);
  CHECK(maker < 640);
}

TEST_CASE("limits are given up in the order of `relax`, one step at a time and only while nobody is left") {
  config::PolicySettings settings = policy();
  settings.allow = text("jurisdiction in [US, EU]");
  settings.require = {text("price.output <= 1 $/Mtok"), text("quantization in [bf16]")};
  settings.relax = {text("price.output <= 2 $/Mtok"), text("quantization"), text("price.output")};
  Trial trial(settings);
  CHECK(trial.ranking() == "alpine cloud");
  CHECK(trial.decision.relaxed == 3);
  // Compliance holds at every step.
  CHECK(trial.of("shade").removal == Removal::policy_allow);
  CHECK(trial.of("maker").removal == Removal::policy_allow);

  settings.require[0] = text("price.output <= 3.5 $/Mtok");
  settings.relax[0] = text("price.output <= 5 $/Mtok");
  Trial nearer(settings);
  CHECK(nearer.chosen() == "alpine");
  CHECK(nearer.decision.relaxed == 2);
  CHECK(nearer.of("cloud").removal == Removal::policy_require);
  CHECK(limits_after(nearer.policy, 2).at(static_cast<std::size_t>(nearer.of("cloud").rule)).text ==
        "price.output <= 5 $/Mtok");

  settings.relax.clear();
  Trial strict(settings);
  CHECK(strict.chosen() == "nobody");
  CHECK(strict.decision.relaxed == 0);
}

TEST_CASE("a request that failed where the limits hold goes on where they were relaxed, and nowhere else") {
  config::PolicySettings settings = policy();
  settings.allow = text("jurisdiction in [US, EU]");
  settings.require = {text("price.output <= 4 $/Mtok")};
  settings.relax = {text("price.output <= 10 $/Mtok")};
  Trial trial(settings);
  CHECK(trial.chosen() == "alpine");
  CHECK(trial.decision.relaxed == 0);
  std::vector<Attempt> tried{
      {.endpoint = trial.index("alpine"),
       .generation = 1,
       .dispatched = trial.now,
       .failure = Failure{.kind = FailureKind::server_error, .progress = Progress::request_sent}}};
  CHECK(trial.chosen(trial.demand(), tried) == "cloud");
  CHECK(trial.decision.relaxed == 1);
  tried.push_back(tried[0]);
  tried[1].endpoint = trial.index("cloud");
  CHECK(trial.chosen(trial.demand(), tried) == "nobody");
}

TEST_CASE("a request's preferences filter first, and order before the policy does") {
  config::PolicySettings settings = policy();
  settings.prefer = {text("quantization in [bf16]")};
  SUBCASE("a filter says which it was") {
    Trial trial(settings);
    trial.wish({.ignore = {"cloud"}});
    CHECK(trial.ranking() == "shade maker alpine");
    CHECK(trial.of("cloud").removal == Removal::overlay);
    CHECK(trial.of("cloud").filter == Filter::ignore);
  }
  SUBCASE("an order comes before the policy's tiers, which order the rest") {
    Trial trial(settings);
    trial.wish({.order = {"alpine", "maker"}});
    CHECK(trial.ranking() == "alpine maker cloud shade");
  }
  SUBCASE("it cannot let in whom the policy forbids") {
    settings.allow = text("jurisdiction in [US, EU]");
    Trial trial(settings);
    trial.wish({.order = {"maker"}, .only = {"maker", "cloud"}});
    CHECK(trial.ranking() == "cloud");
    CHECK(trial.of("maker").removal == Removal::policy_allow);
  }
}

TEST_CASE("models to fall back to come after those asked for, unless they are sorted together") {
  config::Settings settings = support::settings_of(four_hosts());
  config::ModelSettings other = settings.models[0];
  other.name = {"small"};
  for (config::EndpointSettings& endpoint : other.endpoints) {
    endpoint.prices.output = support::per_million(0.1);
  }
  other.endpoints.resize(2);
  settings.models.push_back(other);
  const auto catalogue = std::make_shared<const Catalogue>(settings, 1);
  Market market(catalogue, {});
  const auto snapshot = market.snapshot({});
  const InFlight in_flight(6);
  Demand demand;
  demand.model = catalogue->find("m");
  demand.fallbacks = {catalogue->find("small"), catalogue->find("m")};
  demand.prompt = {1'000};
  Policy policy = support::compiled(support::policy_named("own"));
  Decision decision;
  const auto names = [&](std::span<const Attempt> tried = {}) {
    plan(*snapshot, policy, demand, tried, in_flight, {}, {}, decision);
    std::string result;
    for (const std::uint32_t i : decision.order) {
      const Endpoint& endpoint = catalogue->endpoints()[decision.verdicts[i].endpoint];
      result += (result.empty() ? "" : " ") + endpoint.model->name.text + "@" + endpoint.settings->name.text;
    }
    return result;
  };
  CHECK(names() == "m@shade m@maker m@alpine m@cloud small@maker small@cloud");
  CHECK(decision.verdicts.size() == 6);

  SUBCASE("a model that is named again is looked at once") {
    demand.fallbacks = {catalogue->find("m"), catalogue->find("small"), catalogue->find("small")};
    CHECK(names() == "m@shade m@maker m@alpine m@cloud small@maker small@cloud");
    CHECK(decision.verdicts.size() == 6);
  }
  SUBCASE("a sort over all models") {
    policy = overlaid(
        policy, std::make_shared<const Overlay>(ProviderPreferences{.sort = "price", .partition = "none"}));
    CHECK(names() == "small@maker small@cloud m@shade m@maker m@alpine m@cloud");
  }
  SUBCASE("an order of hosts holds within each model") {
    policy = overlaid(policy, std::make_shared<const Overlay>(ProviderPreferences{.order = {"cloud"}}));
    CHECK(names() == "m@cloud m@shade m@maker m@alpine small@cloud small@maker");
  }
  SUBCASE("a limit that nobody of the first model meets") {
    config::PolicySettings strict = support::policy_named("strict");
    strict.require = {text("price.output <= 0.2 $/Mtok")};
    policy = support::compiled(strict);
    CHECK(names() == "small@maker small@cloud");
  }
}

TEST_CASE("after a reload a request under way asks nobody whom the newest generation took away or forbids") {
  config::PolicySettings settings = policy();
  Trial trial(settings);
  std::vector<support::Host> left = four_hosts();
  left.erase(left.begin() + 3);
  Market newest(std::make_shared<const Catalogue>(support::settings_of(left), 2), trial.now);
  config::PolicySettings stricter = policy();
  stricter.allow = text("jurisdiction in [US, EU]");
  std::vector<EndpointIndex> withdrawn;
  find_withdrawn(*trial.catalogue, trial.demand(), *newest.snapshot(trial.now), support::compiled(stricter),
                 trial.policy, trial.now, withdrawn);
  CHECK(withdrawn == std::vector<EndpointIndex>{trial.index("maker"), trial.index("shade")});

  plan(*trial.market.snapshot(trial.now), trial.policy, trial.demand(), {}, trial.in_flight, trial.purse,
       {.now = trial.now, .seed = 1, .withdrawn = withdrawn}, trial.decision);
  CHECK(trial.of("shade").removal == Removal::withdrawn);
  CHECK(trial.of("shade").missed_by == 0);
  CHECK(trial.hosts[*trial.decision.chosen].name == "alpine");
}

TEST_CASE(
    "after a reload a request under way asks nobody who on the newest facts is not what it wished for") {
  Trial trial(policy());
  trial.wish({.zdr = true, .max_price = {.completion = 2.5}});
  config::Settings facts = support::settings_of(four_hosts());
  for (config::ProviderSettings& provider : facts.providers) provider.data_policy.zero_data_retention = true;
  facts.providers[0].data_policy.zero_data_retention.reset();
  facts.models[0].endpoints[1].prices.output = support::per_million(9);
  facts.models[0].endpoints[2].prices.output = support::per_million(1);
  facts.models[0].endpoints[3].prices.output = support::per_million(1);
  Market newest(std::make_shared<const Catalogue>(facts, 2), trial.now);
  std::vector<EndpointIndex> withdrawn;
  find_withdrawn(*trial.catalogue, trial.demand(), *newest.snapshot(trial.now), support::compiled(policy()),
                 trial.policy, trial.now, withdrawn);
  CHECK(withdrawn == std::vector<EndpointIndex>{0, 1});
}

TEST_CASE("a draw by weights is the seed's, among the best tier; without any weight all of it are alike") {
  config::PolicySettings settings = policy();
  settings.prefer = {text("jurisdiction in [CN, US, FR]")};
  const auto check = [](const config::PolicySettings& own,
                        const std::vector<std::pair<std::string, double>>& expected) {
    Trial trial(own);
    const auto snapshot = trial.market.snapshot(trial.now);
    for (std::uint64_t seed = 1; seed < 100; ++seed) {
      plan(*snapshot, trial.policy, trial.demand(), {}, trial.in_flight, trial.purse, {trial.now, seed},
           trial.decision);
      double left = drawn(seed, Purpose::weigh, 0);
      std::string chosen;
      for (const auto& [name, likely] : expected) {
        CHECK(trial.of(name).propensity == support::close(likely, 1e-9));
        if (chosen.empty() && left < likely) chosen = name;
        left -= likely;
      }
      CHECK(trial.hosts[*trial.decision.chosen].name == chosen);
      CHECK(trial.of("shade").propensity == 0);
      CHECK(trial.of("shade").weight == 0);
      CHECK(trial.decision.explored_dollars == 0);
    }
  };
  settings.choose = text("weighted(price.output ^ -1)");
  check(settings, {{"maker", 6.0 / 9}, {"alpine", 2.0 / 9}, {"cloud", 1.0 / 9}});
  settings.choose = text("weighted(0 * price)");
  check(settings, {{"maker", 1.0 / 3}, {"alpine", 1.0 / 3}, {"cloud", 1.0 / 3}});
}
