// Which policy and which preferences a request is decided by, as its client and its owner see it.
#include "gateway/request/policy_choice.hpp"

#include <doctest/doctest.h>

#include "gateway/request/explanation.hpp"
#include "gateway/request/standpoint.hpp"
#include "routing/policy/overlay.hpp"
#include "tests/support/deciding_world.hpp"

using gateway::ErrorReply;
using gateway::InferenceRequest;
using tests::chat;
using tests::DecidingWorld;

namespace {

config::Settings settings() {
  config::Settings settings = tests::three_hosts();
  settings.providers[1].jurisdiction = "US";
  settings.models[0].aliases.push_back({"r1:free"});
  settings.policies = {support::policy_named("western"), support::policy_named("patient")};
  settings.policies[0].allow = support::text("jurisdiction in [US, EU]");
  settings.policies[1].deadline = std::chrono::seconds(7);
  settings.rules = {
      {.when = support::text("header(\"x-tier\") == \"gold\""), .policy = {"fastest"}, .place = {}}};
  config::KeySettings app;
  app.name = {"app"};
  app.team = "search";
  app.policies = {{"western"}, {"cheapest"}};
  app.policy = config::PolicyName{"western"};
  config::KeySettings narrow;
  narrow.name = {"narrow"};
  narrow.models = {{"deepseek/deepseek-r1"}};
  settings.keys = {app, narrow};
  return settings;
}

// The policy and why, or the error: "403 policy_not_allowed model: ...".
std::string outcome(const DecidingWorld::Understood& understood) {
  if (const auto* error = std::get_if<ErrorReply>(&understood)) {
    return std::to_string(error->status) + " " + std::string(error->code) + " " + error->param + ": " +
           error->message;
  }
  const auto& request = std::get<InferenceRequest>(understood);
  return request.policy->name.text + ", " + std::string(request.why_policy);
}

}  // namespace

TEST_CASE("a request's policy comes from its header, its model's suffix, a rule, its key or the default") {
  DecidingWorld world(settings());
  CHECK(outcome(world.understand(chat("deepseek-r1"))) == "balanced, the default policy");
  CHECK(outcome(world.understand(chat("deepseek-r1"), "patient")) == "patient, the request's header");
  CHECK(outcome(world.understand(chat("deepseek-r1:patient"))) == "patient, the model's suffix");
  CHECK(outcome(world.understand(chat("deepseek-r1:nitro"))) == "fastest, the model's suffix");
  CHECK(outcome(world.understand(chat("deepseek-r1:floor"))) == "cheapest, the model's suffix");
  CHECK(outcome(world.understand(chat("deepseek-r1"), "", world.key("app"))) ==
        "western, the policy of the key");
  CHECK(outcome(world.understand(chat("deepseek-r1:floor", R"("models":["meta/llama:floor"])"))) ==
        "cheapest, the model's suffix");
  // A model whose own name has a colon is meant as a whole.
  CHECK(outcome(world.understand(chat("r1:free"))) == "balanced, the default policy");
  world.headers = {{"x-tier", "gold"}};
  CHECK(outcome(world.understand(chat("deepseek-r1"))) == "fastest, rule 1: header(\"x-tier\") == \"gold\"");
}

TEST_CASE("only the headers that policies read are kept of a request") {
  const DecidingWorld world(settings());
  CHECK(world.services.hosts->generation->headers == std::vector<std::string>{"x-tier"});
}

