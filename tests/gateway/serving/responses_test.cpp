// Clients that speak Responses: to hosts that speak it, and to others.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Format;
using gateway::Ending;
using routing::FailureKind;

namespace {

namespace json = boost::json;

config::Settings one_that_speaks_responses() {
  config::Settings settings = three_prices();
  settings.models[0].endpoints[0].speaks = Format::responses;
  settings.models[0].endpoints[0].host_model = "of-the-host";
  return settings;
}

std::string named(const std::string& type, const std::string& members) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + members + "}\n\n";
}
std::string response(const std::string& status, const std::string& id, const std::string& model,
                     const std::string& more = "") {
  return R"("response":{"id":")" + id + R"(","status":")" + status + R"(","model":")" + model +
         R"(","output":[])" + more + "}";
}
std::string piece(const std::string& text) {
  return named("response.output_text.delta",
               R"("sequence_number":2,"output_index":0,"delta":")" + text + "\"");
}
const std::string usage = R"(,"usage":{"input_tokens":11,"output_tokens":5})";

const std::string begins =
    named("response.created", R"("sequence_number":0,)" + response("in_progress", "resp_h", "of-the-host"));
const std::string ends = named(
    "response.completed", R"("sequence_number":3,)" + response("completed", "resp_h", "of-the-host", usage));

void ask(ServedWorld& world, const std::string& more) {
  world.call(gateway::openai_responses_surface(), R"({"model":"m","input":"Hi")" + more + "}");
}

std::string id_of(const ServedWorld& world) {
  return "resp_" + world.record().id.substr(4);
}

}  // namespace

TEST_CASE("a stream of the client's own API is passed on byte by byte but for its names and its cost") {
  ServedWorld world(one_that_speaks_responses());
  world.script(ServedWorld::cheap,
               pieces({{100ms, begins}, {100ms, piece("Hel") + piece("lo")}, {50ms, ends}}));
  ask(world, R"(,"stream":true)");
  world.advance(150ms);
  CHECK(world.client.body.empty());  // nothing shows yet that the host answers
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.host(ServedWorld::cheap).targets.at(0) == "/responses");
  CHECK(world.host(ServedWorld::cheap).requests.at(0) ==
        R"({"store":false,"model":"of-the-host","input":"Hi","stream":true})");
  const std::string id = id_of(world);
  const std::string cost = R"(,"usage":{"input_tokens":11,"output_tokens":5,"cost":0.000000160})";
  CHECK(world.client.body ==
        named("response.created", R"("sequence_number":0,)" + response("in_progress", id, "m")) +
            piece("Hel") + piece("lo") +
            named("response.completed", R"("sequence_number":3,)" + response("completed", id, "m", cost)));
  const routing::Attempt& attempt = world.record().attempts.at(0);
  CHECK(attempt.first_delta == 200ms);
  CHECK(attempt.usage->output.count == 5);
  CHECK_FALSE(attempt.usage_is_estimated);
}

TEST_CASE("a whole response of the client's own API is passed on but for its names") {
  ServedWorld world(one_that_speaks_responses());
  const auto body = [](const std::string& id, const std::string& model, const std::string& cost = "") {
    return R"({"id":")" + id + R"(", "model" : ")" + model +
           R"(","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],)"
           R"("usage":{"input_tokens":11,"output_tokens":5)" +
           cost + R"(},"sparkle":1.50})";
  };
  world.script(ServedWorld::cheap, document(body("resp_h", "of-the-host")));
  ask(world, "");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.body == body(id_of(world), "m", R"(,"cost":0.000000160)"));
  CHECK(world.record().attempts.at(0).usage->prompt.count == 11);
}

TEST_CASE("a stream that breaks ends with events that are numbered on") {
  ServedWorld world(one_that_speaks_responses());
  world.script(
      ServedWorld::cheap,
      pieces({{100ms, begins + piece("Hel")},
              {100ms, named("response.failed", R"("sequence_number":3,"response":{"status":"failed",)"
                                               R"("error":{"code":"server_error","message":"Oh"}})")}}));
  ask(world, R"(,"stream":true)");
  world.advance(1s);
  REQUIRE(world.ended());
  const std::string& text = world.client.body;
  const std::size_t at = text.find("event: error\n");
  REQUIRE(at != std::string::npos);
  CHECK(text.find(R"("sequence_number":2,"code")", at) != std::string::npos);
  CHECK(text.find(R"("type":"response.failed","sequence_number":3)", at) != std::string::npos);
  CHECK(text.find("[DONE]") == std::string::npos);
  CHECK(world.record().attempts.at(0).failure->progress == routing::Progress::client_has_bytes);
}

TEST_CASE(
    "a host that fails before it answers is stood in for by one of another API, and nothing is seen of it") {
  ServedWorld world(one_that_speaks_responses());
  world.script(
      ServedWorld::cheap,
      pieces({{100ms, begins},
              {100ms, named("response.failed", R"("response":{"status":"failed",)"
                                               R"("error":{"code":"server_error","message":"Oh"}})")}}));
  world.script(ServedWorld::middle, stream("Hello"));
  ask(world, R"(,"stream":true)");
  world.advance(2s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.client.body.starts_with("event: response.created\n"));
  CHECK(world.client.body.find("\"delta\":\"Hello\"") != std::string::npos);
  CHECK(world.client.body.find("Oh") == std::string::npos);
  CHECK(world.client.body.find("event: response.completed\n") != std::string::npos);
}

TEST_CASE("where a host of another API tells no usage, the last event has an estimate that says so") {
  ServedWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, role() + says("Hello") + stop() + done}}));
  ask(world, R"(,"stream":true)");
  world.advance(1s);
  REQUIRE(world.ended());
  const std::size_t at = world.client.body.find("event: response.completed\ndata: ");
  REQUIRE(at != std::string::npos);
  const std::string data = world.client.body.substr(at + 32);
  const json::value event = json::parse(data.substr(0, data.find("\n\n")));
  const json::value& usage = event.at("response").at("usage");
  CHECK(usage.at("output_tokens") == 2);
  CHECK(usage.at("isocost").at("estimated") == true);
}

TEST_CASE("a stream that is over but for the end of its body is an answer") {
  ServedWorld world(one_that_speaks_responses());
  world.script(ServedWorld::cheap, pieces({{100ms, begins + piece("Hello") + ends}, {100ms, done}}));
  ask(world, R"(,"stream":true)");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.client.body.find("[DONE]") == std::string::npos);
}

TEST_CASE("a stream without its last event is broken, whatever was said") {
  ServedWorld world(one_that_speaks_responses());
  world.script(ServedWorld::cheap, pieces({{100ms, begins + piece("Hello")}}));
  ask(world, R"(,"stream":true)");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().attempts.at(0).failure->kind == FailureKind::broken_stream);
  CHECK(world.client.body.find("event: response.failed\n") != std::string::npos);
}

TEST_CASE("a host that repeats a long request before it answers is waited for") {
  ServedWorld world(one_that_speaks_responses());
  const std::string instructions(150'000, 'i');
  const std::string repeats =
      named("response.created",
            response("in_progress", "resp_h", "of-the-host", ",\"instructions\":\"" + instructions + "\""));
  world.script(ServedWorld::cheap, pieces({{100ms, repeats + repeats}, {100ms, piece("Hello") + ends}}));
  ask(world, R"(,"stream":true,"instructions":")" + instructions + "\"");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.client.body.size() > 300'000);
}
