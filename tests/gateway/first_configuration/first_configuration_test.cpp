#include "gateway/first_configuration/first_configuration.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "config/files/load.hpp"
#include "gateway/first_configuration/catalogue_cut.hpp"

using namespace gateway;

namespace {

const std::string small = R"(# What it is.

providers:
  a:
    base_url: "https://a.example/v1"
    credential: ${A_API_KEY}
    optional: true
  google:
    base_url: "https://g.example/v1"
    credential: ${GEMINI_API_KEY}
    optional: true

models:
  x/m:
    aliases: ["m"]
    endpoints:
      # list 2026-01-01
      - provider: a
        host_model: "m"
        context: 1000 tok
        price: {input: 1 $/Mtok, output: 2 $/Mtok}
      # list 2026-01-02
      - provider: google
        host_model: "gm"
        context: 2000 tok
        price: {input: 1 $/Mtok, output: 2 $/Mtok}
  x/n:
    endpoints:
      # list 2026-01-03
      - provider: google
        host_model: "n"
        context: 1000 tok
        price: {input: 1 $/Mtok, output: 2 $/Mtok}
)";

FirstConfiguration with(std::vector<std::string> variables, const std::vector<FoundEngine>& engines = {}) {
  return first_configuration(
      small, [=](const std::string& name) { return std::ranges::find(variables, name) != variables.end(); },
      engines, "2026-11-28");
}

config::Loaded loaded(const std::string& text) {
  return config::load(
      text, "f",
      {.variable = [](const std::string&) { return std::optional<std::string>("secret-0123"); }, .file = {}});
}

FoundEngine engine(config::EngineKind kind, std::string id, std::optional<std::int64_t> context) {
  return {.url = {config::BaseUrl::Scheme::http, "127.0.0.1", 8000, "/v1"},
          .kind = kind,
          .models = {{.id = std::move(id), .context = context}}};
}

}  // namespace

TEST_CASE("a catalogue is cut into what it says of each provider and endpoint") {
  const CutCatalogue all = cut(small);
  CHECK(all.says == "# What it is.\n");
  REQUIRE(all.providers.size() == 2);
  CHECK(all.providers[1].name == "google");
  CHECK(all.providers[1].variable == "GEMINI_API_KEY");
  REQUIRE(all.models.size() == 2);
  CHECK(all.models[0].text == "    aliases: [\"m\"]\n");
  REQUIRE(all.models[0].endpoints.size() == 2);
  CHECK(all.models[0].endpoints[1].provider == "google");
  CHECK(all.models[0].endpoints[1].text.starts_with("      # list 2026-01-02\n      - provider: google\n"));
}

TEST_CASE("the hosts of the keys that are there are written, with their models alone") {
  const FirstConfiguration first = with({"A_API_KEY"});
  const config::Loaded read = loaded(first.text);
  REQUIRE_MESSAGE(read.settings, first.text);
  CHECK(read.settings->providers.size() == 1);
  REQUIRE(read.settings->models.size() == 1);
  CHECK(read.settings->models[0].endpoints.size() == 1);
  CHECK(first.text.find("gm") == std::string::npos);
  CHECK(first.variables == std::vector<std::string>{"A_API_KEY"});
}

TEST_CASE("another name of the same key is written as it is called here") {
  CHECK(with({"GOOGLE_API_KEY"}).text.find("credential: ${GOOGLE_API_KEY}") != std::string::npos);
  CHECK(with({"GOOGLE_API_KEY", "GEMINI_API_KEY"}).text.find("credential: ${GEMINI_API_KEY}") !=
        std::string::npos);
}

TEST_CASE("without keys and engines there is nothing to write") {
  CHECK(with({}).text.empty());
  CHECK(with({"AWS_ACCESS_KEY_ID"}).text.empty());
  CHECK(with({"AWS_ACCESS_KEY_ID"}).notes.size() == 1);
}

