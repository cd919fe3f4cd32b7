// The catalogue that is shipped.
#include <doctest/doctest.h>

#include <algorithm>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

namespace {

const config::EndpointSettings* at(const config::Settings& settings, const std::string& model,
                                   const std::string& provider) {
  for (const config::ModelSettings& each : settings.models) {
    if (each.name.text != model) continue;
    const auto found = std::ranges::find(each.endpoints, config::ProviderName{provider},
                                         &config::EndpointSettings::provider);
    if (found != each.endpoints.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("the shipped catalogue loads, with the lists' prices of long prompts and tiers as rules") {
  const std::string file = SOURCE_DIR "/deploy/catalogue.yaml";
  config::Sources sources = test::any_variable();
  sources.file = config::system_sources().file;
  const config::Loaded loaded = config::load_file(file, sources);
  for (const config::Problem& problem : loaded.problems) {
    if (problem.severity == config::Severity::error) FAIL_CHECK(config::to_text(problem));
  }
  REQUIRE(loaded.settings);
  const config::EndpointSettings* gemini = at(*loaded.settings, "google/gemini-2.5-pro", "google");
  REQUIRE(gemini);
  CHECK(gemini->price_rules.size() == 5);
  const auto input = [&](std::int64_t prompt, config::ServiceTier tier) {
    const config::PriceRule* rule =
        config::rule_for(gemini->price_rules, {.prompt = {prompt}, .at = {}, .tier = tier});
    return (rule ? rule->prices : gemini->prices).input.price.nanos;
  };
  CHECK(input(200'000, config::ServiceTier::standard) == 1'250'000'000);
  CHECK(input(200'001, config::ServiceTier::standard) == 2'500'000'000);
  CHECK(input(200'001, config::ServiceTier::priority) == 4'500'000'000);
  const config::EndpointSettings* claude = at(*loaded.settings, "anthropic/claude-sonnet-4-5", "anthropic");
  REQUIRE(claude);
  CHECK(claude->prices.cache_write->price.nanos == 750'000'000);  // beside the input price
  CHECK(claude->speaks == config::Formats(config::Format::messages));
  for (const char* host : {"together", "fireworks", "deepinfra", "groq", "bedrock"}) {
    CHECK(at(*loaded.settings, "openai/gpt-oss-120b", host));
  }
}
