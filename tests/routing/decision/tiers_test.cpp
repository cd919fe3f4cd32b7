#include "routing/decision/tiers.hpp"

#include <doctest/doctest.h>

#include "tests/support/policies.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

Policy prefers(std::vector<std::string> rules) {
  config::PolicySettings settings = support::policy_named("choosy");
  for (std::string& rule : rules) settings.prefer.push_back(support::text(std::move(rule)));
  return support::compiled(settings);
}

Policy with(const Policy& policy, ProviderPreferences preferences) {
  return overlaid(policy, std::make_shared<const Overlay>(std::move(preferences)));
}

// A request that may fall back to two models more.
struct WithFallbacks final : support::SmallMarket {
  WithFallbacks() { demand.fallbacks = {demand.model, demand.model}; }
};

}  // namespace

TEST_CASE("the first preference that holds says the tier, and whoever meets none comes last") {
  const support::SmallMarket market;
  const Policy policy = prefers({"jurisdiction in [FR]", "jurisdiction in [FR, US]"});
  CHECK(tier_of(policy, market.view("alpine"), 0) == 0);
  CHECK(tier_of(policy, market.view("cloud/turbo"), 0) == 1);
  CHECK(tier_of(policy, market.view("maker"), 0) == 2);
}

TEST_CASE("every host of a model comes before the first of the next model, whatever the policy prefers") {
  const support::SmallMarket market;
  for (const Policy& policy : {prefers({}), prefers({"jurisdiction in [FR]", "jurisdiction in [US]"})}) {
    for (int place = 0; place < 3; ++place) {
      CHECK(tier_of(policy, market.view("maker"), place) < tier_of(policy, market.view("alpine"), place + 1));
    }
  }
}

TEST_CASE("a request's order of hosts holds within each model, and goes before what the policy prefers") {
  const WithFallbacks market;
  const Policy policy = with(prefers({"jurisdiction in [FR]"}), {.order = {"maker", "shade"}});
  const auto tier = [&](const char* name, int place) { return tier_of(policy, market.view(name), place); };
  for (int place = 0; place < 3; ++place) {
    CHECK(tier("maker", place) < tier("shade", place));
    CHECK(tier("shade", place) < tier("alpine", place));
    CHECK(tier("alpine", place) < tier("cloud/turbo", place));
  }
  for (int place = 0; place < 2; ++place) CHECK(tier("cloud/turbo", place) < tier("maker", place + 1));
}

TEST_CASE("a preferred speed brings a later model forward, and else the models keep their order") {
  WithFallbacks fast, slow;
  fast.measured.throughput.p50 = 80;
  slow.measured.throughput.p50 = 20;
  const Policy policy = with(prefers({"jurisdiction in [FR]"}), {.min_throughput = {.p50 = 50}});
  for (const char* name : {"maker", "alpine"}) {
    CHECK(tier_of(policy, fast.view(name), 2) < tier_of(policy, slow.view("alpine"), 0));
    CHECK(tier_of(policy, fast.view(name), 0) < tier_of(policy, fast.view("alpine"), 1));
    CHECK(tier_of(policy, slow.view(name), 0) < tier_of(policy, slow.view("alpine"), 1));
  }
  CHECK(tier_of(policy, fast.view("alpine"), 0) < tier_of(policy, fast.view("maker"), 0));
}

TEST_CASE("models that are sorted together do not come one after the other") {
  const WithFallbacks market;
  const Policy policy =
      with(prefers({"jurisdiction in [FR]"}), {.order = {"maker"}, .sort = "price", .partition = "none"});
  for (int place = 1; place < 3; ++place) {
    for (const char* name : {"maker", "alpine", "shade"}) {
      CHECK(tier_of(policy, market.view(name), place) == tier_of(policy, market.view(name), 0));
    }
  }
  CHECK(tier_of(policy, market.view("maker"), 2) < tier_of(policy, market.view("alpine"), 0));
  CHECK(tier_of(policy, market.view("alpine"), 2) < tier_of(policy, market.view("shade"), 0));
}
