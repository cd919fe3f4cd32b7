#include "gateway/observe/shadows.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using namespace std::chrono_literals;
using gateway::Record;
using gateway::RecordPtr;
using gateway::Shadows;
using gateway::ShadowStanding;
using Verdict = ShadowStanding::Verdict;

namespace {

// A quick and dear host, and one that is slow and cheap; "thrifty" runs in shadow beside "hasty".
struct Shadowing {
  Shadowing() : Shadowing("") {}
  explicit Shadowing(const std::string& allow, const std::vector<routing::EndpointIndex>& known = {0, 1})
      : world({{.name = "quick", .output_price = 20, .ttft = 0.3},
               {.name = "cheap", .output_price = 1, .ttft = 0.5}}) {
    config::Settings settings = support::settings_of(world.hosts);
    for (auto [name, value] : {std::pair("hasty", "900 $/h"), std::pair("thrifty", "0.1 $/h")}) {
      config::PolicySettings policy = support::policy_named(name);
      policy.value_of_time = support::text(value);
      policy.explore = 0;
      if (name == std::string("hasty") && !allow.empty()) policy.allow = support::text(allow);
      settings.policies.push_back(policy);
    }
    settings.shadow = {{"thrifty"}};
    adopt(settings);
    for (int i = 0; i < 40; ++i) {
      for (const routing::EndpointIndex endpoint : known) learn(endpoint);
      world.now += 1s;
    }
  }

