// Chats of OpenRouter's clients, from the call to the last byte.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openrouter/openrouter_chat.hpp"
#include "tests/support/close.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace json = boost::json;

namespace {

const std::string hello = R"("messages":[{"role":"user","content":"Hello"}]})";

config::Settings shown_hosts() {
  config::Settings settings = three_prices();
  for (config::ProviderSettings& each : settings.providers)
    each.display_name = "The " + each.name.text + " host";
  for (config::EndpointSettings& each : settings.models[0].endpoints) each.host_model = "their/name";
  return settings;
}

std::vector<json::object> events_of(std::string_view body) {
  std::vector<json::object> events;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\n\n", at);
    const std::string_view text = body.substr(at, end - at);
    if (text.starts_with("data: {")) events.push_back(json::parse(text.substr(6)).as_object());
    at = end + 2;
  }
  return events;
}

struct OpenRouterWorld : ServedWorld {
  OpenRouterWorld() : ServedWorld(shown_hosts()) {}
  void chat(const std::string& members = "") {
    call(gateway::openrouter_chat_surface(), R"({"model":"m",)" + members + hello);
    advance(5s);
    REQUIRE(ended());
  }
  std::string id() const { return "gen-" + record().id.substr(4); }
};

}  // namespace

TEST_CASE("a stream has a generation's id, the host's name for people, and its usage unasked") {
  OpenRouterWorld world;
  world.script(ServedWorld::cheap, stream("Hello"));
  world.chat(R"("stream":true,)");
  const auto events = events_of(world.client.body);
  REQUIRE(events.size() == 4);
  for (const json::object& event : events) {
    CHECK(event.at("id") == json::value(world.id()));
    CHECK(event.at("object") == "chat.completion.chunk");
    CHECK(event.at("model") == "m");
    CHECK(event.at("provider") == "The cheap host");
  }
  CHECK(events[2].at("choices").at(0).at("native_finish_reason") == "stop");
  const json::value& usage = events[3].at("usage");
  CHECK(usage.at("total_tokens") == 18);
  const double parts = usage.at("cost_details").at("upstream_inference_prompt_cost").to_number<double>() +
                       usage.at("cost_details").at("upstream_inference_completions_cost").to_number<double>();
  CHECK(usage.at("cost").to_number<double>() > 0);
  CHECK(usage.at("cost").to_number<double>() == support::close(parts));
  CHECK(world.client.body.ends_with("data: [DONE]\n\n"));
  CHECK(world.client.fields.find("X-Generation-Id: " + world.id()) != std::string::npos);
  CHECK(world.client.fields.find("x-isocost-host-model: their/name") != std::string::npos);
}

TEST_CASE("a stream whose host told no usage ends with an estimate") {
  OpenRouterWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, says("Hello") + stop() + done}}));
  world.chat(R"("stream":true,)");
  const auto events = events_of(world.client.body);
  REQUIRE(events.size() == 3);
  CHECK(events[2].at("usage").at("isocost").at("estimated") == true);
  CHECK(events[2].at("usage").at("cost_details").is_object());
  CHECK(events[2].at("provider") == "The cheap host");
  CHECK(events[2].at("id") == json::value(world.id()));
}

TEST_CASE("a whole reply says the same") {
  OpenRouterWorld world;
  world.script(ServedWorld::cheap, document(whole_answer));
  world.chat();
  const json::value body = json::parse(world.client.body);
  CHECK(body.at("id") == json::value(world.id()));
  CHECK(body.at("provider") == "The cheap host");
  CHECK(body.at("system_fingerprint").is_null());
  CHECK(body.at("choices").at(0).at("message").at("content") == "Hello");
  CHECK(body.at("usage").at("cost").to_number<double>() ==
        support::close(world.record().attempts[0].cost.dollars()));
}

TEST_CASE("an error has a number as its code") {
  OpenRouterWorld world;
  for (const auto host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear}) {
    world.script(host, refuses(400, R"({"error":{"message":"no such tool"}})"));
  }
  world.chat();
  const json::value error = json::parse(world.client.body).at("error");
  CHECK(error.at("code") == 400);
  CHECK(error.at("metadata").at("error_type") == "invalid_request");
}

TEST_CASE("a stream that breaks off ends with an error in a chunk, under the same id") {
  OpenRouterWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, says("Hel")}, {{}, routing::FailureKind::broken_stream}}));
  world.chat(R"("stream":true,)");
  const auto events = events_of(world.client.body);
  REQUIRE(events.size() == 2);
  CHECK(events[1].at("id") == json::value(world.id()));
  CHECK(events[1].at("provider") == "The cheap host");
  CHECK(events[1].at("error").at("code") == 502);
  CHECK(events[1].at("choices").at(0).at("finish_reason") == "error");
}

TEST_CASE("a model that is not there is a bad request here") {
  OpenRouterWorld world;
  gateway::Incoming incoming;
  incoming.body = R"({"model":"none",)" + hello;
  const auto understood =
      gateway::understand(gateway::openrouter_chat_surface(), incoming, nullptr, world.services);
  REQUIRE(std::holds_alternative<gateway::ErrorReply>(understood));
  CHECK(std::get<gateway::ErrorReply>(understood).status == 400);
  CHECK(std::get<gateway::ErrorReply>(understood).code == "model_not_found");
}
