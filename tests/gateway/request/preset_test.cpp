#include "gateway/request/preset.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "tests/support/deciding_world.hpp"

using namespace gateway;
using namespace tests;

namespace json = boost::json;

namespace {

config::Settings settings() {
  config::Settings settings = three_hosts();
  config::PresetSettings brief;
  brief.name = {"brief"};
  brief.model = config::ModelName{"meta/llama"};
  brief.policy = config::PolicyName{"cheapest"};
  brief.system = "Say \"it\" briefly.";
  brief.defaults = {{"temperature", "0.2"}, {"max_tokens", "300"}, {"reasoning_effort", "\"low\""}};
  config::PresetSettings bare;
  bare.name = {"bare"};
  bare.policy = config::PolicyName{"fastest"};
  settings.presets = {brief, bare};
  config::KeySettings narrow;
  narrow.name = {"narrow"};
  narrow.models = {{"deepseek/deepseek-r1"}};
  narrow.policies = {{"balanced"}};
  settings.keys = {narrow};
  return settings;
}

const InferenceRequest& request(const DecidingWorld::Understood& understood) {
  REQUIRE(std::holds_alternative<InferenceRequest>(understood));
  return std::get<InferenceRequest>(understood);
}

std::string refusal(const DecidingWorld::Understood& understood) {
  REQUIRE(std::holds_alternative<ErrorReply>(understood));
  const auto& error = std::get<ErrorReply>(understood);
  return std::to_string(error.status) + " " + std::string(error.code) + " " + error.param + ": " +
         error.message;
}

}  // namespace

TEST_CASE("a preset gives a call its model, its policy, its defaults and what the model is told first") {
  for (const std::string& body :
       {std::string(R"({"preset":"brief","messages":[{"role":"user","content":"Hi"}]})"),
        chat("@preset/brief"), chat("meta/llama", R"("preset":"brief")"), chat("meta/llama@preset/brief"),
        chat("meta/llama@preset/brief", R"("preset":"brief")")}) {
    CAPTURE(body);
    DecidingWorld world(settings());
    const auto understood = world.understand(body);
    const InferenceRequest& made = request(understood);
    CHECK(made.demand.model->name.text == "meta/llama");
    CHECK(made.demand.model_requested == "meta/llama");
    CHECK(made.policy->name.text == "cheapest");
    CHECK(made.why_policy == "the preset");
    CHECK(made.demand.max_output->count == 300);
    const json::value sent = json::parse(made.body);
    CHECK(sent.at("temperature").to_number<double>() == 0.2);
    CHECK(sent.at("reasoning_effort") == "low");
    REQUIRE(sent.at("messages").as_array().size() == 2);
    CHECK(sent.at("messages").at(0).at("role") == "system");
    CHECK(sent.at("messages").at(0).at("content") == "Say \"it\" briefly.");
  }
}

TEST_CASE("what the call says itself counts") {
  DecidingWorld world(settings());
  const auto understood = world.understand(
      chat("deepseek-r1:nitro",
           R"("preset":"brief","temperature":1,"max_completion_tokens":5,"reasoning":{"effort":"high"})"));
  const InferenceRequest& made = request(understood);
  CHECK(made.demand.model->name.text == "deepseek/deepseek-r1");
  CHECK(made.policy->name.text == "fastest");
  CHECK(made.demand.max_output->count == 5);
  const json::object sent = json::parse(made.body).as_object();
  CHECK(sent.at("temperature") == 1);
  CHECK(!sent.contains("max_tokens"));
  CHECK(!sent.contains("reasoning_effort"));
  CHECK(request(world.understand(chat("deepseek-r1", R"("preset":"bare")"), "balanced")).policy->name.text ==
        "balanced");
  CHECK(request(world.understand(chat("deepseek-r1@preset/bare"))).policy->name.text == "fastest");
}

TEST_CASE("a preset that is not there, or is not enough, is never dropped in silence") {
  DecidingWorld world(settings());
  CHECK(refusal(world.understand(chat("meta/llama", R"("preset":"breif")"))) ==
        "400 preset_not_found preset: There is no preset \"breif\" here. The presets are `brief`, `bare`.");
  CHECK(refusal(world.understand(chat("@preset/none"))).starts_with("400 preset_not_found model: "));
  CHECK(refusal(world.understand(chat("@preset/bare"))).starts_with("400 missing_member model: "));
  CHECK(refusal(world.understand(chat("@preset/bare", R"("preset":"brief")")))
            .starts_with("400 preset_conflict preset: "));
}

TEST_CASE("a preset gives a key no model and no policy that it may not use") {
  DecidingWorld world(settings());
  CHECK(refusal(world.understand(chat("@preset/brief"), "", world.key("narrow")))
            .starts_with("403 model_not_allowed"));
  CHECK(refusal(world.understand(chat("deepseek-r1@preset/bare"), "", world.key("narrow")))
            .starts_with("403 policy_not_allowed"));
}

TEST_CASE("a preset says the same in every API that has words for it") {
  const auto made = [](const Surface& surface, std::string body) {
    config::Settings speaking = settings();
    for (auto& model : speaking.models) {
      for (auto& endpoint : model.endpoints) endpoint.speaks = surface.format();
    }
    DecidingWorld world(speaking);
    gateway::Incoming incoming;
    incoming.body = std::move(body);
    gateway::give_slack(incoming.body);
    auto understood = gateway::understand(surface, incoming, nullptr, world.services);
    const auto* error = std::get_if<ErrorReply>(&understood);
    if (error) return json::value(std::string(error->code) + ": " + error->message);
    return json::parse(std::get<InferenceRequest>(understood).body);
  };
  const json::value responses = made(openai_responses_surface(), R"({"preset":"brief","input":"Hi"})");
  CHECK(responses.at("instructions") == "Say \"it\" briefly.");
  CHECK(responses.at("max_output_tokens") == 300);
  CHECK(responses.at("reasoning").at("effort") == "low");
  const json::value more = made(openai_responses_surface(),
                                R"({"instructions":"In \"French\".","model":"@preset/brief","input":"Hi"})");
  CHECK(more.at("instructions") == "Say \"it\" briefly.\n\nIn \"French\".");

  const std::string said = R"("max_tokens":9,"messages":[{"role":"user","content":"Hi"}]})";
  const json::value messages = made(anthropic_messages_surface(), R"({"preset":"brief",)" + said);
  CHECK(messages.at("system") == "Say \"it\" briefly.");
  CHECK(messages.at("max_tokens") == 9);
  CHECK(messages.at("output_config").at("effort") == "low");
  const json::value listed = made(anthropic_messages_surface(),
                                  R"({"preset":"brief","system":[{"type":"text","text":"b"}],)" + said);
  REQUIRE(listed.at("system").as_array().size() == 2);
  CHECK(listed.at("system").at(0).at("text") == "Say \"it\" briefly.");

  const json::value refused = made(openai_completions_surface(), R"({"preset":"brief","prompt":"Hi"})");
  CHECK(json::value_to<std::string>(refused).starts_with(
      "preset_not_supported: The preset \"brief\" has `system`"));
}
