#include "gateway/generation/flights_elsewhere.hpp"

#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using gateway::flights_text;
using gateway::FlightsElsewhere;
using gateway::Generation;

namespace {

std::shared_ptr<const Generation> generation_of(const config::Settings& settings) {
  return std::make_shared<Generation>(std::make_shared<const routing::Catalogue>(settings, 1));
}

// Only the host at the end of the list is left.
config::Settings last_one(config::Settings settings) {
  for (config::ModelSettings& model : settings.models) {
    if (model.endpoints.size() > 1) model.endpoints.erase(model.endpoints.begin(), model.endpoints.end() - 1);
  }
  return settings;
}

}  // namespace

TEST_CASE(
    "attempts in the process before count at the same endpoints of this one, until they have ended there") {
  const auto old = generation_of(support::three_prices()), here = generation_of(support::three_prices());
  REQUIRE(old->catalogue->endpoints().size() == 3);
  CHECK(flights_text(*old).empty());
  old->in_flight.counter(0) = 2;
  old->in_flight.counter(2) = 1;
  const std::string told = flights_text(*old);
  {
    FlightsElsewhere elsewhere;
    here->in_flight.counter(0) = 5;
    CHECK(elsewhere.take(here, told));
    CHECK(here->in_flight.at(0) == 7);
    CHECK(here->in_flight.at(1) == 0);
    CHECK(here->in_flight.at(2) == 1);
    CHECK(elsewhere.take(here, told));
    CHECK(here->in_flight.at(0) == 7);
    old->in_flight.counter(0) = 1;
    old->in_flight.counter(2) = 0;
    CHECK(elsewhere.take(here, flights_text(*old)));
    CHECK(here->in_flight.at(0) == 6);
    CHECK(here->in_flight.at(2) == 0);
  }
  // It has ended.
  CHECK(here->in_flight.at(0) == 5);
}

TEST_CASE("with a new configuration attempts elsewhere go on counting where their endpoints go on") {
  const auto old = generation_of(support::three_prices());
  old->in_flight.counter(0) = 2;
  old->in_flight.counter(2) = 3;
  FlightsElsewhere elsewhere;
  const auto before = generation_of(support::three_prices());
  CHECK(elsewhere.take(before, flights_text(*old)));
  // One of a process's reloads shares the counts of what goes on.
  const auto after = std::make_shared<Generation>(
      std::make_shared<const routing::Catalogue>(last_one(support::three_prices()), 2), *before);
  REQUIRE(after->catalogue->endpoints().size() == 1);
  CHECK(after->in_flight.at(0) == 3);
  CHECK(elsewhere.take(after, flights_text(*old)));
  CHECK(after->in_flight.at(0) == 3);
  CHECK(before->in_flight.at(0) == 0);
  elsewhere.end();
  CHECK(after->in_flight.at(0) == 0);
}

TEST_CASE("what is no list of attempts changes nothing") {
  const auto old = generation_of(support::three_prices()), here = generation_of(support::three_prices());
  old->in_flight.counter(1) = 4;
  FlightsElsewhere elsewhere;
  CHECK(elsewhere.take(here, flights_text(*old)));
  for (const char* text : {"x", "1-2", "1-2-", "1-2-0", "1-2--1", "1-2-99999999999", "1-2-3  1-2-3", "g-2-3",
                           "1-2-3x", " 1-2-3", "11111111111111111-2-3"}) {
    CAPTURE(text);
    CHECK_FALSE(elsewhere.take(here, text));
    CHECK(here->in_flight.at(1) == 4);
  }
  // Of endpoints that are not here nothing counts.
  CHECK(elsewhere.take(here, "1-2-3"));
  CHECK(here->in_flight.at(1) == 0);
}
