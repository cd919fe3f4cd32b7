// Which origins of pages an operator may name.
#include <doctest/doctest.h>

#include "config/files/load.hpp"
#include "tests/support/given_sources.hpp"

namespace {

config::Loaded load(const std::string& origins) {
  const std::string text =
      "providers: {p: {base_url: https://p.example}}\nmodels: {}\ncors: {origins: [" + origins + "]}\n";
  return config::load(text, "isocost.yaml", test::given_sources());
}

}  // namespace

TEST_CASE("origins are as browsers send them") {
  const config::Loaded loaded =
      load(R"(https://app.example.com, "http://localhost:5173", "*", chrome-extension://abc)");
  REQUIRE(loaded.settings);
  CHECK(loaded.settings->cors.origins == std::vector<std::string>{"https://app.example.com",
                                                                  "http://localhost:5173", "*",
                                                                  "chrome-extension://abc"});
  for (const std::string wrong : {"app.example.com", "https://app.example.com/", "https://App.example.com",
                                  "\"https://*.example.com\"", "https://", "null", "\"https://a b\""}) {
    CAPTURE(wrong);
    CHECK_FALSE(load(wrong).settings);
  }
}
