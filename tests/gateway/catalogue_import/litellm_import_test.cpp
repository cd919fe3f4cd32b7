// Configurations of LiteLLM proxies, as its documentation shows them, made configurations of ours that load.
#include "gateway/catalogue_import/litellm_import.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/files/load.hpp"
#include "config/yaml/tree.hpp"

using namespace gateway;

namespace {

struct Imported {
  LitellmImport made;
  config::Loaded loaded;

  bool says(std::string_view part) const { return made.text.find(part) != std::string::npos; }
  bool notes(std::string_view part) const {
    return std::ranges::any_of(made.notes,
                               [&](const std::string& note) { return note.find(part) != std::string::npos; });
  }
};

std::optional<std::string> some_key(const std::string&) {
  return "sk-0123456789abcdef0123456789";
}

Imported imported(std::string_view yaml, Variable variable = some_key,
                  std::vector<CatalogueRow> prices = {}) {
  const config::FileText file("config.yaml", yaml);
  config::Report report(file);
  const auto tree = config::parse_tree(file, report);
  REQUIRE(tree);
  const LitellmSources sources{.variable = std::move(variable),
                               .sha256 = [](std::string_view) { return std::string(64, 'a'); },
                               .prices = std::move(prices)};
  Imported result{.made = imported_from_litellm(litellm_proxy(*tree), sources), .loaded = {}};
  config::Sources all;
  all.variable = some_key;
  all.file = [](const std::string&) -> std::optional<std::string> {
    return R"({"type": "service_account", "client_email": "a@b.example.com", "private_key": "-----BEGIN PRIVATE KEY-----"})";
  };
  result.loaded = config::load(result.made.text, "isocost.yaml", all);
  for (const config::Problem& problem : result.loaded.problems) MESSAGE(config::to_text(problem));
  INFO(result.made.text);
  CHECK(result.loaded.settings);
  return result;
}

// After "Load balancing" in its documentation.
constexpr std::string_view azure = R"(
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://my-endpoint-europe.openai.azure.com/
      api_key: os.environ/AZURE_API_KEY_EU
      api_version: "2024-10-21"
      rpm: 6
      timeout: 30
    model_info: {base_model: azure/gpt-4o, max_input_tokens: 128000, max_output_tokens: 16384}
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-ca
      api_base: https://my-endpoint-canada.openai.azure.com/
      api_key: "0123456789abcdef-a-key-in-clear"
      api_version: "2024-10-21"
      rpm: 1440
      tpm: 100000
      max_parallel_requests: 20
  - model_name: gpt-4o
    litellm_params: {model: gpt-4o, api_key: os.environ/OPENAI_API_KEY, temperature: 0.2}
    model_info: {input_cost_per_token: 0.0000025, output_cost_per_token: 1e-05, supports_function_calling: true}
  - model_name: gpt-4o-mini
    litellm_params: {model: openai/gpt-4o-mini, api_key: os.environ/OPENAI_API_KEY}
  - model_name: text-embedding-3-small
    litellm_params: {model: openai/text-embedding-3-small, api_key: os.environ/OPENAI_API_KEY}
router_settings:
  routing_strategy: latency-based-routing
  model_group_alias: {gpt-4: gpt-4o, mini: {model: gpt-4o-mini, hidden: true}}
  num_retries: 2
  timeout: 60
  redis_host: os.environ/REDIS_HOST
litellm_settings:
  fallbacks: [{gpt-4o: [gpt-4o-mini, no-such-model]}]
  success_callback: [langfuse]
general_settings:
  master_key: sk-1234
  database_url: postgresql://user:password@db/litellm
environment_variables:
  LANGFUSE_SECRET_KEY: sk-lf-secret-in-clear
)";

