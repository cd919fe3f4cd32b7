#include "routing/policy/overlay.hpp"

#include <doctest/doctest.h>

#include <map>

#include "routing/policy/policy_set.hpp"
#include "tests/support/close.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

// maker fp8 0.55/2.19 CN collects; cloud/turbo bf16 1.35/5.4 US with tools; alpine fp4 0.7/2.4 FR zdr;
// shade: cheap and nothing known; cloud/priority: as cloud/turbo, a service tier.
config::Settings settings() {
  config::Settings result = support::small_settings();
  auto& endpoints = result.models[0].endpoints;
  config::EndpointSettings tier = endpoints[1];
  tier.name = {"cloud/priority"};
  endpoints.push_back(tier);
  endpoints[2].tags = {"distillable"};
  endpoints[2].prices.request = {2'000'000};
  endpoints[3].prices.image = {4'000'000};
  result.providers[0].display_name = "The Maker";
  return result;
}

struct World {
  Catalogue catalogue{settings(), 1};
  PolicySet policies;
  config::Features needs;
  std::map<std::string, Measured> measured;

  World()
      : policies([] {
          config::Problems problems;
          return compile(settings(), problems);
        }()) {}

  // Those that are left, in the order of their tiers: "maker alpine | shade".
  std::string left(ProviderPreferences preferences) {
    const std::optional<Refusal> fault = fault_in(preferences, catalogue);
    if (fault) return "fault: " + fault->message;
    const Overlay overlay(std::move(preferences));
    std::map<int, std::string> tiers;
    for (const Endpoint& endpoint : catalogue.endpoints()) {
      if (overlay.filter(endpoint, needs) != Filter::none) continue;
      std::string& tier = tiers[overlay.tier(endpoint, measured[endpoint.settings->name.text])];
      tier += (tier.empty() ? "" : " ") + endpoint.settings->name.text;
    }
    std::string result;
    for (const auto& [tier, names] : tiers) result += (result.empty() ? "" : " | ") + names;
    return result;
  }
};

using P = ProviderPreferences;

}  // namespace

TEST_CASE("every field of the provider object filters or orders as documented") {
  World world;
  world.measured["maker"].ttft = {.p50 = 9, .p75 = 12, .p90 = 20, .p99 = 40};
  world.measured["maker"].throughput = {.p50 = 20, .p75 = 18, .p90 = 15, .p99 = 9};
  world.measured["alpine"].ttft = {.p50 = 0.8, .p75 = 1, .p90 = 2, .p99 = 5};
  world.measured["alpine"].throughput = {.p50 = 60, .p75 = 50, .p90 = 40, .p99 = 20};
  const std::string everyone = "maker cloud/turbo alpine shade cloud/priority";
  const struct {
    std::string what;
    P preferences;
    std::string left;
  } cases[] = {
      {"nothing", {}, everyone},
      {"order, then the rest",
       {.order = {"alpine", "maker"}},
       "alpine | maker | cloud/turbo shade cloud/priority"},
      {"order without fallbacks",
       {.order = {"alpine", "maker"}, .fallbacks = Fallbacks::forbidden},
       "alpine | maker"},
      {"a base slug matches variants but no service tier", {.only = {"cloud"}}, "cloud/turbo"},
      {"a full slug matches one", {.only = {"cloud/priority"}}, "cloud/priority"},
      {"a display name in any case", {.only = {"the maker"}}, "maker"},
      {"only and ignore together", {.only = {"cloud", "maker"}, .ignore = {"cloud"}}, "maker"},
      {"ignore wins over order",
       {.order = {"maker"}, .ignore = {"maker"}},
       "cloud/turbo alpine shade cloud/priority"},
      {"the first slug of an order counts",
       {.order = {"cloud/turbo", "cloud"}, .only = {"cloud"}},
       "cloud/turbo"},
      {"data_collection deny: neither stores nor trains, and says so",
       {.data_collection = "deny"},
       "cloud/turbo alpine cloud/priority"},
      {"data_collection allow", {.data_collection = "allow"}, everyone},
      {"zdr", {.zdr = true}, "alpine"},
      {"enforce_distillable_text", {.distillable_text = true}, "alpine"},
      {"quantizations with their families",
       {.quantizations = {"fp8", "bf16"}},
       "maker cloud/turbo cloud/priority"},
      {"quantization unknown", {.quantizations = {"unknown"}}, "shade"},
      {"max_price in dollars per million", {.max_price = {.prompt = 0.55}}, "maker shade"},
      {"max_price for completions", {.max_price = {.completion = 2.4}}, "maker alpine shade"},
      {"max_price per request", {.max_price = {.request = 0.001}}, "maker cloud/turbo shade cloud/priority"},
      {"max_price per picture", {.max_price = {.image = 0.0039}}, "maker cloud/turbo alpine cloud/priority"},
      {"max_price that nobody meets", {.max_price = {.prompt = 0.1, .completion = 9}}, ""},
      {"preferred throughput moves to the end and never excludes",
       {.min_throughput = {.p50 = 30}},
       "cloud/turbo alpine shade cloud/priority | maker"},
      {"all percentiles must hold",
       {.min_throughput = {.p50 = 30, .p99 = 25}},
       "cloud/turbo shade cloud/priority | maker alpine"},
      {"preferred latency is in seconds",
       {.max_latency = {.p90 = 3}},
       "cloud/turbo alpine shade cloud/priority | maker"},
      {"preferred latency within an order",
       {.order = {"maker", "alpine"}, .fallbacks = Fallbacks::forbidden, .max_latency = {.p50 = 1}},
       "maker | alpine"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.what);
    CHECK(world.left(each.preferences) == each.left);
  }
}

