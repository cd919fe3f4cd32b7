// Reading, cancelling and deleting answers that a host stores for its clients.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/request/stored_answers.hpp"
#include "tests/support/front_door.hpp"

using namespace std::chrono_literals;
using namespace support;
namespace json = boost::json;

namespace {

config::Settings storing() {
  config::Settings settings = three_prices();
  for (auto& endpoint : settings.models[0].endpoints) endpoint.speaks = config::Format::responses;
  settings.providers[1].keeps_responses = true;
  settings.seal_key = config::Secret("a secret of eight");
  return settings;
}

std::string id_in(FrontDoor& door, const config::KeySettings* key = nullptr,
                  std::size_t endpoint = ServedWorld::middle) {
  const gateway::Generation& generation = *door.world.services.hosts->generation;
  return gateway::sealed_id(generation, generation.catalogue->endpoints()[endpoint], key, "resp_native");
}

std::string request(const std::string& method, const std::string& target) {
  return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
}

json::value body_of(const std::string& reply) {
  return json::parse(reply.substr(reply.find("\r\n\r\n") + 4));
}

const std::string native =
    R"({"id":"resp_native","object":"response","created_at":17,"status":"completed","model":"theirs",)"
    R"("previous_response_id":"resp_before","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]})";

std::string ask(FrontDoor& door, const std::string& method, const std::string& target) {
  Peer& peer = door.connect();
  peer.send(request(method, target));
  door.world.advance(1s);
  return peer.got();
}

}  // namespace

TEST_CASE(
    "a stored answer is read, listed, cancelled and deleted at its host, by the names that its client "
    "knows") {
  FrontDoor door(storing());
  const std::string id = id_in(door);
  auto& host = door.world.host(ServedWorld::middle);
  door.world.script(ServedWorld::middle, document(native));
  door.world.script(ServedWorld::middle, document(R"({"object":"list","data":[],"has_more":false})"));
  door.world.script(ServedWorld::middle, document(native));
  door.world.script(ServedWorld::middle,
                    document(R"({"id":"resp_native","object":"response","deleted":true})"));
  const json::value got = body_of(ask(door, "GET", "/v1/responses/" + id + "?include%5B%5D=x"));
  CHECK(got.at("id") == json::value(id));
  CHECK(got.at("model") == "m");
  CHECK(got.at("created_at") == 17);
  CHECK(got.at("previous_response_id").as_string().starts_with("resp_"));
  CHECK(got.at("previous_response_id") != "resp_before");
  CHECK(host.targets.back() == "/responses/resp_native?include%5B%5D=x");

  CHECK(body_of(ask(door, "GET", "/api/v1/responses/" + id + "/input_items?limit=2")).at("object") == "list");
  CHECK(host.targets.back() == "/responses/resp_native/input_items?limit=2");

  CHECK(body_of(ask(door, "POST", "/v1/responses/" + id + "/cancel")).at("id") == json::value(id));
  CHECK(host.targets.back() == "/responses/resp_native/cancel");

  const json::value gone = body_of(ask(door, "DELETE", "/v1/responses/" + id));
  CHECK(gone.at("id") == json::value(id));
  CHECK(gone.at("deleted") == true);
  CHECK(door.world.host(ServedWorld::cheap).targets.empty());
}

TEST_CASE(
    "ids of others, of hosts that store nothing, and made-up ones are all not there, and no host is asked") {
  FrontDoor door(storing());
  config::KeySettings other;
  other.name = {"other"};
  for (const std::string& id : {id_in(door, &other), id_in(door, nullptr, ServedWorld::cheap),
                                std::string("resp_native"), std::string("x")}) {
    CAPTURE(id);
    const std::string reply = ask(door, "GET", "/v1/responses/" + id);
    CHECK(reply.starts_with("HTTP/1.1 404"));
    CHECK(body_of(reply).at("error").at("code") == "response_not_found");
  }
  CHECK(door.world.host(ServedWorld::middle).targets.empty());
}

TEST_CASE("what the host says of a stored answer is told as far as it is the client's business") {
  FrontDoor door(storing());
  const std::string id = id_in(door);
  const std::string error = R"({"error":{"message":"Cannot cancel a synchronous response."}})";
  for (const int status : {404, 401, 429, 400})
    door.world.script(ServedWorld::middle, refuses(status, error));
  door.world.script(ServedWorld::middle, fails(routing::FailureKind::connect));
  const std::string target = "/v1/responses/" + id;
  CHECK(ask(door, "GET", target).starts_with("HTTP/1.1 404"));
  CHECK(ask(door, "GET", target).starts_with("HTTP/1.1 502"));
  CHECK(ask(door, "GET", target).starts_with("HTTP/1.1 429"));
  const std::string refused = ask(door, "POST", target + "/cancel");
  CHECK(refused.starts_with("HTTP/1.1 400"));
  CHECK(body_of(refused).at("error").at("message") == "Cannot cancel a synchronous response.");
  CHECK(ask(door, "GET", target).starts_with("HTTP/1.1 502"));
  CHECK(ask(door, "GET", "/v1/responses/" + id + "?stream=true").starts_with("HTTP/1.1 400"));
}
