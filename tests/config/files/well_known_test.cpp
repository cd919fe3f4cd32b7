#include "config/files/well_known.hpp"

#include <doctest/doctest.h>

#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

// A pool that has a host called deepseek already, as the shipped fleet does.
Settings pool() {
  const Loaded loaded = load(R"(
providers: {deepseek: {base_url: http://127.0.0.1:9101/v1}}
models:
  deepseek/deepseek-r1:
    aliases: [deepseek-r1]
    endpoints: [{provider: deepseek, host_model: r1, context: 64 ktok, price: {input: 1 $/Mtok, output: 2 $/Mtok}}]
)",
                             "pool", {});
  REQUIRE(loaded.settings);
  return *loaded.settings;
}

const ModelSettings* find(const Settings& settings, const std::string& name) {
  for (const ModelSettings& model : settings.models) {
    if (model.name.text == name) return &model;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("without a well-known variable the pool stays as it was") {
  Settings settings = pool();
  CHECK(add_well_known(settings, test::sources_of({{"OPENAI_API_KEY", ""}, {"GROQ_API_KEY", "xxx"}}, {}))
            .empty());
  CHECK(settings.providers.size() == 1);
  CHECK(settings.models.size() == 1);
}

TEST_CASE("every well-known host joins when its key is there") {
  Settings settings = pool();
  const Problems problems = add_well_known(settings, test::any_variable());
  for (const Problem& problem : problems) CHECK(to_text(problem) == "");
  CHECK(settings.providers.size() == 11);
  for (const ModelSettings& model : settings.models) {
    for (const EndpointSettings& endpoint : model.endpoints) {
      REQUIRE(endpoint.provider_index < settings.providers.size());
      CHECK(settings.providers[endpoint.provider_index].name == endpoint.provider);
    }
  }
}

TEST_CASE("a host with a key joins the model it serves, under a name of its own") {
  Settings settings = pool();
  const Sources sources =
      test::sources_of({{"TOGETHER_API_KEY", "together-key"}, {"DEEPSEEK_API_KEY", "deepseek-key"}}, {});
  CHECK(add_well_known(settings, sources).empty());
  REQUIRE(settings.providers.size() == 3);
  CHECK(settings.providers[1].name.text == "deepseek-live");
  CHECK(settings.providers[1].credential.reveal() == "deepseek-key");
  CHECK(settings.providers[2].name.text == "together");
  const ModelSettings* r1 = find(settings, "deepseek/deepseek-r1");
  REQUIRE(r1);
  REQUIRE(r1->endpoints.size() == 2);
  CHECK(r1->endpoints[0].name.text == "deepseek");
  CHECK(r1->endpoints[1].name.text == "together");
  const ModelSettings* flash = find(settings, "deepseek/deepseek-v4-flash");
  REQUIRE(flash);
  REQUIRE(flash->endpoints.size() == 1);
  CHECK(flash->endpoints[0].name.text == "deepseek-live");
  CHECK(find(settings, "openai/gpt-5-mini") == nullptr);
}
