#include "gateway/canaries/canary_question.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using gateway::ProbeAnswer;

namespace {

struct CanaryWorld {
  explicit CanaryWorld(config::Settings from)
      : generation(std::make_shared<const gateway::Generation>(
            std::make_shared<const routing::Catalogue>(std::move(from), 1))) {
    market = std::make_unique<routing::Market>(generation->catalogue, now);
  }
  bool may_be_asked() {
    return gateway::may_be_asked_a_canary(
        {.generation = generation, .snapshot = market->snapshot(now), .out = out}, 0, now);
  }

  config::TimePoint now = config::TimePoint{} + 24h;
  std::shared_ptr<const gateway::Generation> generation;
  std::unique_ptr<routing::Market> market;
  std::shared_ptr<const gateway::OutOfService> out;
};

config::Settings two_hosts() {
  return support::settings_of({{.name = "a"}, {.name = "b"}});
}

}  // namespace

TEST_CASE("no canary is asked of whom `always` forbids, nor of who is out of service") {
  CanaryWorld plain(two_hosts());
  CHECK(plain.may_be_asked());
  plain.out =
      std::make_shared<const gateway::OutOfService>(gateway::OutOfService{.generation = 1, .endpoints = {0}});
  CHECK(!plain.may_be_asked());

  config::Settings forbids = two_hosts();
  forbids.always.allow = config::SourceText{.text = "provider != \"a\"", .place = {}};
  CHECK(!CanaryWorld(forbids).may_be_asked());
  config::Settings allows = two_hosts();
  allows.always.allow = config::SourceText{.text = "provider != \"b\"", .place = {}};
  CHECK(CanaryWorld(allows).may_be_asked());
}

TEST_CASE("a canary for which nothing can be billed is free, and one that says no usage is not known") {
  const CanaryWorld world(two_hosts());
  const routing::Endpoint& endpoint = world.generation->catalogue->endpoints()[0];
  const auto billed = [&](const ProbeAnswer& answer) {
    return gateway::billed_for_canary(endpoint, answer, config::WallTime{});
  };
  CHECK(billed({.failure = routing::FailureKind::rate_limited, .status = 429}) == 0);
  CHECK(billed({.failure = routing::FailureKind::connect}) == 0);
  CHECK_FALSE(billed({.status = 200}));
  CHECK_FALSE(billed({.failure = routing::FailureKind::first_token_timeout}));
  const ProbeAnswer told{.status = 200, .usage = routing::Usage{.prompt = {20}, .output = {1}}};
  REQUIRE(billed(told));
  CHECK(*billed(told) > 0);
  CHECK(*billed(told) < gateway::worst_of_canary(endpoint, config::WallTime{}));
}

TEST_CASE("an answer begins with its first word, whatever stands around it") {
  const auto said = [](const char* text) {
    return gateway::canary_answer({.status = 200, .text = text}, 0).said;
  };
  CHECK(said(" Paris is") == said("Paris\n"));
  CHECK(said("Paris") != said("paris"));
  CHECK(said(" \n") == 0);
}
