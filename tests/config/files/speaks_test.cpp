// In which APIs an endpoint is asked, and in which header it is told who asks.
#include <doctest/doctest.h>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

namespace {

using config::Format;
using config::Formats;

config::Loaded loaded(const std::string& of_provider, const std::string& of_endpoint = {}) {
  const std::string text = "providers:\n  a:\n    base_url: https://a.example/v1\n" + of_provider +
                           "models:\n  m:\n    endpoints:\n"
                           "      - provider: a\n        host_model: m\n        context: 8 ktok\n"
                           "        price: {input: 1 $/Mtok, output: 1 $/Mtok}\n" +
                           of_endpoint;
  return config::load(text, "isocost.yaml", test::given_sources());
}

Formats spoken(const std::string& of_provider, const std::string& of_endpoint = {}) {
  const config::Loaded found = loaded(of_provider, of_endpoint);
  for (const config::Problem& problem : found.problems) FAIL_CHECK(config::to_text(problem));
  REQUIRE(found.settings);
  return found.settings->models.at(0).endpoints.at(0).speaks;
}

}  // namespace

TEST_CASE("an endpoint speaks what it says, else what its provider says, else its dialect's own API") {
  CHECK(spoken("") == Formats(Format::chat));
  CHECK(spoken("    dialect: openai\n") == Formats(Format::chat));
  CHECK(spoken("    dialect: anthropic\n") == Formats(Format::messages));
  CHECK(spoken("    speaks: [chat, messages]\n") == Formats(Format::chat).add(Format::messages));
  CHECK(spoken("    dialect: anthropic\n    speaks: [chat]\n") == Formats(Format::chat));
  CHECK(spoken("    speaks: [chat]\n", "        speaks: [embeddings]\n") == Formats(Format::embeddings));
}

TEST_CASE("an API that nobody knows, or none at all, is refused with the words that are known") {
  for (const char* wrong : {"    speaks: [chatt]\n", "    speaks: []\n", "    speaks: chat\n"}) {
    CAPTURE(wrong);
    const config::Loaded found = loaded(wrong);
    CHECK_FALSE(found.settings);
    REQUIRE_FALSE(found.problems.empty());
  }
  CHECK(config::to_text(loaded("    speaks: [chatt]\n").problems.at(0)).find("`chat`") != std::string::npos);
}

TEST_CASE("a credential's header is the name of one") {
  CHECK(loaded("    credential_header: api-key\n").settings);
  CHECK_FALSE(loaded("    credential_header: \"api-key: x\"\n").settings);
  CHECK_FALSE(loaded("    credential_header: \"a\\r\\nb\"\n").settings);
}

TEST_CASE("who stores answers for clients cannot be said to keep nothing") {
  const std::string keeps = "    speaks: [responses]\n    keeps_responses: true\n";
  CHECK(loaded(keeps).settings);
  for (const char* nothing : {"zero_data_retention: true", "retains_prompts: false"}) {
    CAPTURE(nothing);
    const config::Loaded found = loaded(keeps + "    " + nothing + "\n");
    CHECK_FALSE(found.settings);
    REQUIRE_FALSE(found.problems.empty());
    CHECK(config::to_text(found.problems[0]).find("keeps_responses") != std::string::npos);
  }
}
