// Calls in Anthropic's Messages: to hosts of the same API, and to hosts of OpenAI's chat.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "routing/terms/bill.hpp"
#include "tests/support/front_door.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Format;
using gateway::Ending;

namespace {

namespace json = boost::json;

// The cheapest speaks Messages, the others chat.
config::Settings two_apis() {
  config::Settings settings = three_prices();
  settings.models[0].endpoints[0].speaks = Format::messages;
  settings.models[0].aliases = {{"claude"}};
  return settings;
}

std::string sse(const std::string& data) {
  const std::string type(json::parse(data).at("type").as_string());
  return "event: " + type + "\ndata: " + data + "\n\n";
}
std::string begins(const std::string& model) {
  return sse(
      R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":")" +
      model +
      R"(","content":[],"stop_reason":null,"usage":{"input_tokens":9,"cache_read_input_tokens":2,"output_tokens":1}}})");
}
const std::string text_begins =
    sse(R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
std::string text(const std::string& piece) {
  return sse(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" + piece +
             "\"}}");
}
const std::string text_ends = sse(R"({"type":"content_block_stop","index":0})");
const std::string ends = sse(
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}})");
// The same as the client gets it from the cheapest, of 11 tokens in and 5 out.
const std::string priced_ends = sse(
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5,"cost":0.000000160}})");
const std::string stops = sse(R"({"type":"message_stop"})");
const std::string ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n";

void ask(ServedWorld& world, const std::string& more = R"(,"stream":true)", const std::string& model = "m") {
  world.call(gateway::anthropic_messages_surface(),
             R"({"model":")" + model + R"(","max_tokens":50,"messages":[{"role":"user","content":"Hi"}])" +
                 more + "}");
}

}  // namespace

TEST_CASE(
    "a host of the same API is sent the client's bytes, and its events go on as they came under the name "
    "asked for") {
  ServedWorld world(two_apis());
  world.script(ServedWorld::cheap, pieces({{100ms, begins("host-model") + ping + text_begins},
                                           {10ms, text("Hel")},
                                           {10ms, text("lo") + text_ends},
                                           {10ms, ends + stops}}));
  ask(world, R"(,"stream":true,"from_the_future":[1.50])", "claude");
  world.advance(111ms);
  CHECK(world.client.body == begins("claude") + ping + text_begins + text("Hel"));
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.body ==
        begins("claude") + ping + text_begins + text("Hel") + text("lo") + text_ends + priced_ends + stops);
  CHECK(world.client.has("request-id: req_"));
  CHECK(world.host(ServedWorld::cheap).targets.at(0) == "/messages");
  CHECK(world.host(ServedWorld::cheap).requests.at(0).find(R"("from_the_future":[1.50])") !=
        std::string::npos);
  CHECK(world.record().ending == Ending::answered);
  const routing::Attempt& attempt = world.record().attempts.at(0);
  CHECK(attempt.usage->prompt.count == 11);
  CHECK(attempt.usage->cached.count == 2);
  CHECK(attempt.usage->output.count == 5);
  CHECK(attempt.first_delta == 110ms);
  CHECK_FALSE(attempt.usage_is_estimated);
}

TEST_CASE("a stream of the same API may be cut anywhere") {
  const std::string all = begins("m") + text_begins + text("Hel") + text("lo") + text_ends + ends + stops;
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    ServedWorld world(two_apis());
    world.script(ServedWorld::cheap, pieces({{1ms, all.substr(0, cut)}, {1ms, all.substr(cut)}}));
    ask(world);
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.body ==
          begins("m") + text_begins + text("Hel") + text("lo") + text_ends + priced_ends + stops);
  }
}

TEST_CASE("a whole message goes on as it came, under the name asked for") {
  ServedWorld world(two_apis());
  world.script(ServedWorld::cheap,
               document(R"( {"id":"msg_1","model": "host-model","content":[{"type":"text","text":"Hi"}],)"
                        R"("stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":5}})"));
  ask(world, "");
  world.advance(1s);
  CHECK(world.client.body == R"( {"id":"msg_1","model": "m","content":[{"type":"text","text":"Hi"}],)"
                             R"("stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":5,)"
                             R"("cost":0.000000140}})");
  CHECK(world.client.has("x-isocost-cost: "));
  CHECK(world.client.has("request-id: req_"));
}

