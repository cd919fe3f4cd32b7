#include "gateway/request/understand.hpp"
#include "gateway/surfaces/openai_chat/openai_chat.hpp"

#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::ErrorReply;
using gateway::InferenceRequest;

namespace {

auto understand(ServedWorld& world, std::string body, const config::KeySettings* key = nullptr) {
  gateway::Incoming incoming;
  incoming.body = std::move(body);
  incoming.arrived = world.loop.timer.now();
  return gateway::understand(gateway::openai_chat_surface(), incoming, key, world.services);
}

const std::string messages = R"("messages":[{"role":"user","content":"Hi"}])";

}  // namespace

TEST_CASE("what routing must know of a request is read from its body") {
  ServedWorld world;
  auto understood =
      understand(world, R"({"model":"m","stream":true,"max_tokens":50,"user":"ann",)" + messages + "}");
  REQUIRE(std::holds_alternative<InferenceRequest>(understood));
  const auto& request = std::get<InferenceRequest>(understood);
  CHECK(request.demand.model->name.text == "m");
  CHECK(request.demand.delivery == routing::Delivery::streamed);
  REQUIRE(request.demand.max_output);
  CHECK(request.demand.max_output->count == 50);
  CHECK(request.demand.user == "ann");
  CHECK(request.demand.prompt.count > 0);
  CHECK(request.demand.deadline == world.loop.timer.now() + 600s);
  CHECK(request.policy->name.text == "balanced");
  CHECK(request.id.starts_with("req_"));
  auto next = understand(world, R"({"model":"m",)" + messages + "}");
  CHECK(std::get<InferenceRequest>(next).id != request.id);
  CHECK(std::get<InferenceRequest>(next).demand.delivery == routing::Delivery::whole);
}

TEST_CASE("a model that is not there, or not for this key, is told apart") {
  ServedWorld world;
  auto unknown = understand(world, R"({"model":"mm",)" + messages + "}");
  REQUIRE(std::holds_alternative<ErrorReply>(unknown));
  CHECK(std::get<ErrorReply>(unknown).status == 404);
  CHECK(std::get<ErrorReply>(unknown).code == "model_not_found");
  CHECK(std::get<ErrorReply>(unknown).message.find("`m`") != std::string::npos);

  config::KeySettings key;
  key.name = {"app"};
  key.models = {{"another"}};
  auto forbidden = understand(world, R"({"model":"m",)" + messages + "}", &key);
  REQUIRE(std::holds_alternative<ErrorReply>(forbidden));
  CHECK(std::get<ErrorReply>(forbidden).status == 403);
  CHECK(std::get<ErrorReply>(forbidden).code == "model_not_allowed");
  // Nor is it told of what it may not use.
  unknown = understand(world, R"({"model":"mm",)" + messages + "}", &key);
  CHECK(std::get<ErrorReply>(unknown).message.find("`m`") == std::string::npos);
  key.models = {{"m"}};
  CHECK(
      std::holds_alternative<InferenceRequest>(understand(world, R"({"model":"m",)" + messages + "}", &key)));
}

TEST_CASE("a body that is no chat request is refused, with the place") {
  ServedWorld world;
  for (const std::string body : {"", "{", "[]", "null", R"({"model":"m"})", R"({"model":7,"messages":[]})",
                                 R"({"model":"m","model":"n","messages":[]})"}) {
    CAPTURE(body);
    auto understood = understand(world, body);
    REQUIRE(std::holds_alternative<ErrorReply>(understood));
    CHECK(std::get<ErrorReply>(understood).status == 400);
    CHECK(!std::get<ErrorReply>(understood).message.empty());
  }
}
