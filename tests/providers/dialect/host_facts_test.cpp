#include "providers/dialect/host_facts.hpp"

#include <doctest/doctest.h>

#include "providers/dialect/host_model.hpp"

namespace {

config::ProviderSettings at(const std::string& host, config::Dialect dialect = config::Dialect::openai) {
  config::ProviderSettings provider;
  provider.base_url.host = host;
  provider.dialect = dialect;
  return provider;
}

}  // namespace

TEST_CASE(
    "a host is known by its address and by whose API it is, and by a name that looks like it not at all") {
  CHECK_FALSE(providers::takes_max_tokens(at("api.openai.com")));
  CHECK_FALSE(providers::takes_max_tokens(at("mine.openai.azure.com", config::Dialect::azure)));
  CHECK(providers::takes_max_tokens(at("api.openai.com.example")));
  CHECK(providers::thinks_in_levels(at("api.deepseek.com")));
  CHECK_FALSE(providers::thinks_in_levels(at("notdeepseek.com")));
  CHECK(providers::knows_inference_geo(at("api.anthropic.com")));
  CHECK_FALSE(providers::knows_inference_geo(at("anthropic.example")));
  CHECK(providers::refuses_unknown_members(at("api.groq.com")));
  CHECK(providers::refuses_unknown_members(at("generativelanguage.googleapis.com")));
  CHECK(providers::refuses_unknown_members(at("opencode.ai")));
  CHECK_FALSE(providers::refuses_unknown_members(at("api.groq.com.example")));
  CHECK(providers::counts_bounds(at("api.openai.com")));
  CHECK_FALSE(providers::counts_bounds(at("api.anthropic.com", config::Dialect::anthropic)));
}

TEST_CASE("OpenAI's own hosts are told an answer's bound by its newer name, whatever API the client speaks") {
  config::EndpointSettings settings;
  for (const std::string host : {"api.openai.com", "api.example"}) {
    const config::ProviderSettings provider = at(host);
    const routing::Endpoint endpoint{.settings = &settings, .provider = &provider};
    CHECK(providers::host_model_of(endpoint).takes_max_tokens == (host == "api.example"));
  }
}
