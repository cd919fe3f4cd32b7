// A reload as operators and clients see it, over HTTP.
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

// The status of a reply that has come whole.
std::string status_of(Peer& client, const std::string& request, std::string_view says) {
  client.send(request);
  const std::string status = client.read_until(says).substr(9, 3);
  client.got();  // what followed
  client.take();
  return status;
}

}  // namespace

TEST_CASE(
    "a reload answers with the new generation, which the metrics show and the next request is served by") {
  ReloadingDoor world;
  world.door.world.script(ServedWorld::cheap, document(whole_answer));
  world.door.world.script(ServedWorld::middle, document(whole_answer));
  Peer& client = world.door.connect();
  client.send(post(chat_whole));
  CHECK(contains(client.read_until(whole_answer), "x-isocost-endpoint: cheap\r\n"));
  client.take();

  const auto [status, body] = world.reload_with(three_host_yaml("", "middle dear"));
  CHECK(status == "200");
  CHECK(json::parse(body).at("result").as_string() == "reloaded");
  CHECK(json::parse(body).at("generation").to_number<int>() == 2);
  CHECK(json::parse(body).at("warnings").as_array().empty());
  CHECK(world.door.counted("isocost_config_generation") == 2);
  CHECK(world.door.counted("isocost_config_reloads_total{result=\"success\"}") == 1);

  client.send(post(chat_whole));
  CHECK(contains(client.read_until(whole_answer), "x-isocost-endpoint: middle\r\n"));
}

TEST_CASE("a file with mistakes is refused with the line of each, and the last good one goes on serving") {
  ReloadingDoor world;
  world.door.world.script(ServedWorld::cheap, document(whole_answer));
  std::string wrong = three_host_yaml("limits: {deadlin: 3 s}\n");
  wrong.replace(wrong.find("40 $/Mtok"), 9, "40 $/kelvin");
  const auto answer = world.reload_with(wrong);
  CHECK(answer.first == "400");
  CAPTURE(answer.second);
  const json::value page = json::parse(answer.second);
  CHECK(page.at("error").at("code").as_string() == "invalid_configuration");
  CHECK(contains(std::string(page.at("error").at("message").as_string()), "2 errors"));
  CHECK(page.at("generation").to_number<int>() == 1);
  const json::array& problems = page.at("problems").as_array();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].as_string().starts_with("isocost.yaml:9:"));
  CHECK(problems[1].as_string().starts_with("isocost.yaml:14:"));
  CHECK(contains(std::string(problems[1].as_string()), "deadline"));
  CHECK(world.door.counted("isocost_config_generation") == 1);
  CHECK(world.door.counted("isocost_config_reloads_total{result=\"failure\"}") == 1);

  Peer& client = world.door.connect();
  CHECK(status_of(client, post(chat_whole), whole_answer) == "200");
}

TEST_CASE("a policy that means nothing refuses the file at its characters") {
  ReloadingDoor world;
  const auto [status, body] = world.reload_with(three_host_yaml("  odd: {minimize: price + ttft}\n"));
  CHECK(status == "400");
  CHECK(contains(body, "isocost.yaml:14:19: error: policies.odd.minimize: "));
  CHECK(contains(body, "adds dollars to seconds"));
}

TEST_CASE("a policy stricter than what its hosts have shown is warned of in the reply, and in use") {
  ReloadingDoor world;
  auto market = *world.door.world.services.snapshot;
  for (routing::EndpointState& state : market.endpoints) state.measured.ttft.p90 = 2;
  market.endpoints[1].measured.ttft.p90 = 0.5;
  world.door.world.services.snapshot = std::make_shared<const routing::Snapshot>(market);
  const auto [status, body] =
      world.reload_with(three_host_yaml("  quick: {require: [ttft.p90 <= 100 ms]}\n"));
  CHECK(status == "200");
  const json::array warnings = json::parse(body).at("warnings").as_array();
  REQUIRE(warnings.size() == 1);
  CHECK(std::string(warnings[0].as_string())
            .starts_with(
                "isocost.yaml:14:21: warning: policies.quick: no host has met `ttft.p90 <= 100 ms`; the "
                "nearest is middle with 500 ms"));
  CHECK(world.door.world.generation->policies.find("quick") != nullptr);
}

