#include "gateway/generation/prefills.hpp"

#include <doctest/doctest.h>

#include "tests/support/three_hosts.hpp"

using gateway::asked_there;
using gateway::first_end;
using gateway::Prefills;
using namespace std::chrono_literals;

namespace {

constexpr auto feature = static_cast<std::size_t>(config::Feature::prefill);
const config::WallTime now = config::WallTime(std::chrono::hours(24 * 365 * 50));

struct World {
  config::Settings settings = tests::three_hosts();
  config::ModelSettings& model = settings.models.front();
  config::EndpointSettings& endpoint = model.endpoints.front();
  config::ProviderSettings& provider = settings.providers[endpoint.provider_index];

  World() { endpoint.features.reset(feature); }
  Prefills found(bool goes_on, config::WallTime at = now) const {
    return {{{model.name.text, endpoint.name.text},
             {.asked = asked_there(provider, endpoint), .goes_on = goes_on, .at = at}}};
  }
  // Whether it goes on by what was found before.
  bool joined(const Prefills& known, config::WallTime at = now) {
    endpoint.features.reset(feature);
    join(known, settings, at);
    return endpoint.features.test(feature);
  }
};

}  // namespace

TEST_CASE("who was seen to go on with a begun answer is asked to, and who was not is not") {
  World world;
  CHECK(world.joined(world.found(true)));
  CHECK_FALSE(world.joined(world.found(false)));
  CHECK_FALSE(world.joined({}));
}

TEST_CASE("another host model, address, path or API has shown nothing") {
  World world;
  const Prefills found = world.found(true);
  const auto is_forgotten = [&](auto change) {
    World changed;
    change(changed);
    return !changed.joined(found);
  };
  CHECK_FALSE(is_forgotten([](World&) {}));
  CHECK(is_forgotten([](World& w) { w.endpoint.host_model += "-2"; }));
  CHECK(is_forgotten([](World& w) { w.provider.base_url.host = "elsewhere.example"; }));
  CHECK(is_forgotten([](World& w) { ++w.provider.base_url.port; }));
  CHECK(is_forgotten([](World& w) { w.provider.base_url.path += "/beta"; }));
  CHECK(is_forgotten([](World& w) { w.provider.address = "192.0.2.7"; }));
  CHECK(is_forgotten([](World& w) { w.provider.dialect = config::Dialect::anthropic; }));
  CHECK(is_forgotten([](World& w) { w.provider.engine.emplace(); }));
}

TEST_CASE("what a probe showed is believed for thirty days, and then as if nobody had asked") {
  World world;
  const Prefills found = world.found(true);
  CHECK(world.joined(found, now + gateway::prefill_is_known_for - 1s));
  CHECK_FALSE(world.joined(found, now + gateway::prefill_is_known_for));
  CHECK(first_end(found) == now + gateway::prefill_is_known_for);
  CHECK(first_end({}) == config::WallTime::max());
}

TEST_CASE("the word of a configuration goes before what a probe did not see") {
  World world;
  world.endpoint.features.set(feature);
  const Prefills held = join(world.found(false), world.settings, now);
  CHECK(world.endpoint.features.test(feature));
  REQUIRE(held.size() == 1);
  CHECK(held.begin()->second.is_said);
}

TEST_CASE("a further probe asks by the configuration's own words") {
  World world;
  const Prefills held = join(world.found(true), world.settings, now);
  part(held, world.settings);
  CHECK_FALSE(world.endpoint.features.test(feature));
  world.endpoint.features.set(feature);
  part(join(world.found(true), world.settings, now), world.settings);
  CHECK(world.endpoint.features.test(feature));
}

TEST_CASE("of two probes the newer one counts, and nothing is of later than now") {
  World world;
  Prefills known = world.found(true);
  add(world.found(false, now + 1s), known, now + 1s);
  CHECK_FALSE(known.begin()->second.goes_on);
  add(world.found(true, now - 1h), known, now + 2s);
  CHECK_FALSE(known.begin()->second.goes_on);
  add(world.found(true, now + 24h * 365), known, now + 3s);
  CHECK(known.begin()->second.goes_on);
  CHECK(known.begin()->second.at == now + 3s);
  add({}, known, now + 3s + gateway::prefill_is_known_for);
  CHECK(known.empty());
}

TEST_CASE("what is written is read again as it was, and of what is broken nothing is known") {
  const World world;
  const Prefills found = world.found(true);
  bool is_whole = false;
  const Prefills again = gateway::prefills_in(to_text(found), is_whole);
  CHECK(is_whole);
  REQUIRE(again.size() == 1);
  CHECK(again.begin()->first == found.begin()->first);
  CHECK(again.begin()->second.asked == found.begin()->second.asked);
  CHECK(again.begin()->second.goes_on);
  CHECK(again.begin()->second.at == now);
  for (const char* broken :
       {"", "{", "[]", R"({"version":2,"prefills":[]})", R"({"version":1,"prefills":{}})",
        R"({"version":1,"prefills":[{"model":"m","endpoint":"e","asked":"x","goes_on":true,"at":-1}]})",
        R"({"version":1,"prefills":[{"model":"m","endpoint":"e","asked":"x","goes_on":"yes","at":1}]})"}) {
    CHECK(gateway::prefills_in(broken, is_whole).empty());
    CHECK_FALSE(is_whole);
  }
}
