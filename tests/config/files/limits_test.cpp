// What hosts let our keys do, budgets of policies, and who is told of limits, as operators write them.
#include <doctest/doctest.h>

#include "config/files/load.hpp"

namespace {

const std::string models =
    "models: {m: {endpoints: [{provider: a, host_model: t, context: 8 ktok, price: {input: 1 $/Mtok, output: "
    "1 "
    "$/Mtok}}]}}\n";

config::Loaded loaded(const std::string& provider, const std::string& more = "") {
  const auto variable = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOOK") return "https://hooks.example.com/services/T0/secret?x=1";
    if (name == "NONSENSE") return "ftp://example.com/secret";
    if (name.starts_with("KEY")) return "sk-a-key-of-the-tests-" + name;
    return std::nullopt;
  };
  return config::load(
      "providers: {a: {base_url: \"http://127.0.0.1:9/v1\"" + provider + "}}\n" + models + more,
      "isocost.yaml", {.variable = variable, .file = {}});
}

std::string problem(const config::Loaded& result) {
  if (result.problems.empty()) return "";
  return result.problems[0].path + ": " + result.problems[0].message;
}

}  // namespace

TEST_CASE("limits of a host's keys are read, of all and of single ones") {
  const auto settings =
      loaded(
          ", credential: [\"${KEY1}\", \"${KEY2}\"], limits: {requests: {minute: 500, day: 10000}, tokens: "
          "{minute: 200 ktok}, concurrent: 20, max_in_flight: 30, keys: [{requests: {minute: 5}}, {}]}")
          .settings;
  REQUIRE(settings);
  const config::ProviderLimits& limits = settings->providers[0].limits;
  CHECK(limits.each_key.requests[0] == 500);
  CHECK(limits.each_key.requests[2] == 10'000);
  CHECK(limits.each_key.tokens[0] == 200'000);
  CHECK(limits.each_key.concurrent == 20);
  CHECK(limits.max_in_flight == 30);
  REQUIRE(limits.of_keys.size() == 2);
  CHECK(limits.of_keys[0].requests[0] == 5);
  CHECK(limits.of_keys[1].is_empty());
}

TEST_CASE("limits that no host has are refused at their place") {
  CHECK(
      problem(loaded(", limits: {requests: {month: 5}}")).starts_with("providers.a.limits.requests.month: "));
  CHECK(problem(loaded(", limits: {requests: {minute: 0}}"))
            .starts_with("providers.a.limits.requests.minute: "));
  CHECK(problem(loaded(", limits: {requests: {minute: -1}}"))
            .starts_with("providers.a.limits.requests.minute: "));
  CHECK(problem(loaded(", limits: {keys: [{}, {}]}")) ==
        "providers.a.limits.keys: there are limits for 2 keys, and `credential` has one");
}

TEST_CASE("a webhook may be a secret, and no problem shows it") {
  const auto settings = loaded("", "notify: {webhook: \"${HOOK}\", token: \"${KEY1}\"}\n").settings;
  REQUIRE(settings);
  REQUIRE(settings->notify.webhook);
  CHECK(settings->notify.webhook->host == "hooks.example.com");
  CHECK(settings->notify.webhook->path == "/services/T0/secret?x=1");
  CHECK(loaded("", "notify: {webhook: \"http://127.0.0.1:9/hook\"}\n").settings);
  for (const char* bad : {"${NONSENSE}", "${ABSENT}", "http://example.com/secret", "secret"}) {
    const config::Loaded result = loaded("", "notify: {webhook: \"" + std::string(bad) + "\"}\n");
    CHECK(!result.settings);
    for (const config::Problem& each : result.problems) {
      CHECK(config::to_text(each).find("ftp://example.com/secret") == std::string::npos);
    }
  }
}

TEST_CASE("who is told apart in metrics is one of three") {
  CHECK(loaded("", "metrics: {tenants: key}\n").settings->metrics.tenants == config::Tenants::key);
  CHECK(loaded("").settings->metrics.tenants == config::Tenants::team);
  CHECK(problem(loaded("", "metrics: {tenants: everybody}\n")).starts_with("metrics.tenants: "));
}

TEST_CASE("canaries are asked where `quality` says so alone, and cost something") {
  CHECK(!loaded("").settings->quality.canaries);
  const auto usual = loaded("", "quality: {canaries: {}}\n").settings->quality.canaries;
  REQUIRE(usual);
  CHECK(*usual == config::CanarySettings{});
  CHECK(usual->a_day == config::Money{50'000'000});
  const auto own =
      loaded("", "quality: {canaries: {a_day: 0.2 $, every: 1 min}}\n").settings->quality.canaries;
  REQUIRE(own);
  CHECK(own->a_day == config::Money{200'000'000});
  CHECK(own->every == std::chrono::minutes(1));
  CHECK(problem(loaded("", "quality: {canaries: {a_day: 0 $}}\n")).starts_with("quality.canaries.a_day: "));
  CHECK(problem(loaded("", "quality: {canaries: {every: 1 ms}}\n")).starts_with("quality.canaries.every: "));
}