TEST_CASE(
    "a request under way ends with its own generation, though its host and key are gone from the newest") {
  ReloadingDoor world(three_host_yaml("keys:\n" + key_of_app + key_of_other));
  world.door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  world.door.world.script(ServedWorld::middle, document(whole_answer));
  Peer& client = world.door.connect();
  client.send(post(chat_stream, as_app));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });

  CHECK(world.reload_with(three_host_yaml("keys:\n" + key_of_other, "middle dear")).first == "200");
  world.door.world.advance(1s);
  const std::string reply = client.read_until("0\r\n\r\n");
  CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(contains(reply, "Hello"));
  CHECK(contains(reply, "[DONE]"));
  client.take();
  REQUIRE(world.door.records().size() == 1);
  CHECK(world.door.records()[0]->key == "app");
  CHECK(world.door.records()[0]->ending == gateway::Ending::answered);
}

TEST_CASE("a key that a reload removed is refused on a connection that it opened, another one is not") {
  ReloadingDoor world(three_host_yaml("keys:\n" + key_of_app + key_of_other));
  world.door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = world.door.connect();
  for (int i = 0; i < 2; ++i) CHECK(status_of(client, post(chat_whole, as_app), whole_answer) == "200");

  CHECK(world.reload_with(three_host_yaml("keys:\n" + key_of_other)).first == "200");
  CHECK(status_of(client, post(chat_whole, as_app), "not one of this gateway's") == "401");
  CHECK(status_of(client, get("/v1/models", as_app), "not one of this gateway's") == "401");
  CHECK(status_of(client, post(chat_whole, as_other), whole_answer) == "200");
  CHECK(!client.ended());

  // It may come back, with other rights.
  const std::string narrower = key_of_app.substr(0, key_of_app.size() - 2) + ", policies: [steady]}\n";
  CHECK(world.reload_with(three_host_yaml("keys:\n" + narrower)).first == "200");
  CHECK(status_of(client, post(chat_whole, as_other), "not one of this gateway's") == "401");
  CHECK(status_of(client, post(chat_whole, as_app), whole_answer) == "200");
  CHECK(status_of(client, post(chat_whole, as_app + "x-isocost-policy: fastest\r\n"), "it may use steady") ==
        "403");
}

TEST_CASE("a packed body is not unpacked before its key is known") {
  ReloadingDoor world(three_host_yaml("keys:\n" + key_of_app));
  Peer& client = world.door.connect();
  const std::string packed = "Content-Encoding: gzip\r\n";
  client.send(post("no gzip", packed));
  CHECK(contains(client.read_until("No API key"), " 401 "));
  Peer& other = world.door.connect();
  other.send(post("no gzip", packed + as_app));
  CHECK(contains(other.read_until("gzip"), " 400 "));
}

TEST_CASE("a retry asks nobody whom a reload meanwhile took away") {
  ReloadingDoor world;
  Script fails_late = refuses(500);
  fails_late.head_after = 1s;
  world.door.world.script(ServedWorld::cheap, fails_late);
  world.door.world.script(ServedWorld::middle, document(whole_answer));
  world.door.world.script(ServedWorld::dear, document(whole_answer));
  Peer& client = world.door.connect();
  client.send(post(chat_whole));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });
  CHECK(world.reload_with(three_host_yaml("", "cheap dear")).first == "200");
  world.door.world.advance(1s);
  world.door.world.advance(1min);
  CHECK(contains(client.read_until(whole_answer), "x-isocost-endpoint: dear\r\n"));
  CHECK(world.door.world.host(ServedWorld::middle).requests.empty());
}

