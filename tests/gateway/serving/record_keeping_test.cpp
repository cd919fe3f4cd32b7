#include "gateway/serving/record_keeping.hpp"

#include <doctest/doctest.h>

#include "tests/support/deciding_world.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/still_timer.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;

namespace {

// "cheap" alone meets the limit; a first step lets "middle" in, a second "dear".
std::shared_ptr<const gateway::Generation> limited_and_relaxed() {
  config::PolicySettings settings = policy_named("limited");
  settings.require = {text("price.output <= 1 $/Mtok")};
  settings.relax = {text("price.output <= 50 $/Mtok"), text("price.output <= 100 $/Mtok")};
  routing::Policy policy = compiled(settings);
  policy.explore = 0;
  return std::make_shared<const gateway::Generation>(tests::catalogue_of(three_prices()),
                                                     routing::PolicySet({policy}, {}, 0));
}

}  // namespace

TEST_CASE("a stream whose host told no usage is billed by an estimate, and the record says that it is one") {
  ServedWorld world;
  world.script(ServedWorld::cheap,
               pieces({{{}, role() + says("Hel") + says("lo") + says("!") + stop() + done}}));
  world.ask();
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 1);
  const routing::Attempt& attempt = world.record().attempts[0];
  CHECK(attempt.usage_is_estimated);
  REQUIRE(attempt.usage);
  CHECK(attempt.usage->prompt == world.record().prompt_estimate);
  CHECK(attempt.usage->prompt.count > 0);
  CHECK(attempt.usage->output.count == 3);
  // A hundredth of a dollar for a million tokens either way.
  CHECK(attempt.cost.nanos == 10 * (attempt.usage->prompt.count + 3));
}

TEST_CASE("a whole reply without usage is billed for its prompt, as an estimate") {
  ServedWorld world;
  world.script(ServedWorld::cheap, document(R"({"choices":[{"index":0,"message":{"role":"assistant",)"
                                            R"("content":"Hello"},"finish_reason":"stop"}]})"));
  world.ask_whole();
  REQUIRE(world.ended());
  const routing::Attempt& attempt = world.record().attempts.at(0);
  CHECK(attempt.usage_is_estimated);
  CHECK(attempt.cost.nanos >= 10 * world.record().prompt_estimate.count);
}

