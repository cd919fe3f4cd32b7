// What always holds, as a client sees it that tries every way around it.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/reloading_door.hpp"

using namespace std::chrono_literals;
using namespace support;
namespace json = boost::json;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string as_app = "Authorization: Bearer secret\r\n";
const std::string as_other = "Authorization: Bearer other\r\n";

// "cheap" is in the US, "middle" in France, "dear" says nothing. `more` are lines at the top level.
std::string yaml(const std::string& more) {
  std::string text = three_host_yaml();
  const std::string cheap = "cheap: {base_url: \"http://127.0.0.1:9/v1\"",
                    middle = "middle" + cheap.substr(5);
  text.replace(text.find(cheap), cheap.size(), cheap + ", jurisdiction: US");
  text.replace(text.find(middle), middle.size(), middle + ", jurisdiction: FR");
  return text + more;
}

const std::string teams = "teams:\n  search: {always: {allow: 'jurisdiction in [EU]'}}\n  lab: {}\n";
const std::string both_keys = "keys:\n" + key_of_app.substr(0, key_of_app.size() - 2) + ", team: search}\n" +
                              key_of_other.substr(0, key_of_other.size() - 2) + ", team: lab}\n";

struct World : ReloadingDoor {
  explicit World(const std::string& more) : ReloadingDoor(yaml(more)) {
    for (const auto host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
      door.world.script(host, document(whole_answer));
  }
  std::string ask(const std::string& model, const std::string& fields = "", const std::string& members = "",
                  const std::string& path = "/v1/chat/completions") {
    Peer& client = door.connect();
    client.send(post_to(
        path, R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hi"}])" + members + "}",
        fields + "Connection: close\r\n"));
    return client.read_to_end();
  }
  std::size_t asked(ServedWorld::Host host) { return door.world.host(host).requests.size(); }
};

}  // namespace

TEST_CASE("no suffix, header, rule, order or model to fall back to leaves what always holds") {
  World world("always: {allow: 'jurisdiction in [EU]'}\nrules:\n  - {when: not stream, policy: cheapest}\n");
  CHECK(contains(world.ask("m"), "x-isocost-endpoint: middle\r\n"));
  CHECK(contains(world.ask("m:floor"), "x-isocost-endpoint: middle\r\n"));
  CHECK(contains(world.ask("m", "", ",\"models\":[\"m\"]"), "x-isocost-endpoint: middle\r\n"));
  CHECK(contains(world.ask("m", "x-isocost-policy: cheapest\r\n"), "x-isocost-endpoint: middle\r\n"));
  CHECK(contains(world.ask("m", "", R"(,"provider":{"order":["cheap","dear"]})"),
                 "x-isocost-endpoint: middle\r\n"));
  CHECK(contains(world.ask("m", "", R"(,"provider":{"sort":"price"})"), "x-isocost-endpoint: middle\r\n"));
  CHECK(world.asked(ServedWorld::cheap) == 0);
  CHECK(world.asked(ServedWorld::dear) == 0);  // what is not declared is not allowed

  const std::string nobody = world.ask("m:floor", "", R"(,"provider":{"only":["cheap"]})");
  CHECK(!nobody.starts_with("HTTP/1.1 200"));
  CHECK(contains(nobody, "forbidden under every policy by `jurisdiction in [EU]`"));
}

TEST_CASE("when the only host that is allowed fails, no other is asked") {
  World world("always: {allow: 'jurisdiction in [EU]'}\n");
  world.door.world.host(ServedWorld::middle).forget();
  world.door.world.script(ServedWorld::middle, refuses(500));
  Peer& client = world.door.connect();
  client.send(
      post(R"({"model":"m:floor","messages":[{"role":"user","content":"Hi"}]})", "Connection: close\r\n"));
  for (int i = 0; i < 20; ++i) world.door.world.advance(30s);
  CHECK(!client.read_to_end().starts_with("HTTP/1.1 200"));
  CHECK(world.asked(ServedWorld::cheap) == 0);
  CHECK(world.asked(ServedWorld::dear) == 0);
}

TEST_CASE("a team's rules hold for its keys and for no other") {
  World world(teams + both_keys);
  CHECK(contains(world.ask("m:floor", as_app), "x-isocost-endpoint: middle\r\n"));
  CHECK(world.asked(ServedWorld::cheap) == 0);
  CHECK(contains(world.ask("m:floor", as_other), "x-isocost-endpoint: cheap\r\n"));
}

TEST_CASE("explain shows what always holds, for whom, and which rule was passed over") {
  const std::string narrow = "keys:\n" + key_of_app.substr(0, key_of_app.size() - 2) +
                             ", team: search, policies: [steady, batch]}\n";
  World world(teams + narrow + "rules:\n  - {when: not stream, policy: cheapest}\n");
  const std::string reply = world.ask("m", as_app, "", "/v1/route/explain");
  const json::value page = json::parse(reply.substr(reply.find("\r\n\r\n") + 4));
  const json::value& policy = page.at("policy");
  CHECK(policy.at("name").as_string() == "steady");
  CHECK(policy.at("passed_over").at(0).as_string() ==
        "rule 1: not stream: the key may not use its policy `cheapest`");
  CHECK(policy.at("always").at(0).at("rule").as_string() == "jurisdiction in [EU]");
  CHECK(policy.at("always").at(0).at("for").as_string() == "the team `search`");
  CHECK(page.at("chosen").as_string() == "middle");
  REQUIRE(page.at("removed").as_array().size() == 2);
  CHECK(page.at("removed").at(0).at("because").as_string() == "always");
  CHECK(page.at("removed").at(0).at("text").as_string() ==
        "forbidden under every policy by `jurisdiction in [EU]`, for the team `search`");
  const std::string table = world.ask("m", as_app, "", "/v1/route/explain?format=table&columns=160");
  CHECK(contains(table, "always: `jurisdiction in [EU]`, for the team `search`"));
  CHECK(contains(table, "passed over: rule 1: not stream: the key may not use its policy `cheapest`"));
}

TEST_CASE("a retry asks nobody whom rules that always hold forbid since a reload") {
  World world("");
  Script fails_late = refuses(500);
  fails_late.head_after = 1s;
  world.door.world.host(ServedWorld::middle).forget();
  world.door.world.script(ServedWorld::middle, fails_late);
  Peer& client = world.door.connect();
  client.send(post(
      R"({"model":"m","provider":{"order":["middle","cheap"]},"messages":[{"role":"user","content":"Hi"}]})",
      "Connection: close\r\n"));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::middle).open == 1; });
  CHECK(world.reload_with(yaml("always: {allow: 'jurisdiction in [EU]'}\n")).first == "200");
  for (int i = 0; i < 20; ++i) world.door.world.advance(30s);
  CHECK(!client.read_to_end().starts_with("HTTP/1.1 200"));
  CHECK(world.asked(ServedWorld::cheap) == 0);
  CHECK(world.asked(ServedWorld::dear) == 0);
}

TEST_CASE("a limit that was given up to serve a request is in its record") {
  World world("  strict: {require: ['price.output <= 0.001 $/Mtok'], relax: [price.output]}\n");
  CHECK(contains(world.ask("m:strict"), "x-isocost-endpoint: cheap\r\n"));
  REQUIRE(world.door.records().size() == 1);
  CHECK(world.door.records()[0]->relaxed == 1);
  CHECK(contains(world.ask("m"), "x-isocost-endpoint: cheap\r\n"));
  CHECK(world.door.records()[1]->relaxed == 0);
}