TEST_CASE("what a request may not choose is refused in words that say what it may") {
  DecidingWorld world(settings());
  const config::KeySettings* app = world.key("app");
  const struct {
    std::string model, members, header;
    const config::KeySettings* key;
    std::string outcome;
  } cases[] = {
      {"deepseek-r1", "", "patient", app,
       "403 policy_not_allowed x-isocost-policy: the key `app` may not use the policy `patient`; it may use "
       "western, cheapest"},
      {"deepseek-r1:patient", "", "", app,
       "403 policy_not_allowed model: the key `app` may not use the policy `patient`; it may use western, "
       "cheapest"},
      {"deepseek-r1:cheapest", "", "", app, "cheapest, the model's suffix"},
      {"deepseek-r1:patient", "", "western", nullptr,
       "400 policy_conflict x-isocost-policy: the header x-isocost-policy asks for `western` and the "
       "model's "
       "suffix for `patient`; send one of them"},
      {"deepseek-r9", "", "", nullptr,
       "404 model_not_found model: The model `deepseek-r9` does not exist here. Did you mean `deepseek-r1`? "
       "GET "
       "/v1/models lists all."},
      {"deepseek-r9", R"("models":["meta/lama"])", "", nullptr,
       "404 model_not_found model: The model `deepseek-r9` does not exist here. "},
      // Its suffix would choose a policy, which is not left out in silence.
      {"deepseek-r1", R"("models":["meta/llama:floor"])", "", nullptr,
       "400 invalid_value models[0]: The model `meta/llama:floor` has a suffix that the first one has not. "},
      {"deepseek-r9", R"("models":["meta/llama"])", "", world.key("narrow"), "403 model_not_allowed model: "},
      {"deepseek-r1", R"("models":["meta/llama"])", "", world.key("narrow"),
       "403 model_not_allowed models[0]: The key \"narrow\" may not use the model `meta/llama`."},
      {"deepseek-r1", R"("provider":{"only":["azur"]})", "", nullptr,
       "400 invalid_preference provider.only: there is no provider `azur`; the providers are azure, "
       "deepseek, "
       "friendli"},
      {"deepseek-r1", R"("provider":{"max_price":{"prompt":"cheap"}})", "", nullptr,
       "400 invalid_value provider.max_price.prompt: "},
  };
  for (const auto& each : cases) {
    CAPTURE(each.model);
    CAPTURE(each.members);
    const std::string found =
        outcome(world.understand(chat(each.model, each.members), each.header, each.key));
    CHECK(found.substr(0, each.outcome.size()) == each.outcome);
  }
  const std::string unknown = outcome(world.understand(chat("deepseek-r1"), "chepest"));
  CHECK(unknown.starts_with("400 policy_not_found x-isocost-policy: "));
  CHECK(unknown.find("chepest") != std::string::npos);
  CHECK(unknown.find("cheapest") != std::string::npos);
}

TEST_CASE("suffixes that are no policies become preferences, or say why not") {
  DecidingWorld world(settings());
  const auto preferences = [&](const std::string& model, const std::string& members = "") {
    const auto understood = world.understand(chat(model, members));
    REQUIRE(std::holds_alternative<InferenceRequest>(understood));
    return std::get<InferenceRequest>(understood).policy->overlay->preferences();
  };
  const auto free = preferences("meta/llama:free", R"("provider":{"max_price":{"prompt":5,"image":1}})");
  CHECK(free.max_price.prompt == 0);
  CHECK(free.max_price.completion == 0);
  CHECK(free.max_price.request == 0);
  CHECK(preferences("meta/llama:exacto").sort == "exacto");
  CHECK(preferences("meta/llama:exacto", R"("provider":{"sort":"price"})").sort == "price");
  for (const std::string suffix : {"online", "thinking", "extended"}) {
    CAPTURE(suffix);
    const std::string told = outcome(world.understand(chat("meta/llama:" + suffix)));
    CHECK(told.starts_with("400 unsupported_suffix model: `:" + suffix + "`: "));
  }
}

TEST_CASE("the deadline is the policy's where it has one") {
  DecidingWorld world(settings());
  const auto understood = world.understand(chat("deepseek-r1:patient"));
  CHECK(std::get<InferenceRequest>(understood).demand.deadline ==
        world.timer.now() + std::chrono::seconds(7));
}

TEST_CASE("the provider object's units are those that its writers think in") {
  DecidingWorld world(settings());
  const auto preferences = [&](const std::string& object) {
    const auto understood = world.understand(chat("deepseek-r1", "\"provider\":" + object));
    return std::get<InferenceRequest>(understood).policy->overlay->preferences();
  };
  // Dollars per million tokens, as a number or as text; seconds; tokens per second; a bare number is the
  // median.
  CHECK(preferences(R"({"max_price":{"prompt":"0.5","completion":2,"request":"0.01"}})").max_price.prompt ==
        0.5);
  CHECK(preferences(R"({"max_price":{"completion":2.5}})").max_price.completion == 2.5);
  CHECK(preferences(R"({"max_price":{"request":"0.01"}})").max_price.request == 0.01);
  CHECK(preferences(R"({"preferred_max_latency":1.5})").max_latency.p50 == 1.5);
  CHECK_FALSE(preferences(R"({"preferred_max_latency":1.5})").max_latency.p90.has_value());
  CHECK(preferences(R"({"preferred_max_latency":{"p90":3}})").max_latency.p90 == 3.0);
  CHECK(preferences(R"({"preferred_min_throughput":{"p75":40}})").min_throughput.p75 == 40.0);
  CHECK(preferences(R"({"sort":{"by":"price","partition":"none"}})").partition == "none");
  CHECK(preferences(R"({"allow_fallbacks":null,"only":null})").fallbacks == routing::Fallbacks::allowed);
  CHECK(preferences(R"({"allow_fallbacks":false})").fallbacks == routing::Fallbacks::forbidden);

  // Hosts ask 0.55, 1.35 and 3 dollars per million prompt tokens.
  const auto left = [&](const std::string& object) {
    const auto understood = world.understand(chat("deepseek-r1", "\"provider\":" + object));
    const auto& request = std::get<InferenceRequest>(understood);
    gateway::explained(world.services, request, std::nullopt);
    return world.services.decision.order.size();
  };
  CHECK(left("{}") == 3);
  CHECK(left(R"({"max_price":{"prompt":1.35}})") == 2);
  CHECK(left(R"({"max_price":{"prompt":"0.6"}})") == 1);
  CHECK(left(R"({"max_price":{"prompt":0.00000135}})") == 0);
}

