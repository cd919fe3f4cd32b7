// What a client that asked for usage is told, and what is recorded, however little the host says of it.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/close.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace {

const std::string asks_for_usage = R"(,"stream_options":{"include_usage":true})";

// The last event before [DONE].
boost::json::object last_chunk(const std::string& body) {
  REQUIRE(body.ends_with("\n\n" + done));
  const std::string before = body.substr(0, body.size() - done.size() - 2);
  const std::size_t at = before.rfind("data: ");
  REQUIRE(at != std::string::npos);
  return boost::json::parse(before.substr(at + 6)).as_object();
}

// Each at 40 $/Mtok.
config::Settings at_forty() {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin());
  settings.models[0].endpoints.resize(1);
  return settings;
}
constexpr ServedWorld::Host only = ServedWorld::middle;

}  // namespace

TEST_CASE("a stream whose host sent no usage ends with an estimate that says so, where usage was asked for") {
  ServedWorld world(at_forty());
  std::string words;
  for (int i = 0; i < 10; ++i) words += says("a ");
  world.script(only, pieces({{{}, role() + words + stop() + done}}));
  world.ask(asks_for_usage);
  REQUIRE(world.ended());
  CHECK(world.client.body.starts_with(role() + words + stop() + "data: {"));
  const boost::json::object chunk = last_chunk(world.client.body);
  CHECK(chunk.at("object") == "chat.completion.chunk");
  CHECK(chunk.at("id") == boost::json::string(world.record().id));
  CHECK(chunk.at("model") == "m");
  CHECK(chunk.at("choices").as_array().empty());
  const boost::json::object& usage = chunk.at("usage").as_object();
  const std::int64_t prompt = world.record().prompt_estimate.count;
  CHECK(prompt > 0);
  CHECK(usage.at("prompt_tokens") == prompt);
  CHECK(usage.at("completion_tokens") == 10);
  CHECK(usage.at("total_tokens") == prompt + 10);
  CHECK(usage.at("cost").as_double() == support::close(40e-6 * static_cast<double>(prompt + 10)));
  CHECK(usage.at("isocost").as_object().at("estimated") == true);
}

