#include "config/files/well_known.hpp"

#include <algorithm>
#include <iterator>

namespace config {
namespace {

// Prices, contexts and features: models.dev as of 2026-10 unless a line says otherwise. R1 at Together,
// DeepInfra and Novita: models.dev and Portkey 2026-08. Headquarters: general knowledge. Data policies depend
// on contracts and are left unknown. Cerebras is not here: no list price was found for what it serves today.
constexpr std::string_view catalogue = R"(
providers:
  deepseek: {display_name: DeepSeek, base_url: https://api.deepseek.com/v1, credential: "${DEEPSEEK_API_KEY}", optional: true,
             jurisdiction: CN, cancel_stops_billing: true}
  openrouter: {display_name: OpenRouter, base_url: https://openrouter.ai/api/v1, credential: "${OPENROUTER_API_KEY}",
               optional: true, jurisdiction: US}
  together: {display_name: Together, base_url: https://api.together.xyz/v1, credential: "${TOGETHER_API_KEY}", optional: true,
             jurisdiction: US, cancel_stops_billing: true}
  fireworks: {display_name: Fireworks, base_url: https://api.fireworks.ai/inference/v1, credential: "${FIREWORKS_API_KEY}",
              optional: true, jurisdiction: US, cancel_stops_billing: true}
  deepinfra: {display_name: DeepInfra, base_url: https://api.deepinfra.com/v1/openai, credential: "${DEEPINFRA_API_KEY}",
              optional: true, jurisdiction: US, cancel_stops_billing: true}
  novita: {display_name: Novita, base_url: https://api.novita.ai/openai/v1, credential: "${NOVITA_API_KEY}", optional: true,
           jurisdiction: US, cancel_stops_billing: true}
  openai: {display_name: OpenAI, base_url: https://api.openai.com/v1, credential: "${OPENAI_API_KEY}", optional: true,
           jurisdiction: US, cancel_stops_billing: true}
  groq: {display_name: Groq, base_url: https://api.groq.com/openai/v1, credential: "${GROQ_API_KEY}", optional: true,
         jurisdiction: US}
  mistral: {display_name: Mistral, base_url: https://api.mistral.ai/v1, credential: "${MISTRAL_API_KEY}", optional: true,
            jurisdiction: FR}
  xai: {display_name: xAI, base_url: https://api.x.ai/v1, credential: "${XAI_API_KEY}", optional: true, jurisdiction: US,
        cancel_stops_billing: true}

models:
  deepseek/deepseek-r1:
    aliases: [deepseek-r1]
    display_name: DeepSeek R1 (0528)
    created: 2025-05-28
    endpoints:
      - {provider: openrouter, host_model: deepseek/deepseek-r1-0528, context: 163840, features: [reasoning, tools],
         price: {input: 0.40 $/Mtok, output: 1.75 $/Mtok}}
      - {provider: together, host_model: deepseek-ai/DeepSeek-R1, context: 163839, max_output: 12288, features: [reasoning],
         price: {input: 3 $/Mtok, output: 7 $/Mtok}}
      - {provider: deepinfra, host_model: deepseek-ai/DeepSeek-R1-0528, context: 163840, max_output: 64000, quantization: fp4,
         features: [reasoning], price: {input: 0.50 $/Mtok, output: 2.15 $/Mtok, cache_read: 0.40 $/Mtok}}
      - {provider: novita, host_model: deepseek/deepseek-r1-0528, context: 163840, max_output: 32768, quantization: fp8,
         features: [reasoning], price: {input: 0.70 $/Mtok, output: 2.5 $/Mtok, cache_read: 0.35 $/Mtok}}
  deepseek/deepseek-v4-flash:
    aliases: [deepseek-v4-flash]
    display_name: DeepSeek V4 Flash
    endpoints:
      - {provider: deepseek, host_model: deepseek-v4-flash, context: 1 Mtok, max_output: 384000,
         features: [tools, json_object, reasoning], price: {input: 0.14 $/Mtok, output: 0.28 $/Mtok, cache_read: 0.0028 $/Mtok}}
      - {provider: fireworks, host_model: accounts/fireworks/models/deepseek-v4-flash, context: 1 Mtok,
         features: [tools, reasoning], price: {input: 0.14 $/Mtok, output: 0.28 $/Mtok, cache_read: 0.03 $/Mtok}}
      - {provider: novita, host_model: deepseek/deepseek-v4-flash, context: 1048576, max_output: 393216, features: [reasoning],
         price: {input: 0.14 $/Mtok, output: 0.28 $/Mtok, cache_read: 0.028 $/Mtok}}
  deepseek/deepseek-v4-pro:
    aliases: [deepseek-v4-pro]
    display_name: DeepSeek V4 Pro
    created: 2026-04-24
    endpoints:
      - {provider: deepseek, host_model: deepseek-v4-pro, context: 1 Mtok, max_output: 384000,
         features: [tools, json_object, reasoning],
         price: {input: 0.435 $/Mtok, output: 0.87 $/Mtok, cache_read: 0.003625 $/Mtok}}
      - {provider: openrouter, host_model: deepseek/deepseek-v4-pro, context: 1048576, features: [reasoning],
         price: {input: 0.971442 $/Mtok, output: 1.942884 $/Mtok, cache_read: 0.080954 $/Mtok}}
      - {provider: fireworks, host_model: accounts/fireworks/models/deepseek-v4-pro, context: 1 Mtok, max_output: 131072,
         features: [tools, reasoning], price: {input: 1.74 $/Mtok, output: 3.48 $/Mtok, cache_read: 0.15 $/Mtok}}
      - {provider: together, host_model: deepseek-ai/DeepSeek-V4-Pro, context: 512000, max_output: 384000,
         features: [tools, json_schema, reasoning], price: {input: 2.10 $/Mtok, output: 4.40 $/Mtok, cache_read: 0.20 $/Mtok}}
  openai/gpt-5-mini:
    aliases: [gpt-5-mini]
    display_name: GPT-5 Mini
    created: 2025-08-07
    endpoints:
      - {provider: openai, host_model: gpt-5-mini, context: 400000, max_output: 128000,
         features: [tools, json_object, json_schema, images, reasoning],
         price: {input: 0.25 $/Mtok, output: 2 $/Mtok, cache_read: 0.025 $/Mtok}}
  openai/gpt-oss-120b:
    aliases: [gpt-oss-120b]
    display_name: GPT OSS 120B
    created: 2025-08-05
    endpoints:
      - {provider: groq, host_model: openai/gpt-oss-120b, context: 131072, max_output: 65536,
         features: [tools, json_schema, reasoning], price: {input: 0.15 $/Mtok, output: 0.60 $/Mtok, cache_read: 0.075 $/Mtok}}
      - {provider: fireworks, host_model: accounts/fireworks/models/gpt-oss-120b, context: 131072, max_output: 32768,
         features: [tools, reasoning], price: {input: 0.15 $/Mtok, output: 0.60 $/Mtok, cache_read: 0.01 $/Mtok}}
  mistralai/mistral-small:
    aliases: [mistral-small]
    display_name: Mistral Small
    endpoints:
      - {provider: mistral, host_model: mistral-small-latest, context: 128000, max_output: 16384,
         features: [tools, json_object, json_schema, images], price: {input: 0.10 $/Mtok, output: 0.30 $/Mtok}}
  # The context and the price of long prompts: LiteLLM 1.110.2 of 2026-11.
  x-ai/grok-4.3:
    aliases: [grok-4.3]
    display_name: Grok 4.3
    created: 2026-05-01
    endpoints:
      - {provider: xai, host_model: grok-4.3, context: 1000000, max_output: 30000, features: [tools, images, reasoning],
         price: {input: 1.25 $/Mtok, output: 2.50 $/Mtok, cache_read: 0.20 $/Mtok},
         price_rules: [{when: {prompt_above: 200000 tok}, price: {input: 2.50 $/Mtok, output: 5 $/Mtok, cache_read: 0.40 $/Mtok}}]}
)";

// A variable that holds next to nothing is as good as not set: people blank them out.
Sources only_keys(const Sources& sources) {
  const auto variable = [look_up = sources.variable](const std::string& name) -> std::optional<std::string> {
    constexpr std::size_t shortest_key = 8;
    auto value = look_up ? look_up(name) : std::nullopt;
    return value && value->size() >= shortest_key ? value : std::nullopt;
  };
  return {.variable = variable, .file = {}};
}

bool has_provider(const Settings& settings, const ProviderName& name) {
  return std::ranges::find(settings.providers, name, &ProviderSettings::name) != settings.providers.end();
}

// By its name or an alias.
ModelSettings* find_model(Settings& settings, const ModelName& name) {
  for (ModelSettings& model : settings.models) {
    const bool alias = std::ranges::find(model.aliases, name) != model.aliases.end();
    if (model.name == name || alias) return &model;
  }
  return nullptr;
}

void add_model(Settings& settings, ModelSettings model) {
  if (ModelSettings* known = find_model(settings, model.name)) {
    std::ranges::move(model.endpoints, std::back_inserter(known->endpoints));
    return;
  }
  std::erase_if(model.aliases,
                [&](const ModelName& alias) { return find_model(settings, alias) != nullptr; });
  settings.models.push_back(std::move(model));
}

}  // namespace

