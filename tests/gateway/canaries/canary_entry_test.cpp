#include "gateway/canaries/canary_entry.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;

TEST_CASE("a canary is nobody's in the ledger, and costs what the host bills") {
  const auto generation = std::make_shared<const gateway::Generation>(
      std::make_shared<const routing::Catalogue>(support::settings_of({{.name = "a"}, {.name = "b"}}), 1));
  gateway::CanaryNews news{.generation = generation, .endpoint = 1};
  news.usage = routing::Usage{.prompt = {20}, .output = {1}};
  news.cost = {1'234};
  news.began = config::WallTime(std::chrono::milliseconds(1'000'000));
  news.took = 250ms;
  const gateway::Entry entry = gateway::canary_entry(news, 5);
  CHECK(entry.key.empty());
  CHECK(entry.team.empty());
  CHECK(entry.policy.empty());
  CHECK(entry.cost == 1'234);
  CHECK(entry.charged == 0);
  REQUIRE(entry.attempts.size() == 1);
  CHECK(entry.attempts[0].endpoint == generation->catalogue->endpoints()[1].settings->name.text);
  CHECK(entry.attempts[0].prompt == 20);
  CHECK(entry.at_ms == 1'000'250);
  CHECK(gateway::canary_entry(news, 6).id != entry.id);
  std::string bytes;
  gateway::write_entry(entry, bytes);
  gateway::Entry again;
  CHECK(gateway::read_entry(bytes, again));
}
