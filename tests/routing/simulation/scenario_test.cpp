#include <doctest/doctest.h>

#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using support::Host;
using support::World;

TEST_CASE("a host that becomes slow loses its traffic and regains it when it is fast again") {
  World world({{.name = "a", .ttft = 0.5}, {.name = "b", .output_price = 3, .ttft = 1}});
  CHECK(world.ask_often(100)["a"] > 80);
  world.host("a").ttft = 12;
  world.host("a").rate = 8;
  world.ask_often(50);
  CHECK(world.ask_often(100)["a"] < 20);
  world.host("a").ttft = 0.5;
  world.host("a").rate = 60;
  world.ask_often(1'500);
  CHECK(world.ask_often(100)["a"] > 60);
}

TEST_CASE("a failing host is avoided, then tried again by single requests, then used again") {
  World world({{.name = "a", .ttft = 0.5}, {.name = "b", .output_price = 3, .ttft = 1}});
  world.ask_often(100);
  world.host("a").failing = 1;
  auto shares = world.ask_often(120);
  CHECK(shares["a"] >= 4);
  CHECK(shares["a"] <= 20);
  world.host("a").failing = 0;
  world.ask_often(150);
  CHECK(world.ask_often(100)["a"] > 80);
}

TEST_CASE("a new host gets requests, and no more than exploring may cost") {
  std::vector<Host> hosts;
  for (int i = 0; i < 8; ++i) hosts.push_back({.name = "known" + std::to_string(i), .ttft = 1});
  hosts.push_back({.name = "new", .ttft = 20, .rate = 5});
  World world(hosts);
  const auto shares = world.ask_often(1'000);
  CHECK(shares.at("new") >= 1);
  CHECK(shares.at("new") < 40);
}

TEST_CASE("long prompts go where the time per prompt token is small, short ones where the start is quick") {
  World world({{.name = "quick", .ttft = 0.3, .per_kilotoken = 0.3},
               {.name = "wide", .ttft = 2.5, .per_kilotoken = 0.01}});
  for (int i = 0; i < 200; ++i) world.ask(i % 2 == 0 ? 500 : 100'000);
  int short_at_quick = 0, long_at_wide = 0;
  for (int i = 0; i < 50; ++i) {
    if (world.ask(500) == "quick") ++short_at_quick;
    if (world.ask(100'000) == "wide") ++long_at_wide;
  }
  CHECK(short_at_quick > 40);
  CHECK(long_at_wide > 40);
}

TEST_CASE("the price of waiting decides between the cheap, the middle and the quick host of mid-2025") {
  // DeepSeek R1: the maker's own API cheap and half a minute late, Azure dear and five seconds, others at
  // 3 and 4 $/M and nearly at once.
  const std::vector<Host> market_of_2025 = {
      {.name = "deepseek",
       .input_price = 0.55,
       .output_price = 2.19,
       .ttft = 30,
       .rate = 30,
       .context = 64'000},
      {.name = "azure", .input_price = 1.35, .output_price = 5.40, .ttft = 5, .rate = 40},
      {.name = "parasail", .input_price = 3, .output_price = 4, .ttft = 0.6, .rate = 60}};
  struct Case {
    double dollars_per_hour;
    const char* winner;
    std::int64_t prompt;
  };
  const Case cases[] = {
      {0.36, "deepseek", 8'000}, {18, "parasail", 8'000}, {0.36, "azure", 90'000}, {18, "parasail", 500}};
  for (const Case& c : cases) {
    CAPTURE(c.dollars_per_hour);
    CAPTURE(c.prompt);
    World world(market_of_2025);
    world.output = 1'000;
    world.policy.value_of_ttft = world.policy.value_of_generation = c.dollars_per_hour / 3600;
    world.ask_often(60, c.prompt);
    CHECK(world.ask_often(100, c.prompt)[c.winner] > 85);
  }
}