TEST_CASE("where the host sent no usage, the record has an estimate with its cost, marked as one") {
  struct Row {
    const char* what;
    Script script;
    bool streamed;
    std::int64_t output;
  };
  const std::string long_text(400, 'a');
  const std::vector<Row> rows{
      {"a stream of tokens", pieces({{{}, says("a") + says("b") + says("c") + stop() + done}}), true, 3},
      {"a stream of large pieces", pieces({{{}, says(long_text) + stop() + done}}), true, 100},
      {"a whole reply", document(R"({"choices":[{"message":{"content":")" + long_text + R"("}}]})"), false,
       100},
      {"a whole reply without content", document(R"({"choices":[{"finish_reason":"length"}]})"), false, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld world(at_forty());
    world.script(only, row.script);
    row.streamed ? world.ask() : world.ask_whole();
    REQUIRE(world.ended());
    const routing::Attempt& attempt = world.record().attempts.at(0);
    REQUIRE(attempt.usage);
    CHECK(attempt.usage_is_estimated);
    CHECK(attempt.usage->prompt == world.record().prompt_estimate);
    CHECK(attempt.usage->output.count == row.output);
    CHECK(attempt.cost.nanos == 40'000 * (attempt.usage->prompt.count + row.output));
    CHECK(world.client.has("x-isocost-cost") == !row.streamed);  // a stream's head comes too early
    CHECK(world.client.body.find("estimated") == std::string::npos);
  }
}

TEST_CASE("what a broken stream sent is estimated, and what a host refused costs nothing") {
  ServedWorld world(at_forty());
  SUBCASE("broken") {
    world.script(only, pieces({{{}, says("a") + says("b")}, {1s, routing::FailureKind::broken_stream}}));
    world.ask();
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.record().attempts[0].usage->output.count == 2);
    CHECK(world.record().attempts[0].usage_is_estimated);
    CHECK(world.record().attempts[0].cost.nanos > 0);
  }
  SUBCASE("broken, of a whole reply, which its host had made") {
    world.script(only, pieces({{{}, R"({"choices":[{"mess)"}, {1s, routing::FailureKind::broken_stream}}));
    world.ask_whole(R"(,"max_tokens":20)");
    world.advance(5s);
    REQUIRE(world.ended());
    const routing::Attempt& attempt = world.record().attempts[0];
    CHECK(!attempt.usage);
    CHECK(attempt.usage_is_estimated);
    CHECK(attempt.cost.nanos == 40'000 * (world.record().prompt_estimate.count + 20));
  }
  SUBCASE("refused") {
    world.script(only, refuses(500));
    world.ask();
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(!world.record().attempts[0].usage);
    CHECK(world.record().attempts[0].cost.nanos == 0);
  }
}

TEST_CASE("of a stream that breaks off counts what its host told, and what came behind that") {
  const auto counted = [](const std::string& piece, int tokens) {
    return event(R"({"choices":[{"index":0,"delta":{"content":")" + piece +
                 R"("}}],"usage":{"prompt_tokens":11,"completion_tokens":)" + std::to_string(tokens) + "}}");
  };
  ServedWorld world(at_forty());
  const std::string came = role() + counted("a word", 3) + counted(" or two", 6);
  std::int64_t output = 0;
  SUBCASE("nothing") {
    world.script(only, pieces({{{}, came}, {1s, routing::FailureKind::broken_stream}}));
    output = 6;
  }
  SUBCASE("two pieces") {
    world.script(only,
                 pieces({{{}, came + says("a") + says("b")}, {1s, routing::FailureKind::broken_stream}}));
    output = 8;
  }
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  const routing::Attempt& attempt = world.record().attempts.at(0);
  CHECK(attempt.usage->prompt.count == 11);
  CHECK(attempt.usage->output.count == output);
  CHECK(attempt.usage_is_estimated);
  CHECK(attempt.cost.nanos == 40'000 * (11 + output));
}

TEST_CASE("usage that only Groq's own member has becomes a usage chunk with its cost") {
  ServedWorld world(at_forty());
  const std::string end =
      event(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],)"
            R"("x_groq":{"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}})");
  world.script(only, pieces({{{}, says("Hello") + end + done}}));
  SUBCASE("asked for") {
    world.ask(asks_for_usage);
    REQUIRE(world.ended());
    CHECK(world.client.body.starts_with(says("Hello") + end));
    const boost::json::object usage = last_chunk(world.client.body).at("usage").as_object();
    CHECK(usage.at("prompt_tokens") == 11);
    CHECK(usage.at("completion_tokens") == 7);
    CHECK(usage.at("cost").as_double() == support::close(18 * 40e-6));
    CHECK(!usage.contains("isocost"));
    CHECK(!world.record().attempts[0].usage_is_estimated);
  }
  SUBCASE("not asked for") {
    world.ask();
    REQUIRE(world.ended());
    CHECK(world.client.body == says("Hello") + end + done);
  }
}

TEST_CASE("a chunk about the prompt is passed on before any content, without being an answer") {
  const std::string filters = event(R"({"choices":[],"prompt_filter_results":[{"prompt_index":0}]})");
  ServedWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, filters}, {1s, says("Hello") + stop() + done}}));
  world.ask();
  CHECK(world.client.replies == 0);
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.body == filters + says("Hello") + stop() + done);
}

TEST_CASE("a host that is not trusted with its bill does not set the cost, in the reply or in the record") {
  ServedWorld world(at_forty());
  const std::string said = R"("prompt_tokens":11,"completion_tokens":7,"cost":)";
  SUBCASE("streamed") {
    world.script(
        only,
        pieces({{{}, says("Hello") + stop() + event(R"({"choices":[],"usage":{)" + said + "0}}") + done}}));
    world.ask(asks_for_usage);
    REQUIRE(world.ended());
    CHECK(world.client.body.find(said + "0.000720000}}") != std::string::npos);
  }
  SUBCASE("whole") {
    world.script(only, document(R"({"choices":[{"message":{"content":"Hi"}}],"usage":{)" + said + "0}}"));
    world.ask_whole();
    REQUIRE(world.ended());
    CHECK(world.client.has("x-isocost-cost: 0.000720000\r\n"));
  }
  CHECK(world.record().attempts[0].cost.nanos == 720'000);
}

TEST_CASE(
    "a trusted provider's figure is the bill, with what the host behind it takes for a key of our own") {
  config::Settings settings = at_forty();
  settings.providers[1].reports_cost = true;
  ServedWorld world(settings);
  const std::string details = R"(,"is_byok":true,"cost_details":{"upstream_inference_cost":0.002}}})";
  const std::string usage = R"({"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"cost":)";
  world.script(only, pieces({{{}, says("Hello") + stop() + event(usage + "0" + details) + done}}));
  world.ask(asks_for_usage);
  REQUIRE(world.ended());
  CHECK(world.record().attempts[0].cost.nanos == 2'000'000);
  CHECK(world.client.body == says("Hello") + stop() + event(usage + "0.002000000" + details) + done);
}
