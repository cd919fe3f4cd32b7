#include "gateway/request/explanation.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/request/decision_echo.hpp"
#include "gateway/request/no_candidate.hpp"
#include "tests/support/close.hpp"
#include "tests/support/deciding_world.hpp"

namespace json = boost::json;
using gateway::InferenceRequest;
using tests::chat;
using tests::DecidingWorld;

namespace {

config::Settings settings() {
  config::Settings settings = tests::three_hosts();
  settings.providers[1].jurisdiction = "US";
  settings.providers[2].jurisdiction = "KR";
  settings.policies = {support::policy_named("own"), support::policy_named("loose")};
  settings.policies[0].allow = support::text("jurisdiction in [US, KR]");
  settings.policies[0].require = {support::text("price.output <= 2 $/Mtok")};
  settings.policies[1] = settings.policies[0];
  settings.policies[1].name = {"loose"};
  settings.policies[1].relax = {support::text("price.output <= 6 $/Mtok")};
  return settings;
}

struct World : DecidingWorld {
  World() : DecidingWorld(settings()) {}

  json::value page(const std::string& body, const std::string& policy = {}) {
    const auto understood = understand(body, policy);
    return json::parse(
        gateway::explained(services, std::get<InferenceRequest>(understood), std::nullopt).page);
  }
  gateway::Echo echo(const std::string& body) {
    const auto understood = understand(body);
    const auto& request = std::get<InferenceRequest>(understood);
    gateway::explained(services, request, std::nullopt);
    return gateway::echo_of(request,
                            {.decision = services.decision,
                             .catalogue = *request.hosts->generation->catalogue,
                             .policy = *request.policy,
                             .demand = request.demand,
                             .now = timer.now()},
                            {});
  }
};

}  // namespace

TEST_CASE("an explanation names who would be asked, under which policy and why that one") {
  World world;
  const json::value page = world.page(chat("deepseek-r1:cheapest"));
  CHECK(page.at("chosen").as_string() == "deepseek");
  CHECK(page.at("policy").at("name").as_string() == "cheapest");
  CHECK(page.at("policy").at("why").as_string() == "the model's suffix");
  CHECK(page.at("candidates").as_array().size() == 3);
  CHECK(world.services.purse.dollars() == 0);
}

TEST_CASE("with nobody left the explanation offers the smallest relaxation that helps") {
  World world;
  const json::value page = world.page(chat("deepseek-r1"), "own");
  CHECK(page.at("chosen").is_null());
  const json::value& remedy = page.at("smallest_relaxation");
  CHECK(remedy.at("endpoint").as_string() == "azure");
  CHECK(remedy.at("text").as_string() ==
        "azure would be let in by giving up `price.output <= 2 $/Mtok` (it is 5.4 $/Mtok)");
  const json::array& removed = page.at("removed").as_array();
  REQUIRE(removed.size() == 3);
  CHECK(removed[0].at("text").as_string() == "not allowed by `jurisdiction in [US, KR]`");
  CHECK(removed[1].at("text").as_string() ==
        "does not meet `price.output <= 2 $/Mtok`: it is 5.4 $/Mtok, off by 3.4 $/Mtok");
}

TEST_CASE("with nobody left a request's own preferences are offered too, with by how much they are missed") {
  World world;
  const json::value page = world.page(
      chat("deepseek-r1", R"("provider":{"max_price":{"completion":2},"ignore":["deepseek"]})"), "loose");
  const json::value& remedy = page.at("smallest_relaxation");
  CHECK(remedy.at("text").as_string() ==
        "azure would be let in without the request's own provider.max_price.completion of 2 $/Mtok "
        "(it is 5.4 $/Mtok)");
  CHECK(remedy.at("rules").as_array().empty());
  const json::value& preference = remedy.at("preferences").as_array().at(0);
  CHECK(preference.at("preference").as_string() == "provider.max_price.completion");
  CHECK(preference.at("found").to_number<double>() == support::close(5.4e-6));
  CHECK(preference.at("limit").to_number<double>() == support::close(2e-6));
  for (const json::value& removed : page.at("removed").as_array()) {
    if (removed.at("endpoint").as_string() != "azure") continue;
    CHECK(removed.at("text").as_string() ==
          "left out by the request's own provider.max_price: it is 5.4 $/Mtok, off by 3.4 $/Mtok");
  }
  const json::value both = world.page(
      chat("deepseek-r1", R"("provider":{"only":["deepseek"],"max_price":{"completion":1}})"), "own");
  CHECK(both.at("smallest_relaxation").at("text").as_string() ==
        "azure would be let in by giving up `price.output <= 2 $/Mtok` (it is 5.4 $/Mtok) and without the "
        "request's own provider.only and provider.max_price.completion of 1 $/Mtok (it is 5.4 $/Mtok)");
}