TEST_CASE("what a new rule reads of a request's headers is kept on connections that were there before it") {
  ReloadingDoor world;
  world.door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = world.door.connect();
  const std::string gold = post(chat_whole, "x-tier: gold\r\n");
  client.send(gold);
  CHECK(contains(client.read_until(whole_answer), "x-isocost-policy: steady\r\n"));
  client.take();
  const std::string rule = "rules:\n  - {when: 'header(\"x-tier\") == \"gold\"', policy: cheapest}\n";
  CHECK(world.reload_with(three_host_yaml(rule)).first == "200");
  client.send(gold);
  CHECK(contains(client.read_until(whole_answer), "x-isocost-policy: cheapest\r\n"));
}

TEST_CASE("attempts under way stay counted over reloads, and are counted off once") {
  ReloadingDoor world;
  world.door.world.script(ServedWorld::cheap, stream("Hello", 10s));
  Peer& client = world.door.connect();
  client.send(post(chat_stream));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });
  CHECK(world.door.world.in_flight() == 1);
  for (int i = 0; i < 3; ++i) {
    CHECK(world.reload_with(three_host_yaml()).first == "200");
    CHECK(world.door.world.in_flight() == 1);
  }
  Peer& second = world.door.connect();
  second.send(post(chat_stream));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 2; });
  CHECK(world.door.world.in_flight() == 2);
  CHECK(world.reload_with(three_host_yaml()).first == "200");
  world.door.world.advance(10s);
  client.read_until("0\r\n\r\n");
  second.read_until("0\r\n\r\n");
  CHECK(world.door.world.in_flight() == 0);
}

TEST_CASE("a limit on attempts in flight holds across a reload") {
  const auto limited = [] {
    std::string yaml = three_host_yaml();
    const std::string cheap = "cheap: {base_url: \"http://127.0.0.1:9/v1\"";
    return yaml.replace(yaml.find(cheap), cheap.size(), cheap + ", limits: {max_in_flight: 1}");
  }();
  ReloadingDoor world(limited);
  world.door.world.script(ServedWorld::cheap, stream("Hello", 10s));
  world.door.world.script(ServedWorld::middle, document(whole_answer));
  Peer& first = world.door.connect();
  first.send(post(chat_stream));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });
  CHECK(world.reload_with(limited).first == "200");
  Peer& second = world.door.connect();
  second.send(post(chat_whole));
  CHECK(contains(second.read_until(whole_answer), "x-isocost-endpoint: middle\r\n"));
}

TEST_CASE("a retry asks nobody whom a reload meanwhile took out of what the request itself lets in") {
  const std::string facts =
      "providers:\n  cheap: {base_url: \"http://127.0.0.1:9/v1\", zero_data_retention: true}\n"
      "  middle: {base_url: \"http://127.0.0.1:9/v1\", zero_data_retention: true}\n"
      "  dear: {base_url: \"http://127.0.0.1:9/v1\", zero_data_retention: true}\n";
  const std::string before = three_host_yaml();
  const std::string first = facts + before.substr(before.find("models:"));
  ReloadingDoor world(first);
  Script fails_late = refuses(500);
  fails_late.head_after = 1s;
  world.door.world.script(ServedWorld::cheap, fails_late);
  world.door.world.script(ServedWorld::middle, document(whole_answer));
  world.door.world.script(ServedWorld::dear, document(whole_answer));
  Peer& client = world.door.connect();
  client.send(post(R"({"model":"m","provider":{"zdr":true},"messages":[{"role":"user","content":"Hi"}]})"));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });
  std::string later = first;
  later.replace(later.find("true", later.find("middle")), 4, "false");
  CHECK(world.reload_with(later).first == "200");
  world.door.world.advance(1s);
  world.door.world.advance(1min);
  CHECK(contains(client.read_until(whole_answer), "x-isocost-endpoint: dear\r\n"));
  CHECK(world.door.world.host(ServedWorld::middle).requests.empty());
}
