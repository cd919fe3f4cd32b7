#include "gateway/console/configuration_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <limits>

using namespace gateway;

TEST_CASE("a configuration is shown line by line without its secrets") {
  const auto lines = masked_lines(
      "providers:\n"
      "  a: {credential: sk-123, base_url: https://a.example/v1}\n"
      "  b:\n"
      "    credential: ${B_KEY}  # by reference\n"
      "    credential: \"quoted-secret\"\n"
      "keys:\n"
      "  - { name: search, sha256: f3abf2a6cc4f00987743db5f544ba345 }\n"
      "seal_key: 0123456789\n");
  REQUIRE(lines.size() == 8);
  CHECK(lines[1] == "  a: {credential: •••, base_url: https://a.example/v1}");
  CHECK(lines[3].find("${B_KEY}") != std::string::npos);
  CHECK(lines[4].find("quoted") == std::string::npos);
  CHECK(lines[6].find("f3ab") == std::string::npos);
  CHECK(lines[6].find("name: search") != std::string::npos);
  CHECK(lines[7].find("0123") == std::string::npos);
}

TEST_CASE("policies in shadow are told with their intervals, where there is one") {
  ShadowsSeen shadows{.names = {{"thrifty"}}, .standings = {}, .left_out = 3};
  shadows.standings.push_back(
      {.policy = "hasty",
       .shadow = "thrifty",
       .model = "m",
       .judged = 20,
       .cost = {-0.5, -1, -0.25},
       .seconds = {1, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()},
       .verdict = ShadowStanding::Verdict::better});
  const boost::json::object page =
      boost::json::parse(policies_page("shadow: [thrifty]\nlisten: x\n", shadows)).as_object();
  CHECK(page.at("text") == "shadow: [thrifty]\n");
  CHECK(page.at("shadow") == boost::json::array{"thrifty"});
  CHECK(page.at("shadows_left_out") == 3);
  const boost::json::object& row = page.at("shadows").at(0).as_object();
  CHECK(row.at("verdict") == "better");
  CHECK(row.at("cost").at("low").to_number<double>() == -1);
  CHECK(row.at("seconds").at("mean").to_number<double>() == 1);
  CHECK(row.at("seconds").at("high").is_null());
}

TEST_CASE("sections are cut out of a text as they stand there") {
  CHECK(sections_of(
            "listen: 1\npolicies:\n  a:\n    explore: 0\n# above keys\nkeys: []\nrules:\n- policy: a\n",
            {"policies", "rules"}) == "policies:\n  a:\n    explore: 0\n# above keys\nrules:\n- policy: a\n");
}
