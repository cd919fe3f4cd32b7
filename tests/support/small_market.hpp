// A few hosts of one model with different facts, and a request for it: what policies are tried on in tests.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "routing/language/expression.hpp"
#include "routing/terms/catalogue.hpp"
#include "tests/support/per_million.hpp"

namespace support {

inline config::Settings small_settings() {
  using namespace config;
  const auto provider = [](std::string name, std::optional<std::string> country,
                           std::vector<std::string> regions, DataPolicy data) {
    ProviderSettings settings{};
    settings.name = {std::move(name)};
    settings.jurisdiction = std::move(country);
    settings.regions = std::move(regions);
    settings.data_policy = data;
    return settings;
  };
  const auto endpoint = [](std::string name, std::size_t at, Quantization quantization, double in, double out,
                           std::int64_t context) {
    EndpointSettings settings{};
    settings.provider = {name.substr(0, name.find('/'))};
    settings.name = {std::move(name)};
    settings.provider_index = at;
    settings.context = {context};
    settings.quantization = quantization;
    settings.prices.input = per_million(in);
    settings.prices.output = per_million(out);
    return settings;
  };
  Settings settings{};
  settings.providers = {
      provider("maker", "CN", {"CN"}, {.retains_prompts = true, .trains_on_prompts = true}),
      provider("cloud", "US", {"US", "DE"}, {.retains_prompts = false, .trains_on_prompts = false}),
      provider("alpine", "FR", {"FR"}, {.trains_on_prompts = false, .zero_data_retention = true}),
      provider("shade", std::nullopt, {}, {})};
  ModelSettings model{};
  model.name = {"deepseek/deepseek-r1"};
  model.aliases = {{"deepseek-r1"}};
  model.endpoints = {endpoint("maker", 0, Quantization::fp8, 0.55, 2.19, 64'000),
                     endpoint("cloud/turbo", 1, Quantization::bf16, 1.35, 5.4, 128'000),
                     endpoint("alpine", 2, Quantization::fp4, 0.7, 2.4, 164'000),
                     endpoint("shade", 3, Quantization::unknown, 0.2, 0.9, 32'000)};
  model.endpoints[1].tags = {"fast", "dear"};
  model.endpoints[1].features.set(static_cast<std::size_t>(Feature::tools));
  model.endpoints[1].max_output = Tokens{16'000};
  settings.models = {model};
  KeySettings key{};
  key.name = {"app"};
  key.team = "search";
  settings.keys = {key};
  return settings;
}

// A Wednesday, 14:30 UTC.
inline config::WallTime wednesday() {
  using namespace std::chrono;
  return sys_days(year(2026) / November / 18) + 14h + 30min;
}

inline routing::Prediction prediction() {
  return {.expected_output = 500,
          .ttft = 2,
          .ttft_log_sd = 0.5,
          .throughput = 50,
          .throughput_log_sd = 0.2,
          .generation = 10,
          .price = 0.004,
          .failure = 0.03,
          .cache_hit = 0.25,
          .in_flight = 3};
}

struct SmallMarket {
  routing::Catalogue catalogue{small_settings(), 1};
  routing::Prediction predicted = prediction();
  routing::Measured measured{};
  routing::Demand demand{};

  SmallMarket() {
    demand.model = catalogue.find("deepseek-r1");
    demand.model_requested = "deepseek-r1";
    demand.prompt = {1'000};
    demand.max_output = config::Tokens{4'000};
    demand.delivery = routing::Delivery::streamed;
    demand.key = &catalogue.settings().keys.front();
    demand.user = "ann";
    demand.headers = {{"x-tier", "gold"}};
    demand.wall = wednesday();
  }

  routing::View view(std::string_view endpoint) const {
    for (const routing::Endpoint& each : catalogue.endpoints()) {
      if (each.settings->name.text == endpoint) return {&each, &predicted, &measured, &demand};
    }
    return {};
  }
};

}  // namespace support
