// Ten expressions over 30 endpoints, and compiling and checking 100 policies over 1,000 endpoints.
#include <benchmark/benchmark.h>

#include <string>

#include "routing/policy/policy_check.hpp"
#include "tests/support/small_market.hpp"

namespace {

// As many endpoints as asked for, by turns those of the small market.
config::Settings settings_of(std::size_t endpoints) {
  config::Settings settings = support::small_settings();
  auto& all = settings.models[0].endpoints;
  const auto originals = all;
  all.clear();
  for (std::size_t i = 0; i < endpoints; ++i) {
    all.push_back(originals[i % originals.size()]);
    all.back().name.text += "/" + std::to_string(i);
  }
  return settings;
}

config::PolicySettings ten_expressions(const std::string& name) {
  config::PolicySettings policy{};
  policy.name = {name};
  policy.place = {"bench.yaml", 1, 1};
  const auto text = [](std::string words) {
    return config::SourceText{.text = std::move(words), .place = {"bench.yaml", 2, 1}};
  };
  policy.allow = text("jurisdiction in [US, EU, CN] and (zdr or trains_on_prompts or not trains_on_prompts)");
  policy.require = {text("context >= prompt + max_output"),
                    text("ttft.p90 <= 30 s"),
                    text("price.output <= 60 $/Mtok"),
                    text("uptime >= 90 %"),
                    text("failure <= 50 %"),
                    text("endpoint != \"elsewhere\"")};
  policy.prefer = {text("quantization in [bf16, fp8]")};
  policy.minimize = text("price + 18 $/h * ttft + 6 $/h * generation");
  return policy;
}

void evaluate_ten_expressions_at_30_endpoints(benchmark::State& state) {
  config::Settings settings = settings_of(30);
  settings.policies = {ten_expressions("own")};
  config::Problems problems;
  const routing::PolicySet set = routing::compile(settings, problems);
  const routing::Policy& policy = *set.find("own");
  const routing::Catalogue catalogue(settings, 1);
  const support::SmallMarket market;
  routing::Measured measured;
  measured.ttft.p90 = 3;
  measured.uptime = 0.99;
  for (auto _ : state) {
    double sum = 0;
    for (const routing::Endpoint& endpoint : catalogue.endpoints()) {
      const routing::View view{&endpoint, &market.predicted, &measured, &market.demand};
      for (const auto* rules : {&policy.allow, &policy.require, &policy.prefer}) {
        for (const routing::Rule& rule : *rules) sum += rule.expression.truth(view) ? 1 : 0;
      }
      sum += policy.minimize->expression.number(view);
    }
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(evaluate_ten_expressions_at_30_endpoints)->Unit(benchmark::kMicrosecond);

void check_100_policies_over_1000_endpoints(benchmark::State& state) {
  config::Settings settings = settings_of(1000);
  for (int i = 0; i < 100; ++i) settings.policies.push_back(ten_expressions("own" + std::to_string(i)));
  const routing::Catalogue catalogue(settings, 1);
  const std::vector<routing::Measured> measured(1000);
  for (auto _ : state) {
    config::Problems problems;
    const routing::PolicySet set = routing::compile(settings, problems);
    routing::check_policies(set, catalogue, measured, problems);
    benchmark::DoNotOptimize(problems.size());
  }
}
BENCHMARK(check_100_policies_over_1000_endpoints)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