TEST_CASE("where the host of Messages is overloaded, a host of chats answers in its words") {
  ServedWorld world(two_apis());
  world.script(
      ServedWorld::cheap,
      refuses(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"));
  world.script(ServedWorld::middle, stream("Hello"));
  ask(world);
  world.advance(10s);
  REQUIRE(world.ended());
  CHECK(world.record().attempts.size() == 2);
  CHECK(world.client.body.starts_with("event: message_start\n"));
  CHECK(world.client.body.find(text("Hello")) != std::string::npos);
  CHECK(world.client.body.ends_with(stops));
  CHECK(world.client.body.find(R"("input_tokens":11)") != std::string::npos);
  const json::value asked = json::parse(world.host(ServedWorld::middle).requests.at(0));
  CHECK(asked.at("max_tokens") == 50);
  CHECK(world.host(ServedWorld::middle).targets.at(0) == "/chat/completions");
}

TEST_CASE(
    "a host of chats that tells no usage leaves an estimate, marked, and the end is said all the same") {
  config::Settings settings = three_prices();
  ServedWorld world(settings);
  world.script(ServedWorld::cheap, pieces({{1ms, role() + says("Hello, you")}, {1ms, stop() + done}}));
  ask(world);
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.body.find(R"("stop_reason":"end_turn")") != std::string::npos);
  CHECK(world.client.body.find(R"("isocost":{"estimated":true})") != std::string::npos);
  CHECK(world.client.body.ends_with(stops));
}

TEST_CASE("a stream that breaks ends with an error event and no mark of the end") {
  ServedWorld world(two_apis());
  world.script(ServedWorld::cheap, pieces({{1ms, begins("m") + text_begins + text("Hel")},
                                           {1ms, routing::FailureKind::broken_stream}}));
  ask(world);
  world.advance(1s);
  REQUIRE(world.ended());
  const std::size_t at = world.client.body.find("event: error\ndata: ");
  REQUIRE(at != std::string::npos);
  const json::value error = json::parse(world.client.body.substr(at + 19));
  CHECK(error.at("type") == "error");
  CHECK(error.at("error").at("type") == "api_error");
  CHECK(error.at("request_id").as_string().starts_with("req_"));
  CHECK(world.client.body.find("message_stop") == std::string::npos);
}

TEST_CASE(
    "an answer of Messages that is cut off counts as far as it came, and not as the token that its begin "
    "tells") {
  ServedWorld world(two_apis());
  const std::string came =
      begins("m") + text_begins + text("Hel") + text("lo ") + text("Ann") + text(", how");
  const auto ended_early = [&](const routing::Attempt& attempt) {
    CHECK(attempt.usage_is_estimated);
    CHECK(attempt.usage->prompt.count == 11);
    CHECK(attempt.usage->cached.count == 2);
    CHECK(attempt.usage->output.count == 4);
  };
  SUBCASE("by its host") {
    world.script(ServedWorld::cheap, pieces({{1ms, came}, {1ms, routing::FailureKind::broken_stream}}));
    ask(world);
    world.advance(1s);
    REQUIRE(world.ended());
    ended_early(world.record().attempts.at(0));
  }
  SUBCASE("by its host, for a client of another API") {
    world.script(ServedWorld::cheap, pieces({{1ms, came}, {1ms, routing::FailureKind::broken_stream}}));
    world.ask(R"(,"max_tokens":50)");
    world.advance(1s);
    REQUIRE(world.ended());
    ended_early(world.record().attempts.at(0));
  }
  SUBCASE("by its client, whose leaving does not stop the host") {
    world.script(ServedWorld::cheap, pieces({{1ms, came}, {60s, text_ends + ends + stops}}));
    ask(world);
    world.advance(1s);
    world.leave();
    world.advance(1s);
    REQUIRE(world.ended());
    const routing::Attempt& attempt = world.record().attempts.at(0);
    ended_early(attempt);
    const routing::Endpoint& endpoint = world.generation->catalogue->endpoints()[attempt.endpoint];
    CHECK(attempt.cost == routing::bill(endpoint, {.prompt = {11}, .cached = {2}, .output = {50}}));
  }
  SUBCASE("behind its end") {
    world.script(ServedWorld::cheap,
                 pieces({{1ms, came + text_ends + ends}, {1ms, routing::FailureKind::broken_stream}}));
    ask(world);
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(!world.record().attempts.at(0).usage_is_estimated);
    CHECK(world.record().attempts.at(0).usage->output.count == 5);
  }
}

TEST_CASE("who waits long for a stream of Messages is pinged") {
  ServedWorld world(two_apis());
  world.script(ServedWorld::cheap,
               pieces({{40s, begins("m") + text_begins + text("Hi") + text_ends + ends + stops}}));
  ask(world);
  world.advance(39s);
  CHECK(world.client.body == ping + ping);
  CHECK(world.client.has("request-id: req_"));
  world.advance(10s);
  CHECK(world.client.body.starts_with(ping + ping + begins("m")));
}

TEST_CASE("a client of OpenAI's chat is answered by a host of Messages as before") {
  ServedWorld world(two_apis());
  world.script(ServedWorld::cheap,
               pieces({{1ms, begins("c") + text_begins + text("Hi") + text_ends + ends + stops}}));
  world.ask();
  world.advance(1s);
  CHECK(world.client.body.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("every error of this API is one of Anthropic's, whoever finds it") {
  FrontDoor door;
  const auto error = [&](const std::string& request, int status, const std::string& type) {
    Peer& client = door.connect();
    client.send(request);
    client.read_until("\"request_id\":\"");
    const std::string reply = client.take();
    CHECK(reply.starts_with("HTTP/1.1 " + std::to_string(status)));
    CHECK(reply.find("request-id: ") != std::string::npos);
    const json::value body = json::parse(reply.substr(reply.find("\r\n\r\n") + 4));
    CHECK(body.at("error").at("type") == json::value(type));
    CHECK(body.at("request_id").as_string().starts_with("req_"));
  };
  const std::string version = "anthropic-version: 2023-06-01\r\n";
  error(post_to("/v1/messages", "{}"), 400, "invalid_request_error");
  error(post_to("/v1/messages?beta=true", "nonsense"), 400, "invalid_request_error");
  error(post_to("/api/v1/messages/count_tokens", "[]"), 400, "invalid_request_error");
  error(post_to("/v1/messages",
                R"({"model":"nobody","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]})"),
        404, "not_found_error");
  error(get("/v1/messages"), 405, "invalid_request_error");
  error(get("/v1/models/nobody", version), 404, "not_found_error");
  error(get("/v1/messages/batches", version), 404, "not_found_error");
}

TEST_CASE("a prompt is counted without a host, and the answer says that it is an estimate") {
  FrontDoor door;
  Peer& client = door.connect();
  client.send(post_to("/v1/messages/count_tokens",
                      R"({"model":"m","messages":[{"role":"user","content":"Hi there"}]})"));
  client.read_until("}");
  const std::string reply = client.take();
  CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(reply.find("x-isocost-estimate: true\r\n") != std::string::npos);
  CHECK(reply.ends_with("\r\n\r\n{\"input_tokens\":9}"));
  CHECK(door.world.open() == 0);
}

TEST_CASE("an answer that a host of chats broke off is an error of this API, and whole another host's") {
  const std::string broken = delta("", R"("abort")");
  SUBCASE("streamed") {
    ServedWorld world;
    world.script(ServedWorld::cheap, pieces({{{}, says("Hel")}, {1ms, broken}, {{}, done}}));
    ask(world);
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.body.find("event: error\n") != std::string::npos);
    CHECK(world.client.body.find("stop_reason\":\"end_turn") == std::string::npos);
    CHECK(world.client.body.find("message_stop") == std::string::npos);
    CHECK(world.record().ending != Ending::answered);
  }
  SUBCASE("whole") {
    ServedWorld world;
    world.script(
        ServedWorld::cheap,
        document(R"({"choices":[{"index":0,"message":{"content":"Hel"},"finish_reason":"abort"}]})"));
    world.script(ServedWorld::middle, document(whole_answer));
    ask(world, "");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 200);
    CHECK(world.record().attempts.size() == 2);
    CHECK(world.client.body.find(R"("stop_reason":"end_turn")") != std::string::npos);
  }
}
