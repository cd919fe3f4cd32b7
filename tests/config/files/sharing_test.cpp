// What gateways share, as operators say where.
#include <doctest/doctest.h>

#include "tests/support/given_sources.hpp"

namespace {

config::Loaded loaded(const std::string& more) {
  const std::string hosts =
      "providers: {a: {base_url: \"http://127.0.0.1:9/v1\"}}\n"
      "models: {m: {endpoints: [{provider: a, host_model: t, context: 8 ktok, price: {input: 1 $/Mtok, "
      "output: 1 "
      "$/Mtok}}]}}\n";
  return config::load(hosts + more, "isocost.yaml", test::given_sources());
}

std::string problem(const std::string& more) {
  const config::Loaded result = loaded(more);
  if (result.problems.empty()) return "";
  const config::Problem& first = result.problems[0];
  return std::to_string(first.place.line) + " " + first.path + ": " + first.message;
}

}  // namespace

TEST_CASE("where gateways share is an address, and what proves who asks stands beside it") {
  const auto settings =
      loaded(
          "name: eu-1\n"
          "ledger: {url: \"postgresql://isocost@db/isocost?sslmode=require\", password: "
          "\"${DEEPSEEK_API_KEY}\"}\n"
          "redis: {url: \"redis://cache:6379/2\", user: us, password: \"${DEEPSEEK_API_KEY}\"}\n")
          .settings;
  REQUIRE(settings);
  CHECK(settings->name == "eu-1");
  CHECK(settings->ledger.url == "postgresql://isocost@db/isocost?sslmode=require");
  CHECK(settings->ledger.password.reveal() == "sk-from-the-environment");
  CHECK(settings->redis.url == "redis://cache:6379/2");
  CHECK(settings->redis.user == "us");
  CHECK(settings->redis.password.reveal() == "sk-from-the-environment");
}

TEST_CASE("what cannot be meant of it is refused at its place, and no password is shown") {
  const std::string here = "3 ledger.url: ";
  CHECK(problem("ledger: {url: \"mysql://db\"}") ==
        here +
            "found an address that begins with `mysql://`; allowed is an address such as "
            "`postgresql://isocost@db.example.com/isocost`");
  for (const char* url : {"postgresql://me:hunter2@db/x", "postgresql://db/x?password=hunter2"}) {
    const std::string said = problem("ledger: {url: \"" + std::string(url) + "\"}");
    CHECK(said.starts_with(here + "a password does not belong into an address"));
    CHECK(said.find("hunter2") == std::string::npos);
  }
  CHECK(problem("ledger: {password: \"${DEEPSEEK_API_KEY}\"}")
            .starts_with("3 ledger.password: there is no `url`"));
  CHECK(problem("ledger: {enabled: false, url: \"postgresql://db/x\"}").starts_with(here));
  CHECK(problem("redis: {user: us}").starts_with("3 redis: it needs a `url`"));
  CHECK(loaded("redis: {url: \"http://cache\"}").problems.size() == 1);
  CHECK(problem("redis: {url: \"redis://cache\"}").starts_with("3 redis: quotas are shared by gateways"));
  CHECK(problem(
            "ledger: {url: \"postgresql://db/x\"}\nredis: {url: \"redis://c\"}\nlimits: {queue_timeout: 0 s}")
            .starts_with("5 limits.queue_timeout: "));
}