TEST_CASE("a step of `relax` that was taken is said on the page, in the table and in the header") {
  World world;
  const json::value page = world.page(chat("deepseek-r1"), "loose");
  CHECK(page.at("chosen").as_string() == "azure");
  CHECK(page.at("relaxed").as_array().size() == 1);
  CHECK(page.at("relaxed").as_array()[0].as_string() == "price.output <= 6 $/Mtok");
  const auto understood = world.understand(chat("deepseek-r1"), "loose");
  const auto& request = std::get<InferenceRequest>(understood);
  const std::string table = gateway::explained(world.services, request, gateway::Screen{.columns = 120}).page;
  CHECK(table.find("gave up: price.output <= 6 $/Mtok") != std::string::npos);
  CHECK(table.find("does not meet `price.output <= 6 $/Mtok`") != std::string::npos);
  const std::string header = gateway::decision_header({.decision = world.services.decision,
                                                       .catalogue = *request.hosts->generation->catalogue,
                                                       .policy = *request.policy,
                                                       .demand = request.demand});
  CHECK(header.find("relaxed=1") != std::string::npos);
}

TEST_CASE("a query may ask for a table instead of JSON") {
  CHECK_FALSE(gateway::screen_of(""));
  CHECK_FALSE(gateway::screen_of("format=json"));
  CHECK_FALSE(gateway::screen_of("aformat=table"));
  CHECK(gateway::screen_of("format=table")->columns == 120);
  CHECK(gateway::screen_of("columns=80&format=table")->columns == 80);
  CHECK(gateway::screen_of("format=table&columns=-5")->columns == 40);
  CHECK(gateway::screen_of("format=table&columns=many")->columns == 120);
  CHECK(gateway::screen_of("format=table&paint=colours")->paint == gateway::Paint::colours);
}

TEST_CASE("`debug` puts the decision into the reply, and nothing else of it changes") {
  World world;
  const gateway::Echo echo = world.echo(chat("deepseek-r1", R"("debug":true)"));
  CHECK(echo.event.empty());
  const std::string host = R"( { "id":"x", "choices":[{"message":{"content":"ä\n"}}]})";
  const std::string reply = gateway::spliced(host, echo.members);
  CHECK(reply.starts_with(R"( {"isocost":{)"));
  CHECK(reply.ends_with(R"(, "id":"x", "choices":[{"message":{"content":"ä\n"}}]})"));
  CHECK(json::parse(reply).at("isocost").at("chosen").as_string() == "deepseek");
  CHECK(json::parse(gateway::spliced("{ }", echo.members)).as_object().size() == 1);
  CHECK(world.echo(chat("deepseek-r1")).members.empty());
}

TEST_CASE("a stream begins with the decision, as an event without choices") {
  World world;
  const gateway::Echo echo = world.echo(chat("deepseek-r1", R"("debug":true,"stream":true)"));
  REQUIRE(echo.event.starts_with("data: {"));
  REQUIRE(echo.event.ends_with("}\n\n"));
  CHECK(echo.event.find('\n') == echo.event.size() - 2);
  const json::value chunk = json::parse(std::string_view(echo.event).substr(6));
  CHECK(chunk.at("object").as_string() == "chat.completion.chunk");
  CHECK(chunk.at("choices").as_array().empty());
  CHECK(chunk.at("isocost").at("chosen").as_string() == "deepseek");
}

TEST_CASE("OpenRouter's metadata is answered with a superset, in errors too") {
  World world;
  world.metadata_header = "enabled";
  const gateway::Echo echo = world.echo(chat("deepseek-r1"));
  const json::value reply = json::parse(gateway::spliced(R"({"error":{"code":404}})", echo.members));
  const json::value& metadata = reply.at("openrouter_metadata");
  for (const char* member :
       {"requested", "strategy", "region", "summary", "attempt", "is_byok", "endpoints", "isocost"}) {
    CHECK(metadata.as_object().contains(member));
  }
  CHECK(metadata.at("endpoints").at("total").to_number<int>() == 3);
  CHECK(reply.at("error").at("code").to_number<int>() == 404);
  world.metadata_header = "yes";
  CHECK(world.echo(chat("deepseek-r1")).members.empty());
}

