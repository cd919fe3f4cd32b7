#include "gateway/account_commands/listed_keys.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace json = boost::json;

namespace {

std::vector<std::string> row_of(const json::object& key) {
  const config::WallTime now{std::chrono::seconds(1'795'824'000)};
  const gateway::ListedKeys listed = gateway::listed_keys({key}, now);
  std::vector<std::string> texts;
  for (const gateway::Cell& each : listed.rows.at(0)) texts.push_back(each.text);
  return texts;
}

}  // namespace

TEST_CASE("a key is listed with its limits, those of each of its users behind its own") {
  CHECK(row_of({{"name", "ci"},
                {"stored", true},
                {"label", "sk-…9f"},
                {"team", "search"},
                {"role", nullptr},
                {"quota", {{"dollars", {{"day", 10}}}, {"concurrent", 4}}},
                {"user_quota", {{"requests", {{"minute", 60}}}}}}) ==
        std::vector<std::string>{"ci", "sk-…9f", "search", "", "in use",
                                 "dollars/day=10 concurrent=4; each user: requests/minute=60"});
}

TEST_CASE("a key says how it stands: revoked before disabled, and when it ends or that it has") {
  const auto state = [](json::object key) { return row_of(key).at(4); };
  CHECK(state({{"revoked", true}, {"disabled", true}}) == "revoked");
  CHECK(state({{"disabled", true}}) == "disabled");
  CHECK(state({{"expires", 1'795'824'000}}) == "expired");
  CHECK(state({{"expires", 1'795'824'000 + 86'400}}) == "until 2026-11-29");
}

TEST_CASE("a key of the configuration has no text that could be shown") {
  CHECK(row_of({{"name", "boss"}, {"stored", false}}).at(1) == "(in the configuration)");
}
