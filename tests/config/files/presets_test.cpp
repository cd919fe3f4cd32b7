// Presets, as an operator writes them; and slips that are told.
#include <doctest/doctest.h>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

using namespace config;

namespace {

const std::string rest =
    "providers: {p: {base_url: https://p.example/v1}}\n"
    "models: {m: {endpoints: [{provider: p, host_model: m, context: 64 ktok, price: {input: 1 $/Mtok, "
    "output: 2 $/Mtok}}]}}\n";

Loaded loaded(const std::string& yaml) {
  return load(yaml + rest, "f", test::given_sources());
}

std::string problems(const std::string& yaml) {
  std::string text;
  for (const Problem& problem : loaded(yaml).problems) text += to_text(problem) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a preset has a model, a policy, a system text and defaults as JSON") {
  const Loaded result = loaded(
      "presets:\n"
      "  brief: {model: m, policy: cheapest, system: \"Say \\\"it\\\" briefly.\\nReally.\", temperature: "
      "0.2,\n"
      "          max_tokens: 300, reasoning_effort: low}\n"
      "  empty: {}\n");
  CHECK(result.problems.empty());
  REQUIRE(result.settings);
  REQUIRE(result.settings->presets.size() == 2);
  const PresetSettings& brief = result.settings->presets[0];
  CHECK(brief.name.text == "brief");
  CHECK(brief.model->text == "m");
  CHECK(brief.policy->text == "cheapest");
  CHECK(brief.system == "Say \"it\" briefly.\nReally.");
  const std::vector<std::pair<std::string, std::string>> defaults = {
      {"temperature", "0.2"}, {"max_tokens", "300"}, {"reasoning_effort", "\"low\""}};
  CHECK(brief.defaults == defaults);
  CHECK(!result.settings->presets[1].model);
}

TEST_CASE("a preset's model and policy must be there, and what else it has must be a preset's") {
  CHECK(problems("presets: {a: {model: n}}\n").find("there is no model or route `n`") != std::string::npos);
  CHECK(problems("presets: {a: {policy: chepest}}\n").find("did you mean `cheapest`") != std::string::npos);
  CHECK(problems("presets: {a: {temprature: 1}}\n").find("temperature") != std::string::npos);
  CHECK(problems("presets: {a: {temperature: 3}}\n").find("a number from 0 to 2") != std::string::npos);
  CHECK(problems("presets: {\"a/b\": {}}\n").find("a name here has at most") != std::string::npos);
}
