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

TEST_CASE("of a request that is refused it stays known how large it was") {
  ServedWorld world;
  gateway::Incoming incoming;
  incoming.body = R"({"model":"nobody's",)" + messages + "}";
  const std::size_t size = incoming.body.size();
  const auto understood =
      gateway::understand(gateway::openai_chat_surface(), incoming, nullptr, world.services);
  CHECK(std::holds_alternative<ErrorReply>(understood));
  CHECK(incoming.body.size() == size);
}

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

TEST_CASE("up to three names near to one that is not there are listed, and where to look without any") {
  const auto told = [](std::vector<config::ModelName> aliases, const std::string& asked) {
    config::Settings settings = three_prices();
    settings.models[0].name = {"zzzzzz"};
    settings.models[0].aliases = std::move(aliases);
    return gateway::unknown_model(asked, *tests::catalogue_of(settings), nullptr).message;
  };
  const std::string begin = "The model `llama4` does not exist here. ";
  CHECK(told({}, "llama4") == begin + "GET /v1/models lists what does.");
  CHECK(told({{"llama"}}, "llama4") == begin + "Did you mean `llama`? GET /v1/models lists all.");
  const std::string two = told({{"llama"}, {"llama45"}}, "llama4");
  CHECK(two.find(" or `") != std::string::npos);
  CHECK(two.find("`, `") == std::string::npos);
  const std::string three = told({{"llama"}, {"llama45"}, {"llam"}, {"llama456"}}, "llama4");
  const std::size_t comma = three.find("`, `"), either = three.find("` or `");
  REQUIRE(comma != std::string::npos);
  REQUIRE(either != std::string::npos);
  CHECK(comma < either);
  CHECK(three.ends_with("`? GET /v1/models lists all."));
}

TEST_CASE("an id is long enough to be no other's, and of letters and digits") {
  gateway::Dice dice(1);
  const std::string one = gateway::new_id(dice), two = gateway::new_id(dice);
  CHECK(one.size() == 4 + 24);
  CHECK(one.substr(4).find_first_not_of("0123456789abcdefghijklmnopqrstuv") == std::string::npos);
  CHECK(one != two);
  // Each part is of its own draw, and no digit is the same all over.
  CHECK(one.substr(4, 12) != one.substr(16));
  CHECK(one.find_first_not_of(one[4], 4) != std::string::npos);
}

TEST_CASE("which hosts know a prompt is asked only where there is a choice") {
  config::Settings settings = three_prices();
  ServedWorld many(settings);
  settings.models[0].endpoints.resize(1);
  ServedWorld one(settings);
  const std::string body = R"({"model":"m",)" + messages + "}";
  CHECK(std::get<InferenceRequest>(understand(many, body)).demand.prefix_blocks.size() == 1);
  CHECK(std::get<InferenceRequest>(understand(many, body)).demand.prefix_tokens.size() == 1);
  CHECK(std::get<InferenceRequest>(understand(one, body)).demand.prefix_blocks.empty());
  CHECK(std::get<InferenceRequest>(understand(one, R"({"model":"m","models":["m"],)" + messages + "}"))
            .demand.prefix_blocks.size() == 1);
}
