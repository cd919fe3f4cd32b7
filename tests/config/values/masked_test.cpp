#include "config/values/masked.hpp"

#include <doctest/doctest.h>

using namespace config;

TEST_CASE("what could be a credential is hidden, whatever it is called") {
  const char* const texts[] = {
      "credential: hunter2hunter2",
      "credental: hunter2hunter2",
      "  api_key: \"hunter2hunter2\"",
      "  token: 'hunter2hunter2'",
      "{name: a, sha256: hunter2hunter2, policies: []}",
      "{credential: hunter2hunter2}",
      "credential: ${X}hunter2hunter2",
      "credential: ${hunter2hunter2",
      "Authorization: hunter2hunter2",
      "password = hunter2hunter2",
      "\"credential\": hunter2hunter2",
      "comment sk-hunter2hunter2",
      "base_url: https://u:sk-hunter2hunter2@x.example",
      "x: Ahunter2hunter2B0123456789",
  };
  for (const char* text : texts) {
    CAPTURE(masked(text));
    CHECK(masked(text).find("hunter2hunter2") == std::string::npos);
    CHECK(masked(text).size() == std::string(text).size());
  }
}

TEST_CASE("what is no credential stays readable") {
  const char* const texts[] = {
      "credential: ${DEEPSEEK_API_KEY}",
      "credential: ${file:/run/secrets/deepseek}",
      "host_model: accounts/fireworks/models/deepseek-r1-0528",
      "base_url: https://api.deepseek.com/v1",
      "first_token_timeout: 120 s",
      "price: {input: 0.55 $/Mtok, output: 2.19 $/Mtok}",
      "keys:",
      "minimize: price + 18 $/h * ttft + 6 $/h * generation",
      "context: 64 ktok",
      "host_model: DeepSeek-R1-0528-Turbo",
  };
  for (const char* text : texts) CHECK(masked(text) == text);
}

TEST_CASE("a quotation is one short line") {
  CHECK(in_quotes("a\nb") == "`a b`");
  CHECK(in_quotes(std::string(100, 'x')) == "`" + std::string(60, 'x') + "...`");
  // A character of several bytes is not cut in two.
  CHECK(in_quotes(std::string(59, 'x') + "ä" + std::string(9, 'x')) == "`" + std::string(59, 'x') + "...`");
}