constexpr std::string_view many = R"(
model_list:
  - model_name: claude
    litellm_params: {model: anthropic/claude-sonnet-4-5, api_key: os.environ/ANTHROPIC_API_KEY}
  - model_name: claude
    litellm_params: {model: bedrock/converse/us.anthropic.claude-sonnet-4-5-20250929-v1:0, aws_region_name: us-east-1}
  - model_name: claude
    litellm_params: {model: vertex_ai/claude-sonnet-4-5, vertex_project: my-project, vertex_location: us-east5, vertex_credentials: /etc/keys/vertex.json}
  - model_name: gemini
    litellm_params: {model: gemini/gemini-2.5-flash, api_key: os.environ/GEMINI_API_KEY}
  - model_name: deepseek
    litellm_params: {model: deepseek/deepseek-chat}
  - model_name: deepseek
    litellm_params: {model: together_ai/deepseek-ai/DeepSeek-V3, api_key: os.environ/TOGETHERAI_API_KEY}
  - model_name: vertex-without
    litellm_params: {model: vertex_ai/gemini-2.5-pro}
  - model_name: picture
    litellm_params: {model: openai/gpt-image-1}
    model_info: {mode: image_generation}
  - model_name: "anthropic/*"
    litellm_params: {model: "anthropic/*"}
  - model_name: odd
    litellm_params: {model: replicate/meta/llama}
litellm_settings: {default_fallbacks: [claude], context_window_fallbacks: [{deepseek: [gemini]}], request_timeout: 600}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
)";

constexpr std::string_view own = R"(
model_list:
  - model_name: llama
    litellm_params: {model: hosted_vllm/meta-llama/Llama-3.3-70B-Instruct, api_base: "http://10.0.0.7:8000/v1", api_key: none}
  - model_name: llama
    litellm_params: {model: openai/meta-llama/Llama-3.3-70B-Instruct, api_base: "http://10.0.0.8:8000/v1/", api_key: fake-key}
  - model_name: llama
    litellm_params: {model: openai/meta-llama/Llama-3.3-70B-Instruct, api_base: "http://10.0.0.8:8000/v1", api_key: fake-key, weight: 2}
  - model_name: small
    litellm_params: {model: ollama/llama3.2, api_base: "http://localhost:11434"}
  - model_name: "My Model"
    litellm_params: {model: openai/x, api_base: os.environ/INSIDE, api_key: os.environ/INSIDE_KEY}
router_settings: {routing_strategy: simple-shuffle}
)";

const config::EndpointSettings& endpoint(const Imported& made, std::size_t model, std::size_t index) {
  return made.loaded.settings->models.at(model).endpoints.at(index);
}

}  // namespace

