// Answers that a host stores for its clients, and the requests that go on from them.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/request/understand.hpp"
#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Format;
namespace json = boost::json;

namespace {

enum class Keepers { none, middle };

// All speak Responses; where there is a keeper, the one in the middle stores answers.
config::Settings settings_of(Keepers keepers) {
  config::Settings settings = three_prices();
  for (auto& endpoint : settings.models[0].endpoints) endpoint.speaks = Format::responses;
  if (keepers == Keepers::none) return settings;
  settings.providers[1].keeps_responses = true;
  settings.seal_key = config::Secret("a secret of eight");
  return settings;
}

const std::string answer =
    R"({"id":"resp_native","object":"response","created_at":17,"status":"completed","model":"theirs",)"
    R"("previous_response_id":"resp_before","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],)"
    R"("usage":{"input_tokens":9,"output_tokens":3},"store":true})";

struct Asked {
  int status = 0;
  json::value body;
};

gateway::Incoming call(const std::string& members) {
  gateway::Incoming incoming;
  incoming.body = R"({"model":"m","input":"Hi")" + members + "}";
  gateway::give_slack(incoming.body);
  return incoming;
}

std::string refusal(ServedWorld& world, const std::string& members,
                    const config::KeySettings* key = nullptr) {
  gateway::Incoming incoming = call(members);
  auto understood = gateway::understand(gateway::openai_responses_surface(), incoming, key, world.services);
  const auto* error = std::get_if<gateway::ErrorReply>(&understood);
  return error ? std::to_string(error->status) + " " + std::string(error->code) + " " + error->param
               : "taken";
}

// Of an answer that the keeper gave, once it has been asked alone.
std::string id_from_keeper(ServedWorld& world) {
  world.script(ServedWorld::cheap, fails(routing::FailureKind::connect));
  world.script(ServedWorld::middle, document(answer));
  world.call(gateway::openai_responses_surface(), R"({"model":"m","input":"Hi"})");
  world.advance(5s);
  REQUIRE(world.ended());
  return std::string(json::parse(world.client.body).at("id").as_string());
}

}  // namespace

TEST_CASE("where nobody stores answers, referring to one is refused with what to do instead") {
  ServedWorld world(settings_of(Keepers::none));
  CHECK(refusal(world, R"(,"previous_response_id":"resp_1")") ==
        "400 unsupported_value previous_response_id");
}

TEST_CASE("a host that stores answers is not kept from it, and its id goes to the client sealed") {
  ServedWorld world(settings_of(Keepers::middle));
  const std::string id = id_from_keeper(world);
  CHECK(id.starts_with("resp_"));
  CHECK(id.size() > 40);
  CHECK(world.client.body.find("resp_native") == std::string::npos);
  CHECK(world.host(ServedWorld::middle).requests.at(0) == R"({"model":"their-own-name","input":"Hi"})");
  // The one that stores nothing for us is told so.
  CHECK(world.host(ServedWorld::cheap).requests.at(0).find(R"("store":false)") != std::string::npos);
}

TEST_CASE("who refers to a stored answer is served by its host alone, which gets its own id") {
  ServedWorld first(settings_of(Keepers::middle));
  const std::string id = id_from_keeper(first);
  ServedWorld world(settings_of(Keepers::middle));
  world.script(ServedWorld::cheap, document(answer));
  world.script(ServedWorld::middle, document(answer));
  world.call(gateway::openai_responses_surface(),
             R"({"model":"m","previous_response_id":")" + id + R"(","input":"More"})");
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::cheap).requests.empty());
  CHECK(world.host(ServedWorld::middle).requests.at(0) ==
        R"({"model":"their-own-name","previous_response_id":"resp_native","input":"More"})");
  const json::value body = json::parse(world.client.body);
  CHECK(body.at("previous_response_id") == json::value(id));
  CHECK(body.at("id") != json::value(id));
}

TEST_CASE("ids of others, changed ids and native ones are answered alike") {
  ServedWorld world(settings_of(Keepers::middle));
  const std::string id = id_from_keeper(world);
  const auto refers = [](const std::string& to) { return R"(,"previous_response_id":")" + to + "\""; };
  CHECK(refusal(world, refers(id)) == "taken");
  config::KeySettings other;
  other.name = {"other"};
  const std::string nothing = "404 response_not_found previous_response_id";
  CHECK(refusal(world, refers(id), &other) == nothing);
  std::string changed = id;
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  CHECK(refusal(world, refers(changed)) == nothing);
  CHECK(refusal(world, refers("resp_native")) == nothing);
  CHECK(refusal(world, refers("")) == nothing);
  // The host is gone, or stores nothing more.
  config::Settings later = settings_of(Keepers::middle);
  later.providers[1].keeps_responses = false;
  later.providers[2].keeps_responses = true;
  ServedWorld after(later);
  CHECK(refusal(after, refers(id)) == nothing);
  // It speaks the API no more: without it the answer would come without what went before.
  config::Settings chats = settings_of(Keepers::middle);
  chats.models[0].endpoints[1].speaks = config::Format::chat;
  ServedWorld now_of_chat(chats);
  CHECK(refusal(now_of_chat, refers(id)) == nothing);
}

TEST_CASE("what the client does not want stored has no sealed id") {
  ServedWorld world(settings_of(Keepers::middle));
  world.script(ServedWorld::cheap, fails(routing::FailureKind::connect));
  world.script(ServedWorld::middle, document(answer));
  world.call(gateway::openai_responses_surface(), R"({"model":"m","store":false,"input":"Hi"})");
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(json::parse(world.client.body).at("id") == json::value("resp_" + world.record().id.substr(4)));
  CHECK(world.host(ServedWorld::middle).requests.at(0) ==
        R"({"model":"their-own-name","store":false,"input":"Hi"})");
}