Problems add_well_known(Settings& settings, const Sources& sources) {
  const Sources keys = only_keys(sources);
  const char* const variables[] = {
      "DEEPSEEK_API_KEY", "OPENROUTER_API_KEY", "TOGETHER_API_KEY", "FIREWORKS_API_KEY", "DEEPINFRA_API_KEY",
      "NOVITA_API_KEY",   "OPENAI_API_KEY",     "GROQ_API_KEY",     "MISTRAL_API_KEY",   "XAI_API_KEY"};
  const bool any =
      std::ranges::any_of(variables, [&](const char* name) { return keys.variable(name).has_value(); });
  if (!any) return {};
  Loaded loaded = load(catalogue, "(well-known hosts)", keys);
  if (!loaded.settings) return std::move(loaded.problems);
  const std::size_t first = settings.providers.size();
  for (ProviderSettings& provider : loaded.settings->providers) {
    if (has_provider(settings, provider.name)) {
      provider.name.text += "-live";
      provider.display_name += " (live)";
    }
    settings.providers.push_back(std::move(provider));
  }
  for (ModelSettings& model : loaded.settings->models) {
    for (EndpointSettings& endpoint : model.endpoints) {
      endpoint.provider_index += first;
      endpoint.provider = settings.providers[endpoint.provider_index].name;
      endpoint.name.text = endpoint.provider.text;
      if (!endpoint.variant.empty()) endpoint.name.text += "/" + endpoint.variant;
    }
    add_model(settings, std::move(model));
  }
  return std::move(loaded.problems);
}

}  // namespace config
