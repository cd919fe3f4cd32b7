#include "config/files/load.hpp"

#include <doctest/doctest.h>

#include "tests/support/close.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;
using namespace std::chrono_literals;
using test::given_sources;

namespace {

std::string all(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_text(problem) + "\n";
  return text;
}

Settings loaded(std::string_view yaml) {
  Loaded result = load(yaml, "isocost.yaml", given_sources());
  INFO(all(result.problems));
  REQUIRE(result.settings);
  CHECK(result.problems.empty());
  return std::move(*result.settings);
}

}  // namespace

TEST_CASE("the benchmark's configuration has one worker, one key and one host") {
  const Loaded result = load_file(SOURCE_DIR "/tests/bench/one_host.yaml", system_sources());
  INFO(all(result.problems));
  REQUIRE(result.settings);
  const Settings& settings = *result.settings;
  CHECK(settings.listen.host == "127.0.0.1");
  CHECK(settings.listen.port == 8080);
  CHECK(settings.workers == 1);
  REQUIRE(settings.keys.size() == 1);
  CHECK(settings.keys[0].sha256[0] == 0xf3);
  CHECK(settings.keys[0].sha256[31] == 0xe0);
  REQUIRE(settings.models.size() == 1);
  CHECK(settings.models[0].name.text == "m");
  REQUIRE(settings.models[0].endpoints.size() == 1);
  CHECK(settings.models[0].endpoints[0].host_model == "m");
  REQUIRE(settings.providers.size() == 1);
  CHECK(settings.providers[0].base_url.scheme == BaseUrl::Scheme::http);
  CHECK(settings.providers[0].base_url.host == "127.0.0.1");
  CHECK(settings.providers[0].base_url.port == 9000);
  CHECK(settings.providers[0].base_url.path == "/v1");
}

