#include <doctest/doctest.h>

#include <future>

#include <boost/json.hpp>

#include "gateway/keys/key_calls.hpp"
#include "gateway/keys/key_store.hpp"
#include "gateway/keys/key_text.hpp"
#include "gateway/keys/postgres_keys.hpp"
#include "gateway/keys/quota_words.hpp"
#include "gateway/keys/stored_key.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/scratch_directory.hpp"

using gateway::KeyAnswer;
using gateway::KeyCall;
using gateway::KeyStore;
using What = KeyCall::What;

namespace {

struct World {
  support::ScratchDirectory directory;
  KeyStore store{directory.file("keys.sqlite")};
  std::vector<config::KeySettings> configured;

  KeyAnswer call(What what, const std::string& whom, const std::string& body = "{}") {
    return store.call({.what = what, .whom = whom, .body = body}, configured, 1'000);
  }
  std::string key_in(const KeyAnswer& answer) {
    return std::string(boost::json::parse(answer.body).at("key").as_string());
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a key has a prefix and a check, so that a mistyped one is none of ours") {
  const std::string key = gateway::new_key();
  CHECK(key.size() == 57);
  CHECK(key.starts_with("isocost_"));
  CHECK(gateway::is_key_of_ours(key));
  for (std::size_t i = 8; i < key.size(); ++i) {
    std::string changed = key;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(gateway::is_key_of_ours(changed));
  }
  CHECK(gateway::new_key() != key);
  CHECK(gateway::label_of_key(key) == key.substr(0, 12) + "..." + key.substr(53));
}

TEST_CASE("a key is shown once, and only its hash is kept") {
  World world;
  const KeyAnswer made =
      world.call(What::create, "", R"({"name":"ci","team":"search","quota":{"dollars":{"day":10.5}}})");
  CHECK(made.status == 201);
  CHECK(made.has_changed);
  const std::string key = world.key_in(made);
  const auto all = KeyStore(world.directory.file("keys.sqlite")).all();
  REQUIRE(all.size() == 1);
  CHECK(all[0].settings.sha256 == gateway::hash_of_key(key));
  CHECK(all[0].settings.team == "search");
  CHECK(all[0].settings.quota.of(config::Measure::dollars)[2] == 10'500'000'000);
  const std::string listed = world.call(What::list, "").body;
  CHECK(contains(listed, "\"ci\""));
  CHECK_FALSE(contains(listed, key));
}

TEST_CASE("limits are changed one by one, and taken away") {
  World world;
  world.call(What::create, "", R"({"name":"ci","quota":{"requests":{"minute":60}}})");
  CHECK(world.call(What::change, "ci", R"({"quota":{"dollars":{"month":100}}})").status == 200);
  auto quota = world.store.all()[0].settings.quota;
  CHECK(quota.of(config::Measure::requests)[0] == 60);
  CHECK(quota.of(config::Measure::dollars)[4] == 100'000'000'000);
  world.call(What::change, "ci", R"({"quota":{"requests":{"minute":null}}})");
  quota = world.store.all()[0].settings.quota;
  CHECK_FALSE(quota.of(config::Measure::requests)[0]);
  for (const char* bad : {R"({"quota":{"dollars":{"day":-1}}})", R"({"quota":{"dollars":{"day":1e300}}})",
                          R"({"quota":{"requests":{"day":1.5}}})", R"({"quota":{"dollars":{"eon":1}}})",
                          R"({"colour":1})", R"({"role":"king"})", "[]", "{"}) {
    CAPTURE(bad);
    CHECK(world.call(What::change, "ci", bad).status == 400);
  }
  config::Quota words;
  CHECK_FALSE(gateway::read_limit("dollars/day=10", words));
  CHECK_FALSE(gateway::read_limit("concurrent=4", words));
  CHECK(words.of(config::Measure::dollars)[2] == 10'000'000'000);
  CHECK(words.concurrent == 4);
  CHECK_FALSE(gateway::read_limit("dollars/day=none", words));
  CHECK_FALSE(words.of(config::Measure::dollars)[2]);
  for (const char* bad :
       {"dollars/day=nan", "dollars/day", "euros/day=1", "dollars/day=10x", "concurrent=0", "dollars=3"}) {
    CAPTURE(bad);
    CHECK(gateway::read_limit(bad, words));
  }
  const auto said = [&](std::string_view limit) { return *gateway::read_limit(limit, words); };
  CHECK(said("requests=5").find("does not say of which time; write requests/day=5") != std::string::npos);
  CHECK(said("dollars/total=-1").find("dollars in total are a number from 0") != std::string::npos);
  CHECK(said("tokens/hour=1.5").find("tokens an hour are a whole number from 0") != std::string::npos);
}

TEST_CASE("a rotated key is another one of the same name, and a revoked one stays revoked") {
  World world;
  const std::string first = world.key_in(world.call(What::create, "", R"({"name":"ci"})"));
  const std::string second = world.key_in(world.call(What::rotate, "ci"));
  CHECK(first != second);
  REQUIRE(world.store.all().size() == 1);
  CHECK(world.store.all()[0].settings.sha256 == gateway::hash_of_key(second));
  CHECK(world.call(What::revoke, gateway::hex(gateway::hash_of_key(second))).status == 200);
  CHECK(world.store.all()[0].settings.is_disabled);
  CHECK(world.call(What::change, "ci", R"({"disabled":false})").status == 409);
  CHECK(world.call(What::rotate, "ci").status == 409);
}

TEST_CASE("a name is given once, and what stands in the configuration is changed there") {
  World world;
  world.configured.resize(1);
  world.configured[0].name = {"app"};
  CHECK(world.call(What::create, "", R"({"name":"app"})").status == 409);
  CHECK(world.call(What::create, "", R"({"name":"ci"})").status == 201);
  CHECK(world.call(What::create, "", R"({"name":"ci"})").status == 409);
  CHECK(world.call(What::create, "", "{}").status == 400);
  CHECK(world.call(What::revoke, "app").status == 409);
  CHECK(world.call(What::show, "app").status == 200);
  CHECK(world.call(What::show, "nobody").status == 404);
}

TEST_CASE("several gateways have the same keys in a database, and see when one changed") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  const auto address = server.database();
  KeyStore one(gateway::keys_in_postgres(address)), two(gateway::keys_in_postgres(address));
  const auto first = two.version();
  CHECK(one.call({.what = What::create, .whom = "", .body = R"({"name":"ci"})"}, {}, 1).status == 201);
  CHECK(two.version() != first);
  CHECK(two.call({.what = What::create, .whom = "", .body = R"({"name":"ci"})"}, {}, 1).status == 409);
  REQUIRE(two.all().size() == 1);
  CHECK(two.call({.what = What::rotate, .whom = "ci", .body = "{}"}, {}, 2).status == 200);
  CHECK(one.all()[0].settings.sha256 == two.all()[0].settings.sha256);
  const auto before = one.version();
  CHECK(two.call({.what = What::revoke, .whom = "ci", .body = "{}"}, {}, 2).status == 200);
  CHECK(one.version() != before);
  CHECK(one.all()[0].settings.is_disabled);
  CHECK(one.call({.what = What::change, .whom = "ci", .body = R"({"disabled":false})"}, {}, 3).status == 409);
}

TEST_CASE("who listens is called when another one changes a key") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  const auto address = server.database();
  KeyStore store(gateway::keys_in_postgres(address));
  (void)store.version();  // makes the tables
  std::promise<void> listens, called;
  std::atomic<int> calls = 0;
  gateway::KeyCalls listener(address, [&] {
    const int count = ++calls;
    if (count == 1) listens.set_value();
    if (count == 2) called.set_value();
  });
  REQUIRE(listens.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(listener.is_listening());
  CHECK(store.call({.what = What::create, .whom = "", .body = R"({"name":"ci"})"}, {}, 1).status == 201);
  CHECK(called.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
}

TEST_CASE("a key that was given its name when more names were allowed keeps it") {
  const auto stored =
      boost::json::parse(R"({"name":"team/ci","label":"isocost_ab...cdef","created":1,"disabled":true})");
  const gateway::StoredKey key = gateway::stored_key_of(stored.as_object());
  CHECK(key.settings.name.text == "team/ci");
  World world;
  CHECK(world.call(What::create, "", R"({"name":"team/ci"})").status == 400);
}

TEST_CASE("a key ends at a moment that is ahead, in UTC, and has five tags at most") {
  World world;
  for (const char* bad : {R"({"name":"ci","expires":-5})", R"({"name":"ci","expires":"1970-01-01"})",
                          R"({"name":"ci","expires":"2100-01-01T00:00:00+02:00"})",
                          R"({"name":"ci","expires":"2100-01-01 and more"})",
                          R"({"name":"ci","tags":["a","b","c","d","e","f"]})"}) {
    CAPTURE(bad);
    CHECK(world.call(What::create, "", bad).status == 400);
  }
  CHECK(world
            .call(What::create, "",
                  R"({"name":"ci","expires":"2100-01-01T00:00:00Z","tags":["a","b","c","d","e"]})")
            .status == 201);
  // As JavaScript writes a moment.
  const KeyAnswer made =
      world.call(What::create, "", R"({"name":"js","expires":"2100-01-01T00:00:00.000Z"})");
  CHECK(contains(made.body, R"("expires":4102444800)"));
  CHECK(world.call(What::create, "", R"({"name":"no","expires":"2100-01-01T00:00:00.Z"})").status == 400);
  // Who has to stop using it may be told so at once.
  CHECK(world.call(What::change, "ci", R"({"expires":"1970-01-01"})").status == 200);
}

TEST_CASE("what says a member of a key twice changes nothing") {
  World world;
  const KeyAnswer made = world.call(What::create, "", R"({"name":"ci","role":"none","role":"admin"})");
  CHECK(made.status == 400);
  CHECK(contains(made.body, "duplicate_key"));
  CHECK(contains(made.body, R"(\"role\" twice)"));
  REQUIRE(world.call(What::create, "", R"({"name":"ci"})").status == 201);
  CHECK(world.call(What::change, "ci", R"({"disabled":true,"disabled":false})").status == 400);
  CHECK(world.call(What::change, "ci", R"({"quota":{"dollars":{"day":1,"day":100}}})").status == 400);
  CHECK(contains(world.call(What::show, "ci").body, R"("disabled":false)"));
}

TEST_CASE("a tag of a stored key is as long as one of the configuration may be") {
  World world;
  const std::string most(64, 't');
  CHECK(world.call(What::create, "", R"({"name":"a","tags":[")" + most + R"("]})").status == 201);
  const KeyAnswer longer = world.call(What::create, "", R"({"name":"b","tags":[")" + most + R"(t"]})");
  CHECK(longer.status == 400);
  CHECK(contains(longer.body, "a tag has at most 64 bytes"));
}

TEST_CASE("limits of money are shown as they were said") {
  World world;
  const KeyAnswer made =
      world.call(What::create, "", R"({"name":"ci","quota":{"dollars":{"day":0.7,"month":1000}}})");
  CHECK(contains(made.body, R"("dollars":{"day":0.7,"month":1000})"));
}