TEST_CASE("require_parameters drops endpoints that lack what was sent") {
  World world;
  world.needs.set(static_cast<std::size_t>(config::Feature::tools));
  CHECK(world.left({}) == "maker cloud/turbo alpine shade cloud/priority");
  CHECK(world.left({.parameters = Parameters::required}) == "cloud/turbo cloud/priority");
}

TEST_CASE("an endpoint that is left out tells every preference against it, and what it is instead") {
  World world;
  world.needs.set(static_cast<std::size_t>(config::Feature::tools));
  world.needs.set(static_cast<std::size_t>(config::Feature::images));
  const Overlay overlay({.parameters = Parameters::required,
                         .data_collection = "deny",
                         .zdr = true,
                         .distillable_text = true,
                         .ignore = {"maker"},
                         .quantizations = {"bf16"},
                         .max_price = {.prompt = 0.5, .completion = 2.2, .request = 0.001}});
  const auto told = [&](std::size_t which) {
    const Endpoint& endpoint = world.catalogue.endpoints()[which];
    std::string result;
    for (const Objection& each : overlay.objections(endpoint, world.needs)) {
      result += (result.empty() ? "" : "; ") + std::string(each.field);
      if (!each.found.empty()) result += " " + each.found;
      if (each.margin) {
        result += " " + to_text(each.margin->found, each.margin->dimension) + " over " +
                  to_text(each.margin->limit, each.margin->dimension);
      }
    }
    return result;
  };
  CHECK(
      told(0) ==
      "ignore; require_parameters lacks tools, images; data_collection trains on prompts; zdr does not say; "
      "enforce_distillable_text; quantizations is fp8; max_price.prompt 0.55 $/Mtok over 0.5 $/Mtok");
  CHECK(told(1) ==
        "require_parameters lacks images; zdr does not say; enforce_distillable_text; "
        "max_price.prompt 1.35 $/Mtok over 0.5 $/Mtok; max_price.completion 5.4 $/Mtok over 2.2 $/Mtok");
  CHECK(told(2) ==
        "require_parameters lacks tools, images; quantizations is fp4; "
        "max_price.prompt 0.7 $/Mtok over 0.5 $/Mtok; max_price.completion 2.4 $/Mtok over 2.2 $/Mtok; "
        "max_price.request $0.002 over $0.001");
  CHECK(told(3) ==
        "require_parameters lacks tools, images; data_collection does not say; zdr does not say; "
        "enforce_distillable_text; quantizations is unknown");
  // Whoever is left out is so by one of these, and only then.
  for (const Endpoint& endpoint : world.catalogue.endpoints()) {
    const std::vector<Objection> all = overlay.objections(endpoint, world.needs);
    REQUIRE_FALSE(all.empty());
    CHECK(overlay.filter(endpoint, world.needs) == all.front().filter);
    CHECK(Overlay({}).objections(endpoint, world.needs).empty());
  }
}

