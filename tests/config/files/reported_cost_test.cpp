// Whose own figure for the cost is believed when nothing is said of it.
#include <doctest/doctest.h>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

namespace {

bool reports_cost(const std::string& url, const std::string& more = {}) {
  const std::string text = "providers:\n  a:\n    base_url: " + url + "\n" + more +
                           "models:\n  m:\n    endpoints:\n"
                           "      - provider: a\n        host_model: m\n        context: 8 ktok\n"
                           "        price: {input: 1 $/Mtok, output: 1 $/Mtok}\n";
  const config::Loaded loaded = config::load(text, "isocost.yaml", test::given_sources());
  for (const config::Problem& problem : loaded.problems) FAIL_CHECK(config::to_text(problem));
  REQUIRE(loaded.settings);
  return loaded.settings->providers.at(0).reports_cost;
}

}  // namespace

TEST_CASE(
    "OpenRouter's figure for the cost is believed, nobody else's is, unless the operator says otherwise") {
  CHECK(reports_cost("https://openrouter.ai/api/v1"));
  CHECK(reports_cost("https://OpenRouter.ai/api/v1"));
  CHECK(reports_cost("https://eu.openrouter.ai/api/v1"));
  CHECK(!reports_cost("https://api.deepseek.com/v1"));
  CHECK(!reports_cost("https://notopenrouter.ai/v1"));
  CHECK(!reports_cost("https://openrouter.ai.example.com/v1"));
  CHECK(!reports_cost("https://openrouter.ai/api/v1", "    reports_cost: false\n"));
  CHECK(reports_cost("https://api.example.com/v1", "    reports_cost: true\n"));
}