TEST_CASE("everything an operator can say arrives in the settings") {
  const Settings settings = loaded(R"(
listen: "[::1]:8443"
admin: 127.0.0.1:9464
workers: 3
trusted_proxies: [10.0.0.0/8, "::1"]
keys:
  - {name: app, sha256: 000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F, team: search,
     models: [r1, fast], policies: [interactive, mine], policy: mine}
telemetry: {genai_names: v1.41}
providers:
  deepseek:
    display_name: DeepSeek
    base_url: https://API.deepseek.com/v1/
    credential: ${DEEPSEEK_API_KEY}
    dialect: openai
    jurisdiction: CN
    regions: [CN, SG]
    retains_prompts: true
    trains_on_prompts: unknown
    zero_data_retention: false
    cancel_stops_billing: true
    reports_cost: true
    traceparent: true
    ca_file: /etc/ca.pem
    limits: {connect_timeout: 250 ms, first_token_timeout: 5 min, max_in_flight: 40}
  inside:
    base_url: http://10.0.0.7:8000
    allow_plaintext: true
    credential: ${file:/run/secrets/inside}
models:
  deepseek/deepseek-r1:
    aliases: [deepseek-r1, r1]
    display_name: R1
    description: It thinks first.
    created: 2025-01-20
    endpoints:
      - provider: deepseek
        host_model: deepseek-reasoner
        context: 64 ktok
        max_output: 8192
        quantization: fp8
        price: {input: 0.55 $/Mtok, output: $2.19/Mtok, cache_read: 0.14 $/Mtok, cache_write: 1 $/Mtok, request: $0.002}
        features: [reasoning, tools]
        tags: [cheap]
      - {provider: deepseek, variant: beta, host_model: r1-beta, context: 1 Mtok, price: {input: 0 $/Mtok, output: 0 $/Mtok}}
routes:
  fast:
    - {model: r1, quality_penalty: 0.001 $}
policies:
  mine:
    description: For us.
    extends: interactive
    allow: jurisdiction in [US]
    require:
      - context >= prompt
      - "ttft.p90 <= 3 s"
    prefer: quantization in [bf16]
    value_of_time: 18 $/h
    choose: weighted(price ^ -2)
    relax: [ttft.p90 <= 8 s]
    attempts: 3
    deadline: 120 s
    hedge: {budget: 5 %}
    explore: 2.5 %
rules:
  - when: stream
    policy: mine
default_policy: cheapest
shadow: [batch, fastest]
limits: {max_head_bytes: 8 KiB, max_body_bytes: 1 MiB, body_budget: 64 MiB, deadline: 90 s, max_connections: 10, max_connections_per_ip: 7, comment_after: 0 s}
log: {requests: failures, file: /var/log/isocost.log}
)");
  CHECK(settings.listen.host == "::1");
  CHECK(settings.admin->port == 9464);
  const KeySettings& key = settings.keys.at(0);
  CHECK(key.sha256[31] == 0x1f);
  CHECK(key.team == "search");
  CHECK(key.models.at(0).text == "deepseek/deepseek-r1");  // what the alias stands for
  CHECK(key.models.at(1).text == "fast");
  CHECK(key.policy->text == "mine");
  const ProviderSettings& deepseek = settings.providers.at(0);
  CHECK(deepseek.name.text == "deepseek");
  CHECK(deepseek.base_url.host == "api.deepseek.com");
  CHECK(deepseek.base_url.port == 443);
  CHECK(deepseek.base_url.path == "/v1");
  CHECK(deepseek.credential.reveal() == "sk-from-the-environment");
  CHECK(deepseek.credential_source == "${DEEPSEEK_API_KEY}");
  CHECK(deepseek.regions == std::vector<std::string>{"CN", "SG"});
  CHECK(deepseek.data_policy.retains_prompts == true);
  CHECK(!deepseek.data_policy.trains_on_prompts.has_value());
  CHECK(deepseek.data_policy.zero_data_retention == false);
  CHECK(deepseek.reports_cost);
  CHECK(deepseek.traceparent);
  CHECK(!settings.providers.at(1).traceparent);
  CHECK(settings.telemetry.genai_names == GenAiNames::of_1_41);
  CHECK(deepseek.limits.connect_timeout == 250ms);
  CHECK(deepseek.limits.first_token_timeout == 5min);
  CHECK(deepseek.limits.max_in_flight == 40);
  CHECK(settings.limits.comment_after == 0ms);
  CHECK(settings.providers.at(1).credential.reveal() == "sk-from-a-file");
  const ModelSettings& model = settings.models.at(0);
  CHECK(model.created == 1737331200);
  const EndpointSettings& endpoint = model.endpoints.at(0);
  CHECK(endpoint.name.text == "deepseek");
  CHECK(endpoint.context.count == 64'000);
  CHECK(endpoint.max_output->count == 8192);
  CHECK(endpoint.quantization == Quantization::fp8);
  CHECK(endpoint.prices.input.price.nanos == 550'000'000);
  CHECK(endpoint.prices.output.price.nanos == 2'190'000'000);
  CHECK(endpoint.prices.cache_read->price.nanos == 140'000'000);
  CHECK(endpoint.prices.request.nanos == 2'000'000);
  CHECK(endpoint.features.test(static_cast<std::size_t>(Feature::tools)));
  CHECK(endpoint.features.test(static_cast<std::size_t>(Feature::reasoning)));
  CHECK(endpoint.features.count() == 2);
  CHECK(model.endpoints.at(1).name.text == "deepseek/beta");
  CHECK(settings.routes.at(0).members.at(0).quality_penalty.nanos == 1'000'000);
  const PolicySettings& policy = settings.policies.at(0);
  CHECK(policy.require.size() == 2);
  CHECK(policy.prefer.at(0).text == "quantization in [bf16]");
  CHECK(policy.attempts == 3);
  CHECK(policy.deadline == 120s);
  CHECK(policy.hedge_budget == support::close(0.05));
  CHECK(policy.explore == support::close(0.025));
  CHECK(settings.rules.at(0).policy.text == "mine");
  CHECK(settings.default_policy->text == "cheapest");
  REQUIRE(settings.shadow.size() == 2);
  CHECK(settings.shadow[1].text == "fastest");
  CHECK(settings.limits.max_head_bytes == 8u << 10);
  CHECK(settings.limits.max_body_bytes == 1u << 20);
  CHECK(settings.limits.deadline == 90s);
  CHECK(settings.limits.body_budget == 64u << 20);
  CHECK(settings.limits.max_connections == 10);
  CHECK(settings.limits.max_connections_per_ip == 7);
  REQUIRE(settings.trusted_proxies.size() == 2);
  CHECK(settings.trusted_proxies[0].bits == 96 + 8);
  CHECK(settings.trusted_proxies[1].first[15] == 1);
  CHECK(settings.log.requests == LogRequests::failures);
  CHECK(settings.log.file == "/var/log/isocost.log");
}

TEST_CASE("a policy's texts know where their first character stands") {
  const Settings settings = loaded(R"(providers: {}
models: {}
policies:
  p:
    allow: price > 1
    require: ["ä", 'tools']
    minimize: |
      price +
      18 $/h * ttft
)");
  const PolicySettings& policy = settings.policies.at(0);
  CHECK(policy.place.line == 4);
  CHECK(policy.place.column == 3);
  CHECK(policy.allow->place.file == "isocost.yaml");
  CHECK(policy.allow->place.line == 5);
  CHECK(policy.allow->place.column == 12);
  CHECK(policy.require.at(0).place.column == 16);
  // Columns count characters, not bytes.
  CHECK(policy.require.at(1).place.column == 21);
  CHECK(policy.minimize->place.line == 8);
  CHECK(policy.minimize->place.column == 7);
}

namespace {

// What the one problem of a file says, and what to do.
std::string said_of(const std::string& more, const std::string& context = "8 ktok",
                    const std::string& price = "1 $/Mtok") {
  const std::string yaml =
      "providers: {a: {base_url: \"http://127.0.0.1:9/v1\"}}\nmodels: {m: {endpoints: [{provider: a, "
      "host_model: t, context: " +
      context + ", price: {input: " + price + ", output: 1 $/Mtok}}]}}\n" + more;
  const Loaded result = load(yaml, "isocost.yaml", given_sources());
  if (result.problems.empty()) return "";
  CHECK(result.problems.size() == 1);
  return result.problems[0].path + ": " + result.problems[0].message + "; " + result.problems[0].suggestion;
}

}  // namespace

TEST_CASE("a file says the version of its form, and one of a later isocost is refused for that") {
  CHECK(said_of("version: 1\n").empty());
  CHECK(said_of("version: 2\n") ==
        "version: found `2`; allowed is 1, the only version that this isocost knows; a file of a later "
        "version needs the "
        "isocost that it was written for");
}

TEST_CASE("amounts in the words of elsewhere are told in ours") {
  CHECK(said_of("", "128k").ends_with("; write `128 ktok`"));
  CHECK(said_of("", "1M").ends_with("; write `1 Mtok`"));
  CHECK(said_of("", "8 ktok", "0.5").ends_with("; write `0.5 $/Mtok`"));
  CHECK(said_of("", "8 ktok", "0.5/Mtok").ends_with("; prices are in dollars: write `0.5 $/Mtok`"));
  for (const char* foreign : {"0.5 €/Mtok", "0.5 EUR/Mtok", "£1/Mtok"})
    CHECK(said_of("", "8 ktok", foreign).ends_with("; what costs money is in dollars: convert it"));
  CHECK(said_of("", "8 ktok", "0.5 $/tok").ends_with("; "));
}
