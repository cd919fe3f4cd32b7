// Embeddings of more texts than a host takes at a time.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "routing/terms/bill.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
namespace json = boost::json;

namespace {

config::Settings two_at_a_time() {
  config::Settings settings = three_prices();
  for (auto& endpoint : settings.models[0].endpoints) {
    endpoint.speaks = config::Format::embeddings;
    endpoint.max_inputs = 2;
  }
  return settings;
}

// Vectors of these numbers, in any order.
std::string reply(const std::vector<std::pair<int, std::string>>& vectors,
                  const std::string& usage_members = "") {
  std::string data;
  for (const auto& [index, vector] : vectors) {
    data += (data.empty() ? "" : ",") +
            (R"({"object":"embedding","index":)" + std::to_string(index) + R"(,"embedding":)" + vector + "}");
  }
  return R"({"object":"list","model":"theirs","data":[)" + data +
         R"(],"usage":{"prompt_tokens":7,"total_tokens":7)" + usage_members + "}}";
}

void ask(ServedWorld& world, const std::string& input) {
  world.call(gateway::openai_embeddings_surface(), R"({"input":)" + input + R"(,"model":"m"})");
  world.advance(60s);
  REQUIRE(world.ended());
}

}  // namespace

TEST_CASE("many texts are asked in several requests, and come back in their order") {
  ServedWorld world(two_at_a_time());
  ScriptedProvider& host = world.host(ServedWorld::cheap);
  world.script(ServedWorld::cheap, document(reply({{1, "[1]"}, {0, "[0]"}})));
  host.will(document(reply({{0, "[2]"}, {1, "[3]"}})));
  host.will(document(reply({{0, "[4]"}})));
  ask(world, R"(["a", "b,]", "c","d" , "e"])");
  REQUIRE(host.requests.size() == 3);
  const auto input = [&](std::size_t i) {
    return json::serialize(json::parse(host.requests[i]).at("input"));
  };
  CHECK(input(0) == R"(["a","b,]"])");
  CHECK(input(1) == R"(["c","d"])");
  CHECK(input(2) == R"(["e"])");
  const json::value body = json::parse(world.client.body);
  REQUIRE(body.at("data").as_array().size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(body.at("data").at(i).at("index").to_number<std::size_t>() == i);
    CHECK(body.at("data").at(i).at("embedding").at(0).to_number<std::size_t>() == i);
  }
  CHECK(body.at("usage").at("prompt_tokens") == 21);
  CHECK(body.at("model") == "m");
  CHECK(world.record().attempts.size() == 1);
  CHECK(world.record().attempts[0].usage->prompt.count == 21);
}