TEST_CASE("deployments of one group become endpoints of one model, with their sizes and prices") {
  const Imported made = imported(azure);
  CHECK(made.made.models == 3);
  CHECK(made.made.endpoints == 5);
  CHECK(made.says("base_url: \"https://my-endpoint-europe.openai.azure.com/openai\""));
  CHECK(made.says("api_version: \"2024-10-21\""));
  CHECK(made.says("credential: \"${AZURE_API_KEY_EU}\""));
  CHECK(endpoint(made, 0, 0).context.count == 128'000);
  CHECK(made.says("max_output: 16384 tok"));
  CHECK(made.says("price: {input: 2.5 $/Mtok, output: 10 $/Mtok}"));
  CHECK(made.says("NOT ITS PRICE"));
  CHECK(made.says("max_in_flight: 20"));
  CHECK(made.says("first_token_timeout: 30 s"));
  CHECK(made.says("# LiteLLM had rpm 1440, tpm 100000"));
  CHECK(made.says("speaks: [embeddings]"));
  CHECK(made.notes("`temperature` is not carried over"));
}

TEST_CASE("what cannot be carried is named as the file names it, lists and mappings too") {
  const Imported made = imported(R"(
model_list:
  - model_name: o3-pro
    litellm_params:
      model: openai/responses/o3-pro
      api_key: os.environ/OPENAI_API_KEY
      merge_reasoning_content_in_choices: true
      extra_headers: {x-tenant: "a"}
      tags: [paid]
      additional_drop_params: []
    model_info: {access_groups: [beta]}
  - model_name: pictures
    litellm_params: {model: openai/gpt-image-1, api_key: os.environ/OPENAI_API_KEY}
    model_info: {mode: image_generation}
include: [other.yaml]
)");
  for (const std::string name :
       {"merge_reasoning_content_in_choices", "extra_headers", "tags", "access_groups"}) {
    CAPTURE(name);
    CHECK(made.notes("o3-pro at openai/o3-pro: `" + name + "` is not carried over"));
  }
  CHECK(!made.notes("additional_drop_params"));
  CHECK(made.notes("isocost does not serve its mode, `image_generation`"));
  CHECK(made.notes("include: its files were not read"));
  CHECK(made.says("speaks: [responses]"));
}

TEST_CASE("no key and no secret of the file is in what is written or said") {
  const Imported made = imported(azure);
  std::string all = made.made.text;
  for (const std::string& note : made.made.notes) all += note + "\n";
  for (const std::string_view secret : {"0123456789abcdef-a-key", "sk-1234", "sk-lf-secret", "password"})
    CHECK(all.find(secret) == std::string::npos);
  CHECK(made.says("credential: \"${AZURE_MY_ENDPOINT_CANADA_API_KEY}\""));
  CHECK(made.notes("put it into the variable AZURE_MY_ENDPOINT_CANADA_API_KEY"));
  CHECK(made.says("sha256: aaaa"));
  CHECK(made.notes("environment_variables.LANGFUSE_SECRET_KEY"));
  CHECK(made.notes("general_settings.database_url"));
}

TEST_CASE("fallbacks become a route of the group's name, aliases go with it, retries and times a policy") {
  const Imported made = imported(azure);
  const config::Settings& settings = *made.loaded.settings;
  REQUIRE(settings.routes.size() == 2);
  CHECK(settings.routes[0].name.text == "gpt-4o");
  REQUIRE(settings.routes[0].members.size() == 2);
  CHECK(settings.routes[0].members[0].model.text == "gpt-4o-alone");
  CHECK(settings.routes[0].members[1].model.text == "gpt-4o-mini");
  CHECK(settings.routes[1].name.text == "gpt-4");
  CHECK(made.says("aliases: [\"mini\"]"));
  CHECK(made.notes("no-such-model is not there"));
  CHECK(made.says("extends: fastest"));
  CHECK(made.says("attempts: 3"));
  CHECK(made.says("deadline: 60 s"));
}

TEST_CASE("hosts of every kind are where LiteLLM asks them, and what cannot be carried says why") {
  const Imported made = imported(many, [](const std::string& name) {
    return name.starts_with("VERTEXAI_") ? std::nullopt : some_key(name);
  });
  CHECK(made.says("base_url: \"https://api.anthropic.com/v1\""));
  CHECK(made.says("base_url: \"https://bedrock-runtime.us-east-1.amazonaws.com\""));
  CHECK(made.says("projects/my-project/locations/us-east5/publishers/anthropic"));
  CHECK(made.says("service_account: \"${file:/etc/keys/vertex.json}\""));
  CHECK(made.says("speaks: [vertex_messages]"));
  CHECK(made.says("base_url: \"https://generativelanguage.googleapis.com/v1beta\""));
  CHECK(made.says("credential: \"${DEEPSEEK_API_KEY}\""));
  CHECK(made.says("credential: \"${TOGETHERAI_API_KEY}\""));
  CHECK(made.made.models == 3);
  CHECK(made.notes("vertex-without at vertex_ai/gemini-2.5-pro: left out: its project"));
  CHECK(made.notes("picture at openai/gpt-image-1: left out: isocost does not serve its mode"));
  CHECK(made.notes("anthropic/* at anthropic/*: left out"));
  CHECK(made.notes("isocost knows no host `replicate`"));
  // Of its own fallbacks deepseek has one, of the others each has the common one.
  CHECK(
      made.says("\"deepseek\":\n    - model: \"deepseek-alone\"\n    - {model: \"gemini-alone\", "
                "quality_penalty: $1}"));
  CHECK(made.says(
      "\"gemini\":\n    - model: \"gemini-alone\"\n    - {model: \"claude\", quality_penalty: $1}"));
}

TEST_CASE("machines of one's own need no key and bill nothing, and addresses may stand in variables") {
  const Imported made = imported(own, [](const std::string& name) -> std::optional<std::string> {
    if (name == "INSIDE") return "https://models.inside.example.com/v1/";
    return std::nullopt;
  });
  CHECK(made.made.endpoints == 4);
  CHECK(made.says("allow_plaintext: true"));
  CHECK(made.says("base_url: \"http://localhost:11434/v1\""));
  CHECK(made.says("base_url: \"https://models.inside.example.com/v1\""));
  CHECK(made.says("price: {input: 0 $/Mtok, output: 0 $/Mtok}   # a machine of your own"));
  CHECK(made.notes("stands twice with the same key"));
  CHECK(made.notes("My Model: is called My-Model here"));
  CHECK(made.notes("`simple-shuffle` has no counterpart"));
  CHECK(made.loaded.settings->keys.empty());
  const Imported without = imported(own, [](const std::string&) { return std::optional<std::string>(); });
  CHECK(without.notes("the variable INSIDE, which is not set here"));
}

TEST_CASE("prices and sizes come out of a list where the file has none") {
  CatalogueRow row{.provider = "openai",
                   .host_model = "gpt-4o-mini",
                   .source = "LiteLLM",
                   .place = "gpt-4o-mini",
                   .context = 128'000,
                   .max_output = 16'384};
  row.prices.input = {config::Money{150'000'000}};
  row.prices.output = {config::Money{600'000'000}};
  row.features[static_cast<std::size_t>(config::Feature::tools)] = true;
  CatalogueRow deployed = row;
  deployed.provider = "azure";
  deployed.host_model = "gpt-4o";
  deployed.place = "azure/gpt-4o";
  deployed.prices.input = {config::Money{2'750'000'000}};
  const Imported made = imported(azure, some_key, {row, deployed});
  CHECK(made.says("price: {input: 0.15 $/Mtok, output: 0.6 $/Mtok}   # LiteLLM"));
  CHECK(made.says("price: {input: 2.75 $/Mtok, output: 0.6 $/Mtok}   # LiteLLM"));
  CHECK(made.says("features: [tools]"));
}

TEST_CASE("keys and addresses that several deployments share are read where the file has them") {
  constexpr std::string_view shared = R"(
environment_variables: {AZURE_API_BASE: "https://eu-team.openai.azure.com/", MASTER: sk-of-the-file}
credential_list:
  - credential_name: production
    credential_values:
      api_key: os.environ/AZURE_API_KEY
      api_base: os.environ/AZURE_API_BASE
      api_version: "2024-10-21"
    credential_info: {description: of all}
model_list:
  - model_name: gpt-4o
    litellm_params: {model: azure/gpt-4o, litellm_credential_name: production}
  - model_name: gpt-4o
    litellm_params: {model: azure/gpt-4o-us, litellm_credential_name: production, api_base: "https://us.openai.azure.com"}
  - model_name: lost
    litellm_params: {model: azure/gpt-4o, litellm_credential_name: nobody}
general_settings: {master_key: os.environ/MASTER}
)";
  const Imported made = imported(shared, [](const std::string&) { return std::optional<std::string>(); });
  CHECK(made.made.endpoints == 3);
  CHECK(made.says("base_url: \"https://eu-team.openai.azure.com/openai\""));
  CHECK(made.says("base_url: \"https://us.openai.azure.com/openai\""));
  CHECK(made.says("credential: \"${AZURE_API_KEY}\""));
  CHECK(made.says("api_version: \"2024-10-21\""));
  CHECK(made.says("sha256: aaaa"));
  CHECK(made.notes("lost: there is no `nobody` in `credential_list`"));
  CHECK(!made.notes("credential_list: nothing"));
  CHECK(!made.notes("litellm_credential_name"));
  for (const std::string& note : made.made.notes) CHECK(note.find("sk-of-the-file") == std::string::npos);
}

TEST_CASE("regions and projects may stand in variables, and where one is not set its name is told") {
  constexpr std::string_view clouds = R"(
model_list:
  - model_name: claude
    litellm_params: {model: bedrock/anthropic.claude-sonnet-4-5, aws_region_name: os.environ/REGION}
  - model_name: claude
    litellm_params: {model: vertex_ai/claude-sonnet-4-5, vertex_ai_project: os.environ/PROJECT, vertex_ai_location: us-east5, vertex_credentials: /etc/keys/vertex.json}
  - model_name: gpt
    litellm_params: {model: azure/gpt, api_base: "https://a.openai.azure.com", api_version: os.environ/VERSION, api_key: os.environ/AZURE_API_KEY}
  - model_name: local
    litellm_params: {model: ollama/llama3.2}
)";
  const Imported made = imported(clouds, [](const std::string& name) -> std::optional<std::string> {
    if (name == "REGION") return "eu-west-1";
    if (name == "PROJECT") return "my-project";
    if (name == "VERSION") return "2024-10-21";
    return std::nullopt;
  });
  CHECK(made.made.endpoints == 4);
  CHECK(made.says("aws: {region: eu-west-1}"));
  CHECK(made.says("projects/my-project/locations/us-east5/publishers/anthropic"));
  CHECK(made.says("api_version: \"2024-10-21\""));
  const Imported without = imported(clouds, [](const std::string&) { return std::optional<std::string>(); });
  CHECK(without.notes("`aws_region_name` stands in the variable REGION, which is not set here"));
  CHECK(without.notes("`vertex_project` stands in the variable PROJECT, which is not set here"));
  CHECK(without.notes("`api_version` stands in the variable VERSION, which is not set here"));
}

TEST_CASE("models at Foundry are asked where it speaks as OpenAI and Anthropic do") {
  const Imported made = imported(R"(
model_list:
  - model_name: r1
    litellm_params: {model: azure_ai/DeepSeek-R1, api_base: "https://foo.services.ai.azure.com/models", api_key: os.environ/AZURE_AI_API_KEY}
  - model_name: claude
    litellm_params: {model: azure_ai/claude-sonnet-4-5, api_base: "https://foo.services.ai.azure.com/anthropic", api_key: os.environ/AZURE_AI_API_KEY}
  - model_name: phi
    litellm_params: {model: azure_ai/phi-4, api_base: "https://phi.eastus.models.ai.azure.com/v1/chat/completions", api_key: os.environ/PHI}
)");
  CHECK(made.made.endpoints == 3);
  CHECK(made.says("base_url: \"https://foo.services.ai.azure.com/openai/v1\""));
  CHECK(made.says("base_url: \"https://foo.services.ai.azure.com/anthropic/v1\""));
  CHECK(made.says("base_url: \"https://phi.eastus.models.ai.azure.com/v1\""));
  CHECK(made.says("dialect: azure"));
  CHECK(made.says("dialect: anthropic"));
}

TEST_CASE("fallbacks and aliases of every form are carried over or named") {
  const Imported made = imported(R"(
model_list:
  - model_name: small
    litellm_params: {model: openai/small, api_base: "http://localhost:8000/v1", api_key: none}
  - model_name: large
    litellm_params: {model: openai/large, api_base: "http://localhost:8000/v1", api_key: none}
  - model_name: other
    litellm_params: {model: openai/other, api_base: "http://localhost:8000/v1", api_key: none}
router_settings:
  fallbacks: [{small: [{model: large, temperature: 0}]}, {"*": [small]}, {gone: [small]}]
  model_group_alias: {both: [small, large], nothing: gone, tiny: small}
)");
  CHECK(made.says("- {model: \"large-alone\", quality_penalty: $1}"));
  CHECK(made.says("- {model: \"small-alone\", quality_penalty: $1}"));
  CHECK(made.notes("fallbacks of small: of large its name alone is carried over"));
  CHECK(made.notes("fallbacks of gone: it is not there itself"));
  CHECK(made.notes("model_group_alias.both: it is not another name for one group"));
  CHECK(made.notes("model_group_alias.nothing: gone is not there"));
  CHECK(!made.notes("model_group_alias.tiny"));
}

TEST_CASE("what has its like here is told by its name here") {
  const Imported made = imported(R"(
model_list:
  - model_name: small
    litellm_params: {model: openai/small, api_base: "http://localhost:8000/v1", api_key: none}
litellm_settings: {max_budget: 100, budget_duration: 30d, cache: true}
general_settings: {max_parallel_requests: 10, alerting: [slack]}
router_settings: {redis_host: cache}
)");
  CHECK(made.notes("litellm_settings.max_budget: `quota: {dollars: ...}`"));
  CHECK(made.notes("general_settings.max_parallel_requests: `quota: {concurrent: ...}`"));
  CHECK(made.notes("general_settings.alerting: `notify: {webhook: ...}`"));
  CHECK(made.notes("router_settings.redis_host: `redis: {url: ...}`"));
  CHECK(made.notes("litellm_settings.cache: nothing here corresponds to it"));
}