TEST_CASE(
    "a key of a host that is known, but of whose models nothing is, is told of with the host's address") {
  const FirstConfiguration first = with({"PARASAIL_API_KEY", "A_API_KEY"});
  CHECK(loaded(first.text).settings->providers.size() == 1);
  REQUIRE(first.notes.size() == 1);
  CHECK(first.notes[0].find("PARASAIL_API_KEY is set") != std::string::npos);
  CHECK(first.notes[0].find("https://api.parasail.io/v1") != std::string::npos);
  CHECK(with({"GOOGLE_APPLICATION_CREDENTIALS"}).notes.size() == 1);
  CHECK(with({"AWS_BEARER_TOKEN_BEDROCK"}).notes.size() == 1);
}

TEST_CASE("what a host does with prompts is as the catalogue has it, and where it has nothing that is said") {
  CHECK(with({"A_API_KEY"}).text.find("counts as the worst") != std::string::npos);
  std::string told = small;
  told.replace(told.find("  google:"), 0,
               "    # page 2026-01-01\n    retains_prompts: true\n    trains_on_prompts: false\n");
  const FirstConfiguration first = first_configuration(
      told, [](const std::string& name) { return name == "A_API_KEY"; }, {}, "2026-11-28");
  REQUIRE_MESSAGE(loaded(first.text).settings, first.text);
  CHECK(loaded(first.text).settings->providers[0].data_policy.trains_on_prompts == false);
  CHECK(first.text.find("    # page 2026-01-01\n    retains_prompts: true\n") != std::string::npos);
  CHECK(first.text.find("counts as the worst") == std::string::npos);
  CHECK(first.text.find("without a contract") != std::string::npos);
}

TEST_CASE("an engine's models are written with the context it says, and not without one") {
  const FirstConfiguration first = with({}, {engine(config::EngineKind::vllm, "some/model:x", 8192)});
  const config::Loaded read = loaded(first.text);
  REQUIRE_MESSAGE(read.settings, first.text);
  CHECK(read.settings->models[0].endpoints[0].host_model == "some/model:x");
  CHECK(read.settings->models[0].endpoints[0].context.count == 8192);
  CHECK(read.settings->models[0].name.text.find(':') == std::string::npos);
  CHECK(read.settings->providers[0].engine->kind == config::EngineKind::vllm);
  const FirstConfiguration silent = with({}, {engine(config::EngineKind::vllm, "m", std::nullopt)});
  CHECK(silent.text.empty());
  CHECK(silent.notes.size() == 2);
}

TEST_CASE("what an engine calls its models cannot break the file") {
  const FirstConfiguration first =
      with({}, {engine(config::EngineKind::llamacpp, "C:\\models\\\"x\": {a: b} # y.gguf", 4096)});
  const config::Loaded read = loaded(first.text);
  REQUIRE_MESSAGE(read.settings, first.text);
  CHECK(read.settings->models.size() == 1);
  CHECK(with({}, {engine(config::EngineKind::llamacpp, "two\nlines", 4096)}).text.empty());
}

TEST_CASE("where an engine has isocost's usual port, another one is listened on") {
  FoundEngine there = engine(config::EngineKind::llamacpp, "m", 4096);
  there.url.port = 8080;
  CHECK(loaded(with({}, {there}).text).settings->listen.port == 8081);
}

TEST_CASE("the shipped catalogue is good, whole in its parts, and names a source above each endpoint") {
  std::ifstream file(SOURCE_DIR "/deploy/catalogue.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const config::Loaded whole = loaded(text);
  REQUIRE(whole.settings);
  std::size_t endpoints = 0, cut_endpoints = 0;
  for (const auto& model : whole.settings->models) endpoints += model.endpoints.size();
  const CutCatalogue parts = cut(text);
  for (const CutModel& model : parts.models) {
    cut_endpoints += model.endpoints.size();
    for (const CutEndpoint& endpoint : model.endpoints) CHECK(endpoint.text.starts_with("      # "));
  }
  CHECK(parts.providers.size() == whole.settings->providers.size());
  CHECK(parts.models.size() == whole.settings->models.size());
  CHECK(cut_endpoints == endpoints);
  CHECK(endpoints > 500);
  for (const CutProvider& provider : parts.providers) CHECK(!provider.variable.empty());
}