TEST_CASE("vectors that do not fit their texts are no answer") {
  struct Row {
    std::string first, last;
  };
  for (const Row& row : {Row{reply({{0, "[0]"}}), reply({{0, "[2]"}, {1, "[3]"}})},
                         Row{reply({{0, "[0]"}, {1, "[1]"}}), reply({{0, "[2]"}})},
                         Row{reply({{0, "[0]"}, {0, "[1]"}}), reply({{0, "[2]"}, {1, "[3]"}})},
                         Row{reply({{0, "[0]"}, {2, "[1]"}}), reply({{0, "[2]"}, {1, "[3]"}})},
                         Row{reply({{0, "[0]"}, {1, "[1]"}}), reply({{0, "[2]"}, {900'000, "[3]"}})},
                         Row{reply({{0, "[0]"}, {1, "[1]"}, {2, "[2]"}}), reply({{1, "[3]"}})}}) {
    CAPTURE(row.first);
    CAPTURE(row.last);
    ServedWorld world(two_at_a_time());
    world.script(ServedWorld::cheap, document(row.first));
    world.host(ServedWorld::cheap).will(document(row.last));
    ask(world, R"(["a","b","c","d"])");
    CHECK(world.client.status >= 500);
    const auto& failure = world.record().attempts.front().failure;
    REQUIRE(failure);
    CHECK(failure->kind == routing::FailureKind::bad_reply);
  }
}

TEST_CASE("vectors without numbers stand in the order in which they came") {
  ServedWorld world(two_at_a_time());
  world.script(ServedWorld::cheap, document(R"({"data":[{"embedding":[0]},{"embedding":[1]}]})"));
  world.host(ServedWorld::cheap).will(document(R"({"data":[{"embedding":[2]}]})"));
  ask(world, R"(["a","b","c"])");
  CHECK(world.client.status == 200);
  const json::value body = json::parse(world.client.body);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(body.at("data").at(i).at("embedding").at(0).to_number<std::size_t>() == i);
  }
}

TEST_CASE("what parts cost is added up to the last billionth of a dollar") {
  config::Settings settings = two_at_a_time();
  settings.providers[0].reports_cost = true;
  ServedWorld world(settings);
  world.script(ServedWorld::cheap, document(reply({{0, "[0]"}, {1, "[1]"}}, R"(,"cost":1e-7)")));
  world.host(ServedWorld::cheap).will(document(reply({{0, "[2]"}}, R"(,"cost":0.000000023)")));
  ask(world, R"(["a","b","c"])");
  CHECK(world.client.status == 200);
  CHECK(world.record().attempts[0].cost.nanos == 123);
}

TEST_CASE("few texts, and one that is no list, are asked at once") {
  for (const std::string input : {R"(["a","b"])", R"("a")", "[1,2,3]"}) {
    ServedWorld world(two_at_a_time());
    const bool are_two = input.find("b") != std::string::npos;
    world.script(ServedWorld::cheap,
                 document(are_two ? reply({{0, "[0]"}, {1, "[1]"}}) : reply({{0, "[0]"}})));
    ask(world, input);
    CHECK(world.host(ServedWorld::cheap).requests.size() == 1);
    CHECK(world.client.status == 200);
  }
}

TEST_CASE("lists of tokens are parted like texts") {
  ServedWorld world(two_at_a_time());
  world.script(ServedWorld::cheap, document(reply({{0, "[0]"}, {1, "[1]"}})));
  world.host(ServedWorld::cheap).will(document(reply({{0, "[2]"}})));
  ask(world, "[[1,2],[3],[4,5]]");
  CHECK(json::parse(world.host(ServedWorld::cheap).requests.at(1)).at("input") == json::parse("[[4,5]]"));
}

TEST_CASE("a request that fails on the way fails as one") {
  ServedWorld world(two_at_a_time());
  world.script(ServedWorld::cheap, document(reply({{0, "[0]"}, {1, "[1]"}})));
  world.host(ServedWorld::cheap).will(fails(routing::FailureKind::reset_before_reply));
  ask(world, R"(["a","b","c"])");
  CHECK(world.client.status == 503);
  CHECK(world.client.body.find("embedding\":[0]") == std::string::npos);
}

TEST_CASE("parts that were answered before one failed are billed as they were told") {
  struct Row {
    Script last;
    std::int64_t told;
  };
  for (const Row& row : {Row{fails(routing::FailureKind::reset_before_reply), 14}, Row{refuses(500), 14},
                         Row{document(R"({"data":[],"usage":{"prompt_tokens":2,"total_tokens":2}})"), 16},
                         Row{document(reply({{1, "[4]"}})), 21}}) {
    CAPTURE(row.told);
    ServedWorld world(two_at_a_time());
    world.script(ServedWorld::cheap, document(reply({{0, "[0]"}, {1, "[1]"}})));
    world.host(ServedWorld::cheap).will(document(reply({{0, "[2]"}, {1, "[3]"}})));
    world.host(ServedWorld::cheap).will(row.last);
    ask(world, R"(["a","b","c","d","e"])");
    const routing::Attempt& attempt = world.record().attempts.front();
    REQUIRE(attempt.failure);
    REQUIRE(attempt.usage);
    CHECK(attempt.usage->prompt.count == row.told);
    CHECK_FALSE(attempt.usage_is_estimated);
    CHECK(attempt.cost.nanos > 0);
  }
}

TEST_CASE("of an answered part whose host told no usage, the share of its texts is billed") {
  ServedWorld world(two_at_a_time());
  world.script(ServedWorld::cheap, document(R"({"data":[{"embedding":[0]},{"embedding":[1]}]})"));
  world.host(ServedWorld::cheap).will(document(reply({{0, "[2]"}, {1, "[3]"}})));
  world.host(ServedWorld::cheap).will(refuses(500));
  ask(world, R"(["a text of some length","another one","and a third","and one more","the last"])");
  const routing::Attempt& attempt = world.record().attempts.front();
  REQUIRE(attempt.failure);
  REQUIRE(attempt.usage);
  CHECK(attempt.usage->prompt.count == world.request->demand.prompt.count * 2 / 5 + 7);
  CHECK(attempt.usage_is_estimated);
}

TEST_CASE(
    "a client that leaves between the parts is billed what they told, and a share for the one under way") {
  ServedWorld world(two_at_a_time());
  Script slow = document(reply({{0, "[4]"}}));
  slow.head_after = 1h;
  world.script(ServedWorld::cheap, document(reply({{0, "[0]"}, {1, "[1]"}})));
  world.host(ServedWorld::cheap).will(document(reply({{0, "[2]"}, {1, "[3]"}})));
  world.host(ServedWorld::cheap).will(slow);
  world.call(gateway::openai_embeddings_surface(), R"({"input":["a","b","c","d","e"],"model":"m"})");
  world.advance(1s);
  REQUIRE(world.host(ServedWorld::cheap).requests.size() == 3);
  world.leave();
  REQUIRE(world.ended());
  const routing::Attempt& attempt = world.record().attempts.front();
  REQUIRE(attempt.failure);
  CHECK(attempt.failure->kind == routing::FailureKind::client_left);
  REQUIRE(attempt.usage);
  CHECK(attempt.usage->prompt.count == 14 + world.record().demand.prompt.count / 5);
  CHECK(attempt.usage_is_estimated);
}

TEST_CASE("each part has the fee of a request, unless the host's own bill is trusted") {
  config::Settings settings = two_at_a_time();
  settings.models[0].endpoints[0].prices.request = {5'000};
  for (const bool trusted : {false, true}) {
    CAPTURE(trusted);
    settings.providers[0].reports_cost = trusted;
    ServedWorld world(settings);
    world.script(ServedWorld::cheap, document(reply({{0, "[0]"}, {1, "[1]"}}, R"(,"cost":0.000004)")));
    world.host(ServedWorld::cheap).will(document(reply({{0, "[2]"}}, R"(,"cost":0.000003)")));
    ask(world, R"(["a","b","c"])");
    const routing::Attempt& attempt = world.record().attempts.front();
    REQUIRE(attempt.usage);
    const routing::Endpoint& endpoint = world.generation->catalogue->endpoints()[attempt.endpoint];
    const std::int64_t once = routing::bill(endpoint, *attempt.usage).nanos;
    CHECK(attempt.cost.nanos == (trusted ? 7'000 : once + 5'000));
  }
}
