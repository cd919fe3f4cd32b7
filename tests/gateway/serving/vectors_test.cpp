// The vectors that a client gets: as many as it has texts, in their order, in the form that it asked for.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
namespace json = boost::json;

namespace {

config::Settings of_embeddings(std::optional<int> max_inputs = {}) {
  config::Settings settings = three_prices();
  for (auto& endpoint : settings.models[0].endpoints) {
    endpoint.speaks = config::Format::embeddings;
    endpoint.max_inputs = max_inputs;
  }
  return settings;
}

std::string vector(int index, const std::string& embedding) {
  return R"({"object":"embedding","index":)" + std::to_string(index) + R"(,"embedding":)" + embedding + "}";
}
std::string reply(const std::string& data) {
  return R"({"object":"list","model":"m","data":[)" + data +
         R"(],"usage":{"prompt_tokens":7,"total_tokens":7}})";
}

const std::string one_half = R"("AAAAPw==")", two = R"("AAAAQA==")";  // floats, the least byte first

void ask(ServedWorld& world, const std::string& members) {
  world.call(gateway::openai_embeddings_surface(), R"({"model":"m",)" + members + "}");
  world.advance(60s);
  REQUIRE(world.ended());
}

}  // namespace

TEST_CASE("vectors come in the form that the client asked for, whichever its host has") {
  struct Row {
    std::string format, first, second;
  };
  for (const bool are_parted : {false, true}) {
    CAPTURE(are_parted);
    for (const Row& row : {Row{R"("encoding_format":"base64",)", one_half, two},
                           Row{R"("encoding_format":"float",)", "[0.5]", "[2]"}, Row{"", "[0.5]", "[2]"},
                           Row{R"("encoding_format":null,)", "[0.5]", "[2]"}}) {
      CAPTURE(row.format);
      for (const auto& [first, second] :
           {std::pair(std::string("[0.5]"), std::string("[2.0]")), {one_half, two}}) {
        CAPTURE(first);
        ServedWorld world(of_embeddings(are_parted ? std::optional(1) : std::nullopt));
        world.script(
            ServedWorld::cheap,
            document(reply(are_parted ? vector(0, first) : vector(0, first) + "," + vector(1, second))));
        if (are_parted) world.host(ServedWorld::cheap).will(document(reply(vector(0, second))));
        ask(world, row.format + R"("input":["a","b"])");
        CHECK(world.client.status == 200);
        const json::value data = json::parse(world.client.body).at("data");
        CHECK(data.at(0).at("embedding") == json::parse(row.first));
        const json::value& last = data.at(1).at("embedding");
        CHECK(last.is_string() == row.second.starts_with("\""));
        if (last.is_string()) CHECK(last == json::parse(row.second));
        if (last.is_array()) CHECK(last.at(0).to_number<double>() == 2);
      }
    }
  }
}

TEST_CASE("vectors that are as they were asked for are the host's own bytes") {
  for (const std::string& vectors :
       {vector(0, "[ 5.0e-1 ]") + " , " + vector(1, "[2.00]"), vector(0, one_half) + "," + vector(1, two)}) {
    ServedWorld world(of_embeddings());
    world.script(ServedWorld::cheap, document(reply(vectors)));
    ask(world, std::string(R"("input":["a","b"])") +
                   (vectors.find("AAAA") == std::string::npos ? "" : R"(,"encoding_format":"base64")"));
    CHECK(world.client.body.find("[" + vectors + "]") != std::string::npos);
  }
}

TEST_CASE("vectors stand in the order of their texts, and say so") {
  for (const std::string& vectors :
       {vector(1, "[2]") + "," + vector(0, "[1]"), std::string(R"({"embedding":[1]},{"embedding":[2]})")}) {
    CAPTURE(vectors);
    ServedWorld world(of_embeddings());
    world.script(ServedWorld::cheap, document(reply(vectors)));
    ask(world, R"("input":["a","b"])");
    CHECK(world.client.status == 200);
    const json::value body = json::parse(world.client.body);
    REQUIRE(body.at("data").as_array().size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(body.at("data").at(i).at("index").to_number<std::size_t>() == i);
      CHECK(body.at("data").at(i).at("embedding").at(0).to_number<std::size_t>() == i + 1);
    }
    CHECK(body.at("usage").at("prompt_tokens") == 7);
    CHECK(world.record().attempts[0].usage->prompt.count == 7);
  }
}

TEST_CASE("too few or too many vectors, one twice or one of no float are a fault of the host, and billed") {
  const std::string a = vector(0, "[1]"), b = vector(1, "[2]");
  for (const std::string& vectors :
       {a, b, a + "," + a, a + "," + b + "," + vector(2, "[3]"), a + "," + vector(2, "[2]"),
        a + "," + vector(-1, "[2]"), a + "," + vector(1, "null"), a + "," + vector(1, R"("....")")}) {
    CAPTURE(vectors);
    ServedWorld world(of_embeddings());
    world.script(ServedWorld::cheap, document(reply(vectors)));
    ask(world, R"("input":["a","b"])");
    CHECK(world.client.status >= 500);
    const routing::Attempt& attempt = world.record().attempts.at(0);
    CHECK(world.record().attempts.size() == 1);
    REQUIRE(attempt.failure);
    CHECK(attempt.failure->kind == routing::FailureKind::bad_reply);
    REQUIRE(attempt.usage);
    CHECK(attempt.usage->prompt.count == 7);
  }
}

TEST_CASE("where endpoints are declared equal, another one stands in for a host whose vectors do not fit") {
  config::Settings settings = of_embeddings();
  settings.models[0].embeddings_equal = true;
  ServedWorld world(settings);
  world.script(ServedWorld::cheap, document(reply(vector(0, "[1]"))));
  world.script(ServedWorld::middle, document(reply(vector(0, "[1]") + "," + vector(1, "[2]"))));
  ask(world, R"("input":["a","b"])");
  CHECK(world.client.status == 200);
  CHECK(world.record().attempts.size() == 2);
}

TEST_CASE("the tokens of one text want one vector") {
  ServedWorld world(of_embeddings());
  world.script(ServedWorld::cheap, document(reply(vector(0, "[1]"))));
  ask(world, R"("input":[1,2,3])");
  CHECK(world.client.status == 200);
}