TEST_CASE("an attempt that showed nothing costs nothing") {
  ServedWorld world;
  world.script(ServedWorld::cheap, refuses(500));
  world.script(ServedWorld::middle, stream("Hello"));
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(!world.record().attempts[0].usage);
  CHECK(world.record().attempts[0].cost.nanos == 0);
  CHECK(world.record().attempts[1].cost.nanos == 40'000 * 18);
}

TEST_CASE("the record has the most steps of `relax` that any attempt took") {
  ServedWorld world(limited_and_relaxed());
  world.script(ServedWorld::cheap, stream("Hello"));
  world.ask();
  REQUIRE(world.ended());
  CHECK(world.record().relaxed == 0);

  ServedWorld once(limited_and_relaxed());
  once.script(ServedWorld::cheap, refuses(500));
  once.script(ServedWorld::middle, stream("Hello"));
  once.ask();
  once.advance(1s);
  REQUIRE(once.ended());
  CHECK(once.record().ending == Ending::answered);
  CHECK(once.record().relaxed == 1);

  ServedWorld twice(limited_and_relaxed());
  twice.script(ServedWorld::cheap, refuses(500));
  twice.script(ServedWorld::middle, refuses(500));
  twice.script(ServedWorld::dear, stream("Hello"));
  twice.ask();
  twice.advance(1s);
  REQUIRE(twice.ended());
  CHECK(twice.record().ending == Ending::answered);
  CHECK(twice.record().relaxed == 2);
}

TEST_CASE("a record begins with all that was asked, by whom and under which policy") {
  config::Settings settings = tests::three_hosts();
  config::KeySettings app;
  app.name = {"app"};
  settings.keys = {app};
  tests::DecidingWorld world(settings);
  auto understood = world.understand(tests::chat("deepseek-r1", R"("stream":true,"provider":{"zdr":true})"),
                                     "", world.key("app"));
  auto& request = std::get<gateway::InferenceRequest>(understood);
  request.client_retry = 2;
  gateway::Record record;
  gateway::begin_record(record, request);
  CHECK(record.id == request.id);
  CHECK(record.wall == request.demand.wall);
  CHECK(record.path == "/v1/chat/completions");
  CHECK(record.model == "deepseek/deepseek-r1");
  CHECK(record.key == "app");
  CHECK(record.policy == "balanced");
  CHECK(record.policy_hash == request.policy->hash);
  CHECK(record.policy_hash != 0);
  CHECK(record.preferences == request.policy->overlay);
  CHECK(record.preferences);
  CHECK(record.streamed);
  CHECK(record.prompt_estimate == request.demand.prompt);
  CHECK(record.prompt_estimate.count > 0);
  CHECK(record.bytes_in == request.body.size());
  CHECK(record.client_retry == 2);
  CHECK(record.catalogue == request.hosts->generation->catalogue);

  auto whole = world.understand(tests::chat("deepseek-r1"));
  gateway::Record open;
  gateway::begin_record(open, std::get<gateway::InferenceRequest>(whole));
  CHECK_FALSE(open.streamed);
  CHECK(open.key == "");
  CHECK_FALSE(open.preferences);
}

TEST_CASE("a request that is refused before it is understood has a record, too") {
  gateway::Incoming incoming;
  incoming.body = "12345";
  incoming.client_retry = 3;
  incoming.arrived = config::TimePoint{} + 1h;
  config::KeySettings app;
  app.name = {"app"};
  gateway::Record record;
  tests::StillTimer timer;
  timer.time = config::TimePoint{} + 1h + 2s;
  gateway::refused_record(record,
                          gateway::plain_error(413, "invalid_request_error", "body_too_large", "words"),
                          "/v1/models", incoming, &app, timer);
  CHECK(record.wall == timer.wall());
  CHECK(record.path == "/v1/models");
  CHECK(record.key == "app");
  CHECK(record.status == 413);
  CHECK(record.ending == Ending::refused);
  CHECK(record.error == "body_too_large");
  CHECK(record.bytes_in == 5);
  CHECK(record.until_first_byte == 2s);
  CHECK(record.total == 2s);
  CHECK(record.client_retry == 3);
}

TEST_CASE("what a client was told of limits and models is kept, and of its body's faults nothing") {
  tests::StillTimer timer;
  const auto told = [&](int status, std::string code, std::string message) {
    gateway::Record record;
    gateway::refused_record(record, gateway::plain_error(status, "type", std::move(code), std::move(message)),
                            "/v1/chat/completions", {}, nullptr, timer);
    return record.told;
  };
  CHECK(told(402, "budget_exceeded", "The key `ci` may spend $1.00 a day.") ==
        "The key `ci` may spend $1.00 a day.");
  CHECK(told(404, "model_not_found", "The model `x` does not exist here.") ==
        "The model `x` does not exist here.");
  CHECK(told(400, "model_not_found", "x is not a valid model ID") == "x is not a valid model ID");
  CHECK(told(400, "invalid_value", "`temperature` is \"my diary\"") == "");
  CHECK(told(401, "invalid_api_key", "no") == "");
  // Cut between characters.
  std::string umlauts;
  for (int i = 0; i < 1'000; ++i) umlauts += "\xc3\xa4";
  CHECK(told(404, "model_not_found", "x" + umlauts).size() == 799);
}

TEST_CASE("a key that stands where a name is meant to is kept nowhere, and what is no POST is called so") {
  tests::StillTimer timer;
  gateway::ErrorReply error = gateway::plain_error(400, "invalid_request_error", "policy_not_found",
                                                   "there is no policy `sk-proj-0123456789`");
  error.models = {"m:sk-proj-0123456789"};
  gateway::Incoming incoming;
  incoming.method = gateway::Method::del;
  gateway::Record record;
  gateway::refused_record(record, error, "/v1/chat/completions", incoming, nullptr, timer);
  CHECK(record.asked == "m:[redacted]");
  CHECK(record.told == "there is no policy `[redacted]`");
  CHECK(record.method == "DELETE");
}

TEST_CASE("a model that is not there is kept by its name, also where that looks like an address") {
  tests::StillTimer timer;
  for (const std::string name : {"claude-3-5-sonnet@20240620", "z.ai/glm-4.6", "ft:gpt-4o:acme.dev::a1"}) {
    gateway::ErrorReply error = gateway::plain_error(404, "invalid_request_error", "model_not_found",
                                                     "The model `" + name + "` does not exist here.");
    error.models = {name};
    gateway::Record record;
    gateway::refused_record(record, error, "/v1/chat/completions", {}, nullptr, timer);
    CHECK(record.asked == name);
    CHECK(record.told == error.message);
  }
}

TEST_CASE("after a decision what a client was told is kept, and nothing of what a host said") {
  const auto told = [](Script script) {
    ServedWorld world;
    world.services.counted = std::make_unique<routing::InFlight>(3);
    world.script(ServedWorld::cheap, script);
    world.script(ServedWorld::middle, script);
    world.script(ServedWorld::dear, std::move(script));
    world.ask();
    world.advance(10min);
    REQUIRE(world.ended());
    REQUIRE(!world.record().decisions.empty());
    return world.record().told;
  };
  CHECK(told(refuses(500)) == "the provider failed");
  CHECK(told(refuses(400, R"({"error":{"message":"no: what is `my diary`?"}})")) ==
        "the provider rejected the request");
  CHECK(told(stream("Hello")) == "");
}

TEST_CASE("the time that is ours is what the first byte took beyond the one host that was asked") {
  ServedWorld stream_world;
  stream_world.script(ServedWorld::cheap, pieces({{1s, says("Hello")}, {2s, stop() + done}}));
  stream_world.ask();
  stream_world.advance(1s);
  stream_world.advance(2s);
  REQUIRE(stream_world.ended());
  CHECK(stream_world.record().until_first_byte == 1s);
  CHECK(stream_world.record().total == 3s);
  CHECK(stream_world.record().added == config::Duration(0));
  CHECK(stream_world.record().error == "");

  ServedWorld twice;
  twice.script(ServedWorld::cheap, refuses(500));
  twice.script(ServedWorld::middle, stream("Hello"));
  twice.ask();
  twice.advance(1s);
  REQUIRE(twice.ended());
  CHECK_FALSE(twice.record().added);

  ServedWorld broken;
  broken.script(ServedWorld::cheap, pieces({{1s, says("Hello")}, {2s, routing::FailureKind::broken_stream}}));
  broken.ask();
  broken.advance(1s);
  broken.advance(2s);
  REQUIRE(broken.ended());
  CHECK(broken.record().ending == Ending::broken);
  CHECK(broken.record().error == "stream_incomplete");
  CHECK_FALSE(broken.record().added);
}

TEST_CASE(
    "an answer whose size says more tokens than its deltas is billed by its size, four bytes for each") {
  const auto billed = [](const std::vector<std::string>& texts) {
    std::string all = role();
    for (const std::string& text : texts) all += says(text);
    ServedWorld fresh;
    fresh.script(ServedWorld::cheap, pieces({{{}, all + stop() + done}}));
    fresh.ask();
    REQUIRE(fresh.ended());
    CHECK(fresh.record().attempts.at(0).usage_is_estimated);
    return fresh.record().attempts.at(0).usage->output.count;
  };
  CHECK(billed({"12345678"}) == 2);
  CHECK(billed({"123456789"}) == 3);
  CHECK(billed({"a", "b", "c", "d"}) == 4);
  CHECK(billed({"abcdefghijklm", "n"}) == 4);
}