TEST_CASE("one key's prompts are strangers to another's, and each block knows its tokens") {
  DecidingWorld world(settings());
  const std::string body = R"({"model":"deepseek-r1","messages":[{"role":"system","content":")" +
                           std::string(400, 'x') + R"("},{"role":"user","content":")" +
                           std::string(800, 'y') + R"("}]})";
  const auto demand = [&](const config::KeySettings* key) {
    return std::get<InferenceRequest>(world.understand(body, "", key)).demand;
  };
  const routing::Demand open = demand(nullptr), app = demand(world.key("app")),
                        other = demand(world.key("narrow"));
  REQUIRE(app.prefix_blocks.size() == 2);
  CHECK(app.prefix_blocks == demand(world.key("app")).prefix_blocks);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(app.prefix_blocks[i] != open.prefix_blocks[i]);
    CHECK(app.prefix_blocks[i] != other.prefix_blocks[i]);
  }
  REQUIRE(app.prefix_tokens.size() == 2);
  CHECK(app.prefix_tokens[0] == 107);
  CHECK(app.prefix_tokens[1] == app.prompt.count);
}

TEST_CASE("a request goes on in its own generation, and asks nobody whom the newest one lacks or forbids") {
  DecidingWorld world(settings());
  auto understood = world.understand(chat("deepseek-r1", R"("models":["meta/llama"])"), "western");
  const auto& request = std::get<InferenceRequest>(understood);
  CHECK(gateway::standpoint(world.services, request).withdrawn.empty());

  config::Settings newer = settings();
  newer.models[0].endpoints.erase(newer.models[0].endpoints.begin() + 2);
  newer.policies[0].allow = support::text("jurisdiction == CN");
  world.adopt(newer, 2);
  const gateway::Standpoint after = gateway::standpoint(world.services, request);
  CHECK(after.snapshot.catalogue == request.hosts->generation->catalogue);
  // Azure is forbidden now, friendli's R1 is gone, and where friendli is at home nobody says.
  CHECK(std::vector(after.withdrawn.begin(), after.withdrawn.end()) ==
        std::vector<routing::EndpointIndex>{1, 2, 3});
}

TEST_CASE("of a list of models the first that there is serves, and the others that there are come after it") {
  DecidingWorld world(settings());
  const auto understood = [&](const std::string& models) {
    auto result = world.understand(R"({"messages":[{"role":"user","content":"Hello"}],)" + models + "}");
    REQUIRE(std::holds_alternative<InferenceRequest>(result));
    return std::get<InferenceRequest>(std::move(result));
  };
  for (const std::string models :
       {R"("models":["nobody/x","meta/llama"])", R"("model":"nobody/x","models":["meta/llama"])",
        R"("model":"meta/llama","models":["nobody/x"])",
        R"("models":["nobody/x","meta/llama","nobody/y"])"}) {
    CAPTURE(models);
    const InferenceRequest request = understood(models);
    CHECK(request.demand.model->name.text == "meta/llama");
    CHECK(request.demand.model_requested == "meta/llama");
    CHECK(request.demand.fallbacks.empty());
  }
  const InferenceRequest both =
      understood(R"("models":["nobody/x","meta/llama:floor","nobody/y","deepseek-r1"])");
  CHECK(both.demand.model->name.text == "meta/llama");
  CHECK(both.policy->name.text == "cheapest");
  REQUIRE(both.demand.fallbacks.size() == 1);
  CHECK(both.demand.fallbacks[0]->name.text == "deepseek/deepseek-r1");
}
