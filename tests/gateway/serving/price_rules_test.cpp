// What a request costs by rules: reckoned by what it asks for, billed by what the answer says.
#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace support;
using config::ServiceTier;

namespace {

config::PriceConditions tier(ServiceTier which) {
  config::PriceConditions when;
  when.tiers.set(static_cast<std::size_t>(which));
  return when;
}

config::Prices each(std::int64_t dollars) {
  return {.input = {tests::dollars(static_cast<double>(dollars))},
          .output = {tests::dollars(static_cast<double>(dollars))}};
}

// One host, at 40 $/Mtok; half of it at flex, twice at priority.
config::Settings with_tiers() {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin());
  settings.models[0].endpoints.resize(1);
  settings.models[0].endpoints[0].price_rules = {{tier(ServiceTier::flex), each(20)},
                                                 {tier(ServiceTier::priority), each(80)},
                                                 {{.prompt_above = config::Tokens{10}}, each(100)}};
  return settings;
}
constexpr ServedWorld::Host only = ServedWorld::middle;

std::string reply(const std::string& prompt, const std::string& more) {
  return R"({"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],)"
         R"("usage":{"prompt_tokens":)" +
         prompt + R"(,"completion_tokens":7})" + more + "}";
}

std::int64_t cost(const std::string& asked, const std::string& prompt, const std::string& answered) {
  ServedWorld world(with_tiers());
  world.script(only, document(reply(prompt, answered)));
  world.ask_whole(asked);
  REQUIRE(world.ended());
  return world.record().attempts.at(0).cost.nanos;
}

}  // namespace

TEST_CASE("a reply costs what its own tier does, and where it says none, what was asked for") {
  CHECK(cost("", "3", "") == 10 * 40'000);
  CHECK(cost(R"(,"service_tier":"flex")", "3", "") == 10 * 20'000);
  CHECK(cost(R"(,"service_tier":"flex")", "3", R"(,"service_tier":"default")") == 10 * 40'000);
  CHECK(cost(R"(,"service_tier":"auto")", "3", R"(,"service_tier":"priority")") == 10 * 80'000);
  CHECK(cost(R"(,"service_tier":null)", "3", R"(,"service_tier":null)") == 10 * 40'000);
}

TEST_CASE("the host's own count of the prompt says on which side of a cliff it is") {
  CHECK(cost("", "10", "") == 17 * 40'000);
  CHECK(cost("", "11", "") == 18 * 100'000);
}

TEST_CASE("a stream is billed by the tier that its chunks name, and the client is told that cost") {
  ServedWorld world(with_tiers());
  const std::string usage = event(
      R"({"choices":[],"service_tier":"flex","usage":{"prompt_tokens":3,"completion_tokens":7,"total_tokens":10}})");
  world.script(only, pieces({{{}, role() + says("Hi") + stop() + usage + done}}));
  world.ask(R"(,"stream_options":{"include_usage":true},"service_tier":"flex")");
  REQUIRE(world.ended());
  CHECK(world.request->demand.tier == ServiceTier::flex);
  CHECK(world.record().attempts.at(0).cost.nanos == 200'000);
  CHECK(world.client.body.find("\"cost\":0.000200000") != std::string::npos);
}

TEST_CASE("a tier that a host is not told is not reckoned with") {
  config::Settings settings = with_tiers();
  settings.models[0].endpoints[0].speaks = {config::Format::messages};
  ServedWorld world(std::move(settings));
  world.ask_whole(R"(,"service_tier":"flex")");
  CHECK(world.request->demand.tier == ServiceTier::standard);
}

TEST_CASE("who wants the prompt cached for an hour is reckoned with that price") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin());
  settings.models[0].endpoints.resize(1);
  ServedWorld world(settings);
  world.script(only, document(reply("3", "")));
  world.call(gateway::openai_chat_surface(),
             R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Hi",)"
             R"("cache_control":{"type":"ephemeral","ttl":"1h"}}]}]})");
  REQUIRE(world.ended());
  CHECK(world.record().demand.cache_marks == routing::CacheMarks::hour);
}

TEST_CASE("pictures are reckoned with and billed by the piece, each that the request holds") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin());
  settings.models[0].endpoints.resize(1);
  settings.models[0].endpoints[0].features.set(static_cast<std::size_t>(config::Feature::images));
  settings.models[0].endpoints[0].prices.image = {2'000'000};
  ServedWorld world(settings);
  world.script(only, document(reply("3", "")));
  const std::string picture = R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}})";
  world.call(gateway::openai_chat_surface(),
             R"({"model":"m","messages":[{"role":"user","content":[)" + picture + "," + picture + "]}]}");
  REQUIRE(world.ended());
  CHECK(world.record().demand.pictures == 2);
  CHECK(world.record().attempts.at(0).cost.nanos == 10 * 40'000 + 4'000'000);
}