  void adopt(const config::Settings& settings) {
    world.catalogue = std::make_shared<const routing::Catalogue>(settings, ++generation);
    world.market.adopt(world.catalogue, world.now);
    policies = std::make_unique<routing::PolicySet>(support::compiled_set(settings));
    shadows.adopt(world.catalogue, *policies);
  }
  void learn(routing::EndpointIndex endpoint) {
    world.market.observe(world.answer(endpoint, world.demand()), world.demand(), world.now);
  }
  // Decided under "hasty" and answered, as the gateway notes it.
  RecordPtr request() {
    const auto then = world.market.snapshot(world.now);
    shadows.keep(then);
    auto record = std::make_unique<Record>();
    record->policy = "hasty";
    record->model = "m";
    record->rules = std::make_shared<const routing::Policy>(*policies->find("hasty"));
    record->catalogue = world.catalogue;
    record->demand = world.demand();
    routing::plan(*then, *record->rules, record->demand, {}, world.in_flight, world.purse,
                  {.now = world.now, .seed = 1}, world.decision);
    routing::LoggedDecision& log = record->decisions.emplace_back();
    log.snapshot = then->version;
    log.now = world.now;
    log.length = world.decision.length;
    log.chosen = world.decision.chosen;
    log.not_kept = note(world.decision, log.seen_of);
    record->attempts = {world.answer(world.decision.chosen.value_or(0), record->demand)};
    record->attempts[0].cost = {record->attempts[0].endpoint == 0 ? 8'500'000 : 900'000};
    return record;
  }
  void judge(int requests) {
    for (int i = 0; i < requests; ++i) {
      std::vector<RecordPtr> records;
      records.push_back(request());
      learn(*records[0]->decisions[0].chosen);
      gateway::LateLook look([&] { return world.market.seen(world.now); });
      shadows.judge(records, *policies, world.now, look);
      world.now += 1s;
    }
  }
  ShadowStanding standing() const {
    const auto all = shadows.standings();
    REQUIRE(all.size() == 1);
    return all[0];
  }

  support::World world;
  std::uint64_t generation = 1;
  std::unique_ptr<routing::PolicySet> policies;
  Shadows shadows;
};

}  // namespace

TEST_CASE("each request is decided under the policy in shadow, too, and what it would change is added up") {
  Shadowing shadowing;
  shadowing.judge(30);
  const ShadowStanding early = shadowing.standing();
  CHECK(early.policy == "hasty");
  CHECK(early.shadow == "thrifty");
  CHECK(early.judged == 30);
  CHECK(early.moved == support::close(1, 0.05));
  CHECK(early.verdict == Verdict::too_few);
  shadowing.judge(370);
  const ShadowStanding later = shadowing.standing();
  CHECK(later.dollars.high < 0);
  CHECK(later.seconds.low > 0);
  // At what "hasty" says of time, a fifth of a second is worth more than those dollars.
  CHECK(later.verdict == Verdict::worse);
  CHECK(shadowing.shadows.left_out() == 0);
}

TEST_CASE(
    "where more than a tenth would go to hosts that nobody knows, what is known of the rest is no verdict") {
  Shadowing shadowing("", {0});  // no reply of "cheap"
  shadowing.judge(60);
  CHECK(shadowing.standing().unmeasured == 60);
  CHECK(shadowing.standing().judged == 0);
  CHECK(shadowing.standing().verdict == Verdict::unmeasured);
  for (int i = 0; i < 40; ++i) shadowing.learn(1), shadowing.world.now += 1s;
  shadowing.judge(400);
  CHECK(shadowing.standing().judged == 400);
  CHECK(shadowing.standing().cost.low > 0);
  CHECK(shadowing.standing().verdict == Verdict::unmeasured);
  shadowing.judge(200);
  CHECK(shadowing.standing().verdict == Verdict::worse);
}

TEST_CASE("a shadow that might go where the policy in force forbids is never better") {
  Shadowing shadowing("provider == \"quick\"");
  shadowing.judge(5);
  CHECK(shadowing.standing().forbidden == 5);
  CHECK(shadowing.standing().judged == 0);
  CHECK(shadowing.standing().verdict == Verdict::forbidden);
}

TEST_CASE("what is known of the same policies goes on over a reload, and of others begins anew") {
  Shadowing shadowing;
  shadowing.judge(5);
  config::Settings settings = shadowing.world.catalogue->settings();
  shadowing.adopt(settings);
  CHECK(shadowing.standing().judged == 5);
  shadowing.judge(1);
  CHECK(shadowing.standing().judged == 6);
  settings.policies[1].value_of_time = support::text("0.2 $/h");
  shadowing.adopt(settings);
  CHECK(shadowing.shadows.standings().empty());
  settings.shadow.clear();
  shadowing.adopt(settings);
  shadowing.judge(3);
  CHECK(shadowing.shadows.standings().empty());
}

TEST_CASE("requests that a reload overtook, or that came to an end too late, are left out and counted") {
  Shadowing shadowing;
  std::vector<RecordPtr> records;
  records.push_back(shadowing.request());
  shadowing.adopt(shadowing.world.catalogue->settings());
  gateway::LateLook look([&] { return shadowing.world.market.seen(shadowing.world.now); });
  shadowing.shadows.judge(records, *shadowing.policies, shadowing.world.now, look);
  CHECK(shadowing.shadows.left_out() == 1);
  records[0]->catalogue = shadowing.world.catalogue;  // whose past is not known that far back
  shadowing.shadows.judge(records, *shadowing.policies, shadowing.world.now, look);
  CHECK(shadowing.shadows.left_out() == 2);
  CHECK(shadowing.shadows.standings().empty());
}

TEST_CASE("in one second only so many hosts are looked at") {
  Shadowing shadowing;
  std::vector<RecordPtr> records;
  for (int i = 0; i < 50; ++i) records.push_back(shadowing.request());
  gateway::LateLook look([&] { return shadowing.world.market.seen(shadowing.world.now); });
  for (int i = 0; i < 2'000; ++i)
    shadowing.shadows.judge(records, *shadowing.policies, shadowing.world.now, look);
  CHECK(shadowing.standing().judged <= Shadows::most_looks / 4);
  CHECK(shadowing.standing().judged > 0);
  CHECK(shadowing.shadows.left_out() == 100'000 - shadowing.standing().judged);
}

TEST_CASE("requests of which not every host is kept take nothing of what others may cost") {
  Shadowing shadowing;
  std::vector<RecordPtr> records;
  for (int i = 0; i < 50; ++i) {
    records.push_back(shadowing.request());
    records.back()->decisions.front().not_kept = 1;
  }
  gateway::LateLook look([&] { return shadowing.world.market.seen(shadowing.world.now); });
  for (int i = 0; i < 2'000; ++i)
    shadowing.shadows.judge(records, *shadowing.policies, shadowing.world.now, look);
  CHECK(shadowing.shadows.left_out() == 100'000);
  shadowing.judge(1);
  CHECK(shadowing.standing().judged == 1);
}

TEST_CASE("the market's past keeps what is new whole and what is old further apart, within its memory") {
  gateway::MarketPast past;
  const auto keep = [&](std::size_t endpoints, std::uint64_t version) {
    auto snapshot = std::make_shared<routing::Snapshot>();
    snapshot->version = version;
    snapshot->endpoints.resize(endpoints);
    past.keep(snapshot);
    return std::weak_ptr<const routing::Snapshot>(snapshot);
  };
  for (std::uint64_t version = 1; version <= 500; ++version) keep(1'000, version);
  CHECK(past.at(0) == nullptr);
  REQUIRE(past.at(500));
  CHECK(past.at(500)->version == 500);
  CHECK(past.at(499)->version == 499);
  CHECK(past.at(1'000)->version == 500);
  REQUIRE(past.at(20));
  CHECK(past.at(20)->version <= 20);
  past.forget();
  // Of a large market few are kept, shared; what is only known as it was long before is not known.
  std::size_t alive = 0;
  std::vector<std::weak_ptr<const routing::Snapshot>> all;
  for (std::uint64_t version = 1; version <= 60; ++version) all.push_back(keep(6'000, version));
  for (const auto& each : all) alive += each.expired() ? 0 : 1;
  CHECK(alive >= 2);
  CHECK(alive <= 5);
  CHECK(past.at(60)->version == 60);
  CHECK(past.at(50) == nullptr);
}

TEST_CASE("what is known of policies in shadow goes on in another process, and of others it does not") {
  Shadowing before;
  before.judge(400);
  const ShadowStanding known = before.standing();
  const auto kept = before.shadows.memory();
  Shadowing after;
  after.shadows.recall(kept, after.world.now);
  const ShadowStanding again = after.standing();
  CHECK(again.judged == known.judged);
  CHECK(again.moved == support::close(known.moved));
  CHECK(again.dollars.low == support::close(known.dollars.low));
  CHECK(again.cost.high == support::close(known.cost.high));
  CHECK(again.verdict == known.verdict);
  after.judge(40);
  CHECK(after.standing().judged == known.judged + 40);

  Shadowing another("provider == \"quick\"");
  another.shadows.recall(kept, another.world.now);
  CHECK(another.shadows.standings().empty());
}

TEST_CASE("a policy in shadow with a budget is paced by what it would have spent, not by what is spent") {
  // "hasty" takes the dear host; in shadow runs the same with a budget of next to nothing.
  const auto standing_with = [](const char* budget) {
    Shadowing shadowing;
    config::Settings settings = support::settings_of(shadowing.world.hosts);
    for (const char* name : {"hasty", "thrifty"}) {
      config::PolicySettings policy = support::policy_named(name);
      policy.value_of_time = support::text("200 $/h");
      policy.explore = 0;
      if (name == std::string("thrifty")) policy.budget = support::text(budget);
      settings.policies.push_back(policy);
    }
    settings.shadow = {{"thrifty"}};
    shadowing.adopt(settings);
    shadowing.shadows.pass(1'795'824'000, 0.01);
    shadowing.judge(100);
    return shadowing.standing();
  };
  CHECK(standing_with("1000 $/day").moved < 0.01);
  CHECK(standing_with("0.001 $/day").moved > 0.5);
}

TEST_CASE("the market is copied once for all who judge the same requests") {
  int copies = 0;
  Shadowing shadowing;
  gateway::LateLook look([&] {
    ++copies;
    return shadowing.world.market.seen(shadowing.world.now);
  });
  CHECK(look.copies(1'000) == 1'000);
  look();
  CHECK(look.copies(1'000) == 0);
  look();
  CHECK(copies == 1);
}
