// Public lists, each a small one in the shape of the real ones, read into the same rows.
#include "gateway/catalogue_import/lists.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

using namespace gateway;
using config::Feature;

namespace {

const std::string models_dev =
    R"({"fireworks-ai": {"id": "fireworks-ai", "name": "Fireworks", "env": ["FIREWORKS_API_KEY"],
  "npm": "@ai-sdk/openai-compatible", "api": "https://api.fireworks.ai/inference/v1/", "models": {
    "accounts/fireworks/models/deepseek-r1-0528": {"id": "x", "name": " DeepSeek R1\t", "reasoning": true,
      "tool_call": true, "structured_output": true, "last_updated": "2025-05-28",
      "modalities": {"input": ["text", "image"], "output": ["text"]}, "limit": {"context": 160000, "output": 16384},
      "cost": {"input": 3, "output": 8, "cache_read": 0.003625,
               "tiers": [{"input": 6, "output": 16, "tier": {"type": "context", "size": 200000}}]}},
    "flux": {"name": "Flux", "limit": {"context": 0, "output": 0}, "modalities": {"input": ["text"], "output": ["image"]}}}}})";

const std::string litellm = R"({"sample_spec": {"litellm_provider": "one of many", "input_cost_per_token": 0},
  "fireworks_ai/accounts/fireworks/models/deepseek-r1-0528": {"litellm_provider": "fireworks_ai", "mode": "chat",
    "max_input_tokens": 160000, "max_output_tokens": 160000, "input_cost_per_token": 3e-06, "output_cost_per_token": 8e-06,
    "cache_read_input_token_cost": 3.625e-09, "input_cost_per_token_above_200k_tokens": 6e-06,
    "output_cost_per_token_above_200k_tokens": 1.6e-05, "input_cost_per_token_above_200k_tokens_priority": 8e-06,
    "input_cost_per_token_priority": 4e-06, "input_cost_per_token_batches": 1e-06,
    "cache_creation_input_token_cost_above_1hr": 6e-06, "supports_function_calling": true, "supports_reasoning": true},
  "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.04}})";

const std::string openrouter =
    R"({"data": [{"id": "deepseek/deepseek-r1-0528:free", "name": "R1", "context_length": 163840,
    "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.0000005", "completion": "0.00000215", "input_cache_read": "0.00000035"},
    "top_provider": {"max_completion_tokens": 64000}, "supported_parameters": ["tools", "structured_outputs"]},
  {"id": "openrouter/auto", "context_length": 2000000, "pricing": {"prompt": "-1", "completion": "-1"}}]})";

const std::string openrouter_endpoints =
    R"({"data": {"id": "deepseek/deepseek-r1-0528", "name": "R1", "architecture": {"input_modalities": ["text", "image"],
    "output_modalities": ["text"]}, "endpoints": [
    {"tag": "deepinfra/fp4", "quantization": "fp4", "context_length": 163840, "max_completion_tokens": null,
     "pricing": {"prompt": "0.0000005", "completion": "0.00000215", "discount": 0.1}, "supported_parameters": ["tools"]},
    {"tag": "novita-ai", "quantization": "unknown", "context_length": 163840,
     "pricing": {"prompt": "0.0000007", "completion": "0.0000025"}},
    {"tag": "together", "context_length": 163840, "pricing": {"prompt": "-1", "completion": "-1"}},
    {"tag": "openai/priority", "context_length": 8, "pricing": {"prompt": "0.000001", "completion": "0.000002"}}]}})";

const std::string genai_prices = R"([{"id": "x-ai", "name": "X AI", "models": [
  {"id": "grok-4", "match": {"equals": "grok-4"}, "context_window": 256000,
   "prices": {"input_mtok": {"base": 3, "tiers": [{"start": 128000, "price": 6}]}, "output_mtok": 15}},
  {"id": "grok-old", "match": {"equals": "grok-old"}, "context_window": 1000,
   "prices": [{"prices": {"input_mtok": 5, "output_mtok": 6}},
              {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 1, "output_mtok": 2}}]}]}])";

config::PricePerMillionTokens dollars(double price) {
  return {config::Money{std::llround(price * 1e9)}};
}

bool has(const CatalogueRow& row, Feature feature) {
  return row.features[static_cast<std::size_t>(feature)];
}

}  // namespace