TEST_CASE("a model that is asked for what it cannot do says who can, as far as the client may know") {
  config::Settings settings = tests::three_hosts();
  config::KeySettings narrow;
  narrow.name = {"narrow"};
  narrow.models = {{"deepseek/deepseek-r1"}};
  settings.keys = {narrow};
  settings.models[1].endpoints[0].features.set(static_cast<std::size_t>(config::Feature::images));
  DecidingWorld world(settings);
  const auto told = [&](const std::string& body, const config::KeySettings* key) {
    const auto understood = world.understand(body, {}, key);
    const auto& request = std::get<InferenceRequest>(understood);
    gateway::explained(world.services, request, std::nullopt);
    return gateway::no_candidate(world.services.decision, request, world.timer.now());
  };
  const auto with_image = [](const std::string& model, const std::string& members = "") {
    return R"({"model":")" + model + R"(","messages":[{"role":"user","content":[{"type":"image_url",)" +
           R"("image_url":{"url":"data:image/png;base64,AAAA"}}]}])" + members + "}";
  };
  const gateway::ErrorReply error = told(with_image("deepseek-r1"), nullptr);
  CHECK(error.status == 400);
  CHECK(error.code == "unsupported_feature");
  CHECK(error.param == "messages");
  CHECK(
      error.message.starts_with("No endpoint of deepseek/deepseek-r1 does what this request needs (images). "
                                "It would be served by `meta/llama`, `any`. "));
  CHECK(told(with_image("deepseek-r1"), world.key("narrow")).message.find("llama") == std::string::npos);
  // It was the request's own preferences: the one that could is known, but not wanted.
  const gateway::ErrorReply own =
      told(with_image("meta/llama", R"(,"provider":{"ignore":["friendli"]})"), nullptr);
  CHECK(own.status == 404);
  CHECK(own.message.find("it would be served by friendli.") != std::string::npos);
}

TEST_CASE("who is refused reads the rule, or the preference, that left each endpoint out") {
  World world;
  const auto message = [&](const std::string& body, const std::string& policy) {
    const auto understood = world.understand(body, policy);
    const auto& request = std::get<InferenceRequest>(understood);
    gateway::explained(world.services, request, std::nullopt);
    return gateway::no_candidate(world.services.decision, request, world.timer.now()).message;
  };
  CHECK(message(chat("deepseek-r1"), "own")
            .find("azure, friendli: misses a limit that the policy requires "
                  "`price.output <= 2 $/Mtok`") != std::string::npos);
  CHECK(message(chat("deepseek-r1", R"("provider":{"only":["azure"],"ignore":["azure"]})"), "balanced")
            .find("azure: left out by the request's own preferences, `provider.ignore`") !=
        std::string::npos);
}

TEST_CASE("an endpoint that an operator took out of service is nobody's choice, and says so") {
  World world;
  gateway::Drained drained;
  const auto change = [&](gateway::ServiceCall::What what, const std::string& model = {}) {
    const routing::Catalogue& catalogue = *world.services.hosts->generation->catalogue;
    const auto changed = drained.change({.what = what, .endpoint = "deepseek", .model = model}, catalogue);
    world.services.out_of_service = drained.now();
    return changed.size();
  };
  using What = gateway::ServiceCall::What;
  CHECK(change(What::drain, "meta/llama") == 0);
  CHECK(world.page(chat("deepseek-r1:cheapest")).at("chosen").as_string() == "deepseek");
  CHECK(change(What::drain) == 1);
  const json::value page = world.page(chat("deepseek-r1:cheapest"));
  CHECK(page.at("chosen").as_string() == "azure");
  const json::value removed = page.at("removed").as_array()[0];
  CHECK(removed.at("because").as_string() == "withdrawn");
  CHECK(removed.at("text").as_string().find("taken out of service") != std::string::npos);
  // A list that belongs to another generation takes nobody out.
  world.adopt(settings(), 2);
  CHECK(world.page(chat("deepseek-r1:cheapest")).at("chosen").as_string() == "deepseek");
  drained.adopt(*world.services.hosts->generation->catalogue);
  world.services.out_of_service = drained.now();
  CHECK(world.page(chat("deepseek-r1:cheapest")).at("chosen").as_string() == "azure");
  CHECK(change(What::resume) == 1);
  CHECK(world.services.out_of_service == nullptr);
  CHECK(world.page(chat("deepseek-r1:cheapest")).at("chosen").as_string() == "deepseek");
}