TEST_CASE("faults in the provider object name the field and what is allowed") {
  const World world;
  const struct {
    P preferences;
    std::string field, message;
  } cases[] = {
      {{.order = {"makr"}},
       "provider.order",
       "there is no provider `makr`; the providers are alpine, cloud, cloud/priority, cloud/turbo, maker, "
       "shade"},
      {{.only = {"cloud/slow"}},
       "provider.only",
       "there is no provider `cloud/slow`; the providers are alpine, cloud, cloud/priority, cloud/turbo, "
       "maker, "
       "shade"},
      {{.ignore = {""}},
       "provider.ignore",
       "there is no provider ``; the providers are alpine, cloud, cloud/priority, cloud/turbo, maker, shade"},
      {{.quantizations = {"fp9"}},
       "provider.quantizations",
       "`fp9` is not a quantization; they are unknown, int4, int8, fp4, mxfp4, nvfp4, fp6, fp8, mxfp8, fp16, "
       "bf16, "
       "fp32"},
      {{.data_collection = "no"},
       "provider.data_collection",
       "`no` is not allowed here; the values are allow, deny"},
      {{.sort = "speed"},
       "provider.sort",
       "`speed` is not allowed here; the values are price, throughput, latency, exacto"},
      {{.sort = "price", .partition = "all"},
       "provider.sort.partition",
       "`all` is not allowed here; the values are model, none"},
      {{.max_price = {.prompt = -1}},
       "provider.max_price.prompt",
       "a number that is not negative is wanted here"},
      {{.max_price = {.audio = unknown}},
       "provider.max_price.audio",
       "a number that is not negative is wanted here"},
      {{.max_latency = {.p99 = -2}},
       "provider.preferred_max_latency",
       "a number that is not negative is wanted here"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.field);
    const std::optional<Refusal> fault = fault_in(each.preferences, world.catalogue);
    REQUIRE(fault.has_value());
    CHECK(fault->status == 400);
    CHECK(fault->field == each.field);
    CHECK(fault->message == each.message);
  }
}

TEST_CASE("an order of the request's own replaces the policy's, and its limits stay") {
  const World world;
  const support::SmallMarket market;
  const auto with = [&](P preferences) {
    return overlaid(*world.policies.find("openrouter"),
                    std::make_shared<const Overlay>(std::move(preferences)));
  };
  const View view = market.view("maker");
  const struct {
    std::string sort;
    double cost;
  } orders[] = {{"price", 0.004}, {"throughput", 1.0 / 50}, {"latency", 2}, {"exacto", 0.03}};
  for (const auto& each : orders) {
    CAPTURE(each.sort);
    const Policy sorted = with({.sort = each.sort});
    CHECK_FALSE(sorted.choose.has_value());
    CHECK(sorted.explore == 0);
    REQUIRE(sorted.minimize.has_value());
    CHECK(sorted.minimize->expression.number(view) == support::close(each.cost));
  }
  CHECK_FALSE(with({.order = {"maker"}, .sort = "price"}).minimize.has_value());
  CHECK_FALSE(with({.order = {"maker"}}).choose.has_value());
  CHECK(with({.only = {"maker"}}).choose.has_value());
  CHECK(with({.fallbacks = Fallbacks::forbidden}).attempts == 1);
  CHECK(with({.order = {"maker"}, .fallbacks = Fallbacks::forbidden}).attempts == 4);
  // Nobody else may go on with its answer, either.
  Policy going_on = *world.policies.find("openrouter");
  going_on.continue_hops = 2;
  CHECK(overlaid(going_on, std::make_shared<const Overlay>(P{.fallbacks = Fallbacks::forbidden}))
            .continue_hops == 0);
  CHECK(overlaid(going_on, std::make_shared<const Overlay>(P{.only = {"maker"}})).continue_hops == 2);
  CHECK(with({.sort = "price", .partition = "none"}).overlay->partition() == Partition::none);
  CHECK(with({.sort = "price"}).overlay->partition() == Partition::model);
}

TEST_CASE("an overlay never touches what the policy allows and requires") {
  config::Settings strict = settings();
  config::PolicySettings own{};
  own.name = {"own"};
  own.allow = config::SourceText{.text = "jurisdiction in [EU]", .place = {}};
  own.require = {{.text = "price.output <= 3 $/Mtok", .place = {}}};
  strict.policies = {own};
  config::Problems problems;
  const PolicySet set = compile(strict, problems);
  const World world;
  for (P preferences :
       {P{.order = {"maker"}}, P{.only = {"maker"}, .sort = "price"}, P{.data_collection = "allow"}}) {
    const Policy result = overlaid(*set.find("own"), std::make_shared<const Overlay>(preferences));
    REQUIRE(result.allow.size() == 1);
    REQUIRE(result.require.size() == 1);
    for (const Endpoint& endpoint : world.catalogue.endpoints()) {
      const View view{.endpoint = &endpoint};
      CHECK(result.allow[0].expression.truth(view) == set.find("own")->allow[0].expression.truth(view));
      CHECK(result.require[0].expression.truth(view) == set.find("own")->require[0].expression.truth(view));
    }
  }
}
