// Quotas as operators write them, and what is wrong with those that cannot be meant.
#include <doctest/doctest.h>

#include <chrono>

#include "config/files/check.hpp"
#include "config/files/load.hpp"

using config::Measure;
using config::Period;

namespace {

const std::string hosts =
    "providers: {a: {base_url: \"http://127.0.0.1:9/v1\"}}\n"
    "models: {m: {endpoints: [{provider: a, host_model: t, context: 8 ktok, price: {input: 1 $/Mtok, output: "
    "1 "
    "$/Mtok}}]}}\n";

config::Loaded loaded(const std::string& more) {
  return config::load(hosts + more, "isocost.yaml", {.variable = {}, .file = {}});
}

// The first problem, without its excerpt.
std::string problem(const std::string& more) {
  const config::Loaded result = loaded(more);
  if (result.problems.empty()) return "";
  const config::Problem& first = result.problems[0];
  return std::to_string(first.place.line) + " " + first.path + ": " + first.message;
}

}  // namespace

TEST_CASE("quotas are read exactly, for everybody, teams, keys and their users") {
  const std::string key(64, 'a');
  const auto settings = loaded(
                            "quota: {dollars: {month: 1000.000000001 $}}\ntime_zone: Europe/Berlin\n"
                            "teams: {search: {quota: {tokens: {hour: 2 Mtok}}}}\n"
                            "keys: [{name: app, team: search, sha256: " +
                            key +
                            ", quota: {requests: {minute: 60}, concurrent: 3, tokens_per_request: 8 ktok}, "
                            "user_quota: {dollars: "
                            "{day: 1 $}}, tags: [ci], expires: 2030-01-01, disabled: true}]\n")
                            .settings;
  REQUIRE(settings);
  CHECK(settings->quota.of(Measure::dollars)[static_cast<std::size_t>(Period::month)] == 1'000'000'000'001);
  CHECK(settings->teams[0].quota.of(Measure::tokens)[1] == 2'000'000);
  const config::KeySettings& app = settings->keys[0];
  CHECK(app.quota.of(Measure::requests)[0] == 60);
  CHECK(app.quota.concurrent == 3);
  CHECK(app.quota.tokens_per_request == config::Tokens{8'000});
  CHECK(app.user_quota.of(Measure::dollars)[2] == 1'000'000'000);
  CHECK(app.expires == 1'893'456'000);
  CHECK(app.is_disabled);
  CHECK(settings->time_zone == "Europe/Berlin");
}

TEST_CASE("a quota that cannot be meant is refused at its place") {
  for (const char* amount : {"nan $", "-1 $", "10", "inf $", "10 EUR", "1e3 $"}) {
    CAPTURE(amount);
    CHECK(
        problem("quota: {dollars: {day: " + std::string(amount) + "}}").starts_with("3 quota.dollars.day: "));
  }
  CHECK(problem("quota: {dollars: {fortnight: 1 $}}").find("fortnight") != std::string::npos);
  CHECK(problem("quota: {requests: {minute: 1.5}}").starts_with("3 quota.requests.minute: "));
  CHECK(problem("time_zone: Europe/Atlantis") == "3 time_zone: there is no time zone `Europe/Atlantis`");
  CHECK(problem("time_zone: ../../etc/passwd").starts_with("3 time_zone: there is no time zone"));
  CHECK(problem("ledger: {enabled: false}\nquota: {dollars: {day: 1 $}}")
            .find("without a ledger nobody can have") != std::string::npos);
  CHECK(problem("ledger: {keep: 1 d}").starts_with("3 ledger.keep: "));
}

TEST_CASE("a window that a wider one has less for is told, and a key has five tags") {
  CHECK(problem("quota: {dollars: {day: 5 $, week: 9 $, month: 1 $}, requests: {minute: 5, day: 5}}")
            .starts_with("3 quota.dollars.day: is never reached: `month` allows less, `1 $`"));
  CHECK(problem("keys: [{name: app, sha256: " + std::string(64, 'a') + ", tags: [a, b, c, d, e, f]}]") ==
        "3 keys[0].tags: found 6 tags; at most 5 are allowed");
}

TEST_CASE("a key that has expired is named where the day is known") {
  const config::Loaded found =
      loaded("keys: [{name: app, sha256: " + std::string(64, 'a') + ", expires: 2026-12-01}]");
  const auto said = [&](config::WallTime now) { return config::checked(found, "f", now).text; };
  const config::WallTime december = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
  CHECK(said(december).find("the key `app` expired on 2026-12-01\n") != std::string::npos);
  CHECK(said(december - std::chrono::seconds(1)).find("expired") == std::string::npos);
}