TEST_CASE("a model of models.dev has its host by our name, its prices, its bounds and what it can") {
  const CatalogueRows found = rows_of_list(models_dev, "api.json");
  REQUIRE(found.rows.size() == 1);
  CHECK(found.unpriced == 1);
  const CatalogueRow& row = found.rows[0];
  CHECK(row.provider == "fireworks");
  CHECK(row.host_model == "accounts/fireworks/models/deepseek-r1-0528");
  CHECK(row.model == "deepseek-r1-0528");
  CHECK(row.display_name == "DeepSeek R1");
  CHECK(row.date == "2025-05-28");
  CHECK(row.context == 160'000);
  CHECK(row.max_output == 16'384);
  CHECK(row.prices.input == dollars(3));
  CHECK(row.prices.output == dollars(8));
  CHECK(row.prices.cache_read == dollars(0.003625));
  CHECK_FALSE(row.prices.cache_write);
  CHECK(has(row, Feature::tools));
  CHECK(has(row, Feature::json_schema));
  CHECK(has(row, Feature::images));
  CHECK_FALSE(has(row, Feature::audio));
  REQUIRE(row.rules.size() == 1);
  CHECK(row.rules[0].when.prompt_above == config::Tokens{200'000});
  CHECK(row.rules[0].prices.output == dollars(16));
  CHECK(row.rules[0].prices.cache_read == dollars(0.003625));  // what a tier does not say is as ever
}

TEST_CASE("LiteLLM's prices by the token are those of models.dev by the million, to the last digit") {
  const CatalogueRows theirs = rows_of_list(models_dev, "api.json"),
                      found = rows_of_list(litellm, "map.json");
  REQUIRE(found.rows.size() == 1);
  CHECK(found.unpriced == 1);
  const CatalogueRow& row = found.rows[0];
  CHECK(row.provider == "fireworks");
  CHECK(row.host_model == theirs.rows[0].host_model);
  CHECK(row.prices.input == theirs.rows[0].prices.input);
  CHECK(row.prices.output == theirs.rows[0].prices.output);
  CHECK(row.prices.cache_read == theirs.rows[0].prices.cache_read);
  CHECK(row.prices.cache_write_1h == dollars(6));
  REQUIRE(row.rules.size() == 3);
  CHECK(config::to_text(row.rules[0].when) == "prompts above 200,000 tokens, service tier priority");
  CHECK(row.rules[0].prices.input == dollars(8));
  CHECK(config::to_text(row.rules[1].when) == "service tier priority");
  CHECK(row.rules[1].prices.input == dollars(4));
  CHECK(row.rules[1].prices.output == dollars(8));
  CHECK(config::to_text(row.rules[2].when) == "prompts above 200,000 tokens");
  CHECK(row.rules[2].prices.input == dollars(6));
  CHECK(row.rules[2].prices.output == dollars(16));
}

TEST_CASE("OpenRouter's prices are texts, and a router has none") {
  const CatalogueRows found = rows_of_list(openrouter, "models");
  REQUIRE(found.rows.size() == 1);
  CHECK(found.unpriced == 1);
  CHECK(found.rows[0].provider == "openrouter");
  CHECK(found.rows[0].model == "deepseek-r1-0528");
  CHECK(found.rows[0].host_model == "deepseek/deepseek-r1-0528:free");
  CHECK(found.rows[0].prices.input == dollars(0.5));
  CHECK(found.rows[0].prices.cache_read == dollars(0.35));
  CHECK(found.rows[0].max_output == 64'000);
  CHECK(has(found.rows[0], Feature::tools));
}

TEST_CASE("what OpenRouter says of the hosts of a model is of each host, but for what its tiers cost") {
  const CatalogueRows found = rows_of_list(openrouter_endpoints, "endpoints");
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].provider == "deepinfra");
  CHECK(found.rows[0].host_model.empty());
  CHECK(found.rows[0].model == "deepseek-r1-0528");
  CHECK(found.rows[0].quantization == "fp4");
  CHECK(found.rows[0].prices.input == dollars(0.5));
  CHECK(found.rows[0].context == 163'840);
  CHECK(has(found.rows[0], Feature::tools));
  CHECK(has(found.rows[0], Feature::images));
  CHECK(found.rows[1].provider == "novita");
  CHECK(found.rows[1].quantization == "");
  CHECK(found.unpriced == 1);
}

TEST_CASE("LiteLLM's steps are the whole request's price by the length of its prompt") {
  const CatalogueRows found = rows_of_list(
      R"({"dashscope/qwen3-max": {"litellm_provider": "dashscope", "mode": "chat", "max_input_tokens": 258048,
          "tiered_pricing": [{"input_cost_per_token": 1.2e-06, "output_cost_per_token": 6e-06, "range": [0, 32000.0]},
                             {"input_cost_per_token": 2.4e-06, "output_cost_per_token": 1.2e-05, "range": [32000.0, 128000.0]},
                             {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "range": [128000.0, 252000.0]}]}})",
      "map.json");
  REQUIRE(found.rows.size() == 1);
  const CatalogueRow& row = found.rows[0];
  CHECK(row.prices.input == dollars(1.2));
  REQUIRE(row.rules.size() == 2);
  const auto output = [&](std::int64_t prompt) {
    const config::PriceRule* rule = config::rule_for(row.rules, {.prompt = {prompt}});
    return rule ? rule->prices.output : row.prices.output;
  };
  CHECK(output(32'000) == dollars(6));
  CHECK(output(32'001) == dollars(12));
  CHECK(output(128'001) == dollars(15));
}

TEST_CASE("of genai-prices' conditions the last that holds counts, and the unconditional price else") {
  const CatalogueRows found = rows_of_list(genai_prices, "data.json");
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].provider == "xai");
  CHECK(found.rows[0].prices.input == dollars(3));
  REQUIRE(found.rows[0].rules.size() == 1);
  CHECK(found.rows[0].rules[0].when.prompt_above == config::Tokens{128'000});
  CHECK(found.rows[0].rules[0].prices.input == dollars(6));
  CHECK(found.rows[0].rules[0].prices.output == dollars(15));
  CHECK(found.rows[1].prices.input == dollars(5));
  REQUIRE(found.rows[1].rules.size() == 1);
  CHECK(config::to_text(found.rows[1].rules[0].when) == "00:30-16:30 UTC");
  CHECK(found.rows[1].rules[0].prices.output == dollars(2));
}

TEST_CASE("a list that is cut anywhere gives no rows, but an error that names it") {
  for (const std::string& list : {models_dev, litellm, openrouter, openrouter_endpoints, genai_prices}) {
    for (std::size_t size = 0; size < list.size(); size += 7) {
      INFO(size);
      CHECK_THROWS_AS(rows_of_list(list.substr(0, size), "cut.json"), std::runtime_error);
    }
    CHECK_THROWS_AS(rows_of_list(list + "x", "more.json"), std::runtime_error);
  }
  CHECK_THROWS_WITH_AS(rows_of_list("{\"a\": 1}", "other.json"), doctest::Contains("other.json: is none of"),
                       std::runtime_error);
  CHECK_THROWS_WITH_AS(rows_of_list("{\n\"a\": NaN}", "nan.json"),
                       doctest::Contains("nan.json: is no JSON: line 2"), std::runtime_error);
}

TEST_CASE("members of odd types are as if they were not there") {
  const CatalogueRows found = rows_of_list(
      R"({"a": {"models": {"m": {"cost": {"input": "much", "output": [1], "cache_read": null}, "limit": 7, "name": 3},
                          "n": {"cost": 1}, "o": 5}}, "b": 1})",
      "odd.json");
  REQUIRE(found.rows.size() == 1);
  CHECK(found.rows[0].prices.input == dollars(0));
  CHECK(found.rows[0].context == 0);
  CHECK(found.rows[0].display_name.empty());
}

TEST_CASE("prices by the piece are taken from lists, but a picture's where the prompt's tokens hold it") {
  const auto of = [](const std::string& id) {
    return rows_of_list(R"({"data": [{"id": ")" + id +
                            R"(", "name": "N", "context_length": 1000, "pricing": {"prompt": "0.000001",
      "completion": "0.000002", "image": "0.0048", "request": "0.005", "web_search": "0.01"}}]})",
                        "models")
        .rows.at(0)
        .prices;
  };
  CHECK(of("anthropic/claude").image.nanos == 4'800'000);
  CHECK(of("anthropic/claude").request.nanos == 5'000'000);
  CHECK(of("anthropic/claude").search.nanos == 10'000'000);
  CHECK(of("google/gemini").image.nanos == 0);
  const auto listed = [](const std::string& provider) {
    return rows_of_list(R"({"p/m": {"litellm_provider": ")" + provider +
                            R"(", "mode": "chat", "max_input_tokens": 1000,
      "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "input_cost_per_image": 0.0011,
      "input_cost_per_request": 0.005, "input_cost_per_token_above_128k_tokens": 2e-06,
      "input_cost_per_image_above_128k_tokens": 0.0022}})",
                        "map.json")
        .rows.at(0);
  };
  CHECK(listed("perplexity").prices.request.nanos == 5'000'000);
  CHECK(listed("perplexity").prices.image.nanos == 1'100'000);
  CHECK(listed("perplexity").rules.at(0).prices.image.nanos == 2'200'000);
  CHECK(listed("vertex_ai-language-models").prices.image.nanos == 0);
  CHECK(listed("vertex_ai-language-models").rules.at(0).prices.image.nanos == 0);
}
