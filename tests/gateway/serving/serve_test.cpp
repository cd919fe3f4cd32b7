#include "gateway/serving/serve.hpp"

#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;

namespace {

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A client that waits long then has no head before the first token.
config::Settings without_comments() {
  config::Settings settings = three_prices();
  settings.limits.comment_after = 0ms;
  return settings;
}

}  // namespace

TEST_CASE("a stream is relayed byte for byte, with the usage hidden and one [DONE]") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello", 1s));
  world.ask();
  CHECK(world.client.replies == 0);  // the role alone shows no answer
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.client.body == role() + says("Hello") + stop() + done);
  CHECK(world.client.ends == 1);
  CHECK(world.client.has("x-isocost-endpoint: cheap\r\n"));
  CHECK(world.client.has("x-isocost-attempts: 1\r\n"));
  CHECK(contains(world.host(ServedWorld::cheap).requests.at(0), R"("include_usage":true)"));
  CHECK(contains(world.host(ServedWorld::cheap).requests.at(0), R"("model":"their-own-name")"));
  CHECK(world.host(ServedWorld::cheap).read_to_end == 1);

  const gateway::Record& record = world.record();
  CHECK(record.ending == Ending::answered);
  CHECK(record.status == 200);
  REQUIRE(record.attempts.size() == 1);
  CHECK(record.attempts[0].first_delta == 1s);
  CHECK(record.attempts[0].deltas == 1);
  REQUIRE(record.attempts[0].usage);
  CHECK(record.attempts[0].usage->output.count == 7);
  CHECK(!record.attempts[0].usage_is_estimated);
  CHECK(world.in_flight() == 0);
}

TEST_CASE("usage is shown to who asked for it, with what it cost in dollars") {
  ServedWorld world;
  world.script(ServedWorld::cheap, stream("Hello"));
  world.ask(R"(,"stream_options":{"include_usage":true})");
  REQUIRE(world.ended());
  std::string usage = usage_event();
  usage.insert(usage.find("}}"), R"(,"cost":0.000000180)");
  CHECK(world.client.body == role() + says("Hello") + stop() + usage + done);
}

TEST_CASE("a cost that a trusted host says itself stays as it is") {
  config::Settings settings = three_prices();
  settings.providers[0].reports_cost = true;
  ServedWorld world(settings);
  const std::string usage =
      event(R"({"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"cost":0.25}})");
  world.script(ServedWorld::cheap, pieces({{{}, says("Hello") + stop() + usage + done}}));
  world.ask(R"(,"stream_options":{"include_usage":true})");
  REQUIRE(world.ended());
  CHECK(world.client.body == says("Hello") + stop() + usage + done);
}

TEST_CASE("a whole reply is passed on as it is, with its cost") {
  ServedWorld world;
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole();
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.client.body == whole_answer);
  CHECK(world.client.has("x-isocost-cost: 0.00000018"));
  CHECK(world.record().ending == Ending::answered);
}

TEST_CASE(
    "an endpoint that fails before the first byte is followed by the next, and the client sees one reply") {
  struct Row {
    const char* what;
    Script script;
    FailureKind kind;
    config::Duration takes{};
  };
  const std::vector<Row> rows{
      {"no connection", fails(FailureKind::connect), FailureKind::connect},
      {"no descriptor here", fails(FailureKind::local), FailureKind::local},
      {"no name", fails(FailureKind::resolve), FailureKind::resolve},
      {"no TLS", fails(FailureKind::tls), FailureKind::tls},
      {"closed without a reply", fails(FailureKind::reset_before_reply), FailureKind::reset_before_reply},
      {"not HTTP", fails(FailureKind::bad_reply), FailureKind::bad_reply},
      {"429", refuses(429), FailureKind::rate_limited},
      {"500", refuses(500), FailureKind::server_error},
      {"503", refuses(503), FailureKind::overloaded},
      {"529", refuses(529), FailureKind::overloaded},
      {"401", refuses(401), FailureKind::credential},
      {"402", refuses(402), FailureKind::credential},
      {"a 429 for want of money", refuses(429, R"({"error":{"message":"no","code":"insufficient_quota"}})"),
       FailureKind::credential},
      {"404", refuses(404), FailureKind::missing_model},
      {"a redirect", refuses(302), FailureKind::bad_reply},
      {"an error as the first event", pieces({{{}, event(R"({"error":{"message":"x","code":502}})")}}),
       FailureKind::error_in_reply},
      {"an error in a 200 document", document(R"({"error":{"message":"x"}})"), FailureKind::error_in_reply},
      {"a document instead of a stream", document(whole_answer), FailureKind::bad_reply},
      {"nothing but [DONE]", pieces({{{}, done}}), FailureKind::empty_reply},
      {"a role and [DONE]", pieces({{{}, role()}, {{}, done}}), FailureKind::empty_reply},
      {"an empty body", pieces({}), FailureKind::empty_reply},
      {"broken JSON", pieces({{{}, "data: {\"choices\":[\n\n"}}), FailureKind::bad_reply},
      {"broken off after the role", pieces({{{}, role()}, {{}, FailureKind::broken_stream}}),
       FailureKind::broken_stream},
      {"content and an error in one piece",
       pieces({{{}, says("Hel") + event(R"({"error":{"message":"x"}})")}}), FailureKind::error_in_reply},
      {"no first token in time", stream("late", 10min), FailureKind::first_token_timeout, 120s},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld world(without_comments());
    world.script(ServedWorld::cheap, row.script);
    world.script(ServedWorld::middle, stream("Hello"));
    world.ask();
    world.advance(row.takes);
    world.advance(1s);  // the pause between attempts
    REQUIRE(world.ended());
    CHECK(world.client.replies == 1);
    CHECK(world.client.body == role() + says("Hello") + stop() + done);
    CHECK(world.client.has("x-isocost-endpoint: middle\r\n"));
    CHECK(world.client.has("x-isocost-attempts: 2\r\n"));
    REQUIRE(world.record().attempts.size() == 2);
    REQUIRE(world.record().attempts[0].failure);
    CHECK(world.record().attempts[0].failure->kind == row.kind);
    CHECK(!world.record().attempts[1].failure);
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.open() == 0);
  }
}

TEST_CASE(
    "a stream that breaks after its first byte is not tried again: one error event ends it, and no [DONE]") {
  struct Row {
    const char* what;
    std::vector<Script::Step> after;
    config::Duration takes;
  };
  const std::vector<Row> rows{
      {"broken off", {{1s, FailureKind::broken_stream}}, 1s},
      {"ended without a finish", {}, 0s},
      {"an error event", {{1s, event(R"({"error":{"message":"x"}})")}}, 1s},
      {"broken JSON", {{1s, "data: {\n\n"}}, 1s},
      {"silence", {{1h, stop()}}, 30s},
      {"comments and no content",
       [] {
         std::vector<Script::Step> steps;
         for (int i = 0; i < 20; ++i) steps.push_back({20s, ": still here\n\n"});
         return steps;
       }(),
       180s},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld world;
    std::vector<Script::Step> body{{{}, role() + says("Hel")}};
    body.insert(body.end(), row.after.begin(), row.after.end());
    world.script(ServedWorld::cheap, pieces(body));
    world.script(ServedWorld::middle, stream("Hello"));
    world.ask();
    world.advance(row.takes);
    REQUIRE(world.ended());
    CHECK(world.client.replies == 1);
    std::string body_without = world.client.body;
    const std::string comment = ": still here\n\n";
    for (std::size_t at; (at = body_without.find(comment)) != std::string::npos;) {
      body_without.erase(at, comment.size());
    }
    CHECK(body_without.starts_with(role() + says("Hel") + "data: {"));
    CHECK(times(world.client.body, R"("error":)") == 1);
    CHECK(times(world.client.body, R"("finish_reason":"error")") == 1);
    CHECK(!contains(world.client.body, "[DONE]"));
    CHECK(world.client.ends == 1);
    CHECK(world.host(ServedWorld::middle).requests.empty());
    CHECK(world.record().attempts.size() == 1);
    CHECK(world.record().ending == Ending::broken);
    CHECK(world.record().status == 200);
    CHECK(world.record().attempts[0].failure->progress == routing::Progress::client_has_bytes);
    CHECK(world.open() == 0);
  }
}

TEST_CASE("when all fail, the client is told of the last failure in the gateway's own words") {
  struct Row {
    Script last;
    int status;
    const char* code;
  };
  const std::vector<Row> rows{
      {refuses(401, R"({"error":{"message":"Incorrect API key sk-planted-secret-3f9a"}})"), 502,
       "provider_auth_error"},
      {refuses(404), 502, "provider_model_missing"},
      {refuses(500), 502, "provider_error"},
      {refuses(503), 503, "provider_overloaded"},
      {fails(FailureKind::connect), 502, "provider_unreachable"},
      {fails(FailureKind::local), 503, "gateway_out_of_connections"},
      {pieces({}), 502, "empty_reply"},
      {refuses(429, "{}", 7s), 429, "provider_rate_limited"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    ServedWorld world;
    world.script(ServedWorld::cheap, refuses(500));
    world.script(ServedWorld::middle, refuses(500));
    world.script(ServedWorld::dear, row.last);
    world.ask();
    world.advance(30s);
    REQUIRE(world.ended());
    CHECK(world.client.replies == 1);
    CHECK(world.client.status == row.status);
    CHECK(contains(world.client.body, row.code));
    CHECK(!contains(world.client.body, "sk-planted"));
    CHECK(world.client.has("x-isocost-policy: balanced\r\n"));
    CHECK(world.client.has("x-isocost-attempts: "));
    CHECK(world.record().ending == Ending::refused);
    CHECK(world.record().error == row.code);
  }
}

TEST_CASE("a host of which no address was found is named to operators, and another host answers") {
  config::Settings settings = three_prices();
  settings.providers[ServedWorld::cheap].base_url.host = "bedrock-runtime.us-esat-1.example";
  ServedWorld world(settings);
  world.script(ServedWorld::cheap, fails(FailureKind::resolve));
  world.script(ServedWorld::middle, stream("Hello"));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.record().said == "no address of bedrock-runtime.us-esat-1.example was found");
}

TEST_CASE("a host that limits its rate and says for how long makes the client wait as long") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(1);
  ServedWorld world(settings);
  world.script(ServedWorld::cheap, refuses(429, "{}", 40s));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 429);
  CHECK(world.client.has("Retry-After: 40\r\n"));
}

TEST_CASE(
    "a request too large for a host's limit of rate goes to another host, or back and not to come again") {
  const Script too_large = refuses(
      413, R"({"error":{"message":"TPM: Limit 6000","type":"tokens","code":"rate_limit_exceeded"}})", 2s);
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(1);
  ServedWorld alone(settings);
  alone.script(ServedWorld::cheap, too_large);
  alone.ask();
  alone.advance(5s);
  REQUIRE(alone.ended());
  CHECK(alone.client.status == 413);
  CHECK(contains(alone.client.body, "rate_limit_exceeded"));
  CHECK(!alone.client.has("Retry-After"));

  ServedWorld world;
  world.script(ServedWorld::cheap, too_large);
  world.script(ServedWorld::middle, stream("Hello"));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.record().attempts.size() == 2);
}

TEST_CASE("after a host's 429 the next request that meets its limit is told 429 too, and for how long") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(2);
  ServedWorld world(settings);
  routing::Snapshot snapshot = *world.services.snapshot;
  const auto refused = [&](routing::EndpointIndex endpoint, FailureKind kind, config::Duration wait) {
    const config::TimePoint now = world.loop.timer.now();
    snapshot.endpoints[endpoint].health.observe(
        {.endpoint = endpoint,
         .dispatched = now,
         .failure = routing::Failure{.kind = kind, .retry_after = wait}},
        routing::fault_of(kind), 0.5, now);
  };
  refused(0, FailureKind::rate_limited, 40s);
  int status = 429;
  SUBCASE("both limit their rate") {
    refused(1, FailureKind::rate_limited, 50s);
  }
  SUBCASE("the other one is not to be had for another reason") {
    refused(1, FailureKind::overloaded, 50s);
    status = 503;
  }
  world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
  world.ask();
  REQUIRE(world.ended());
  CHECK(world.client.status == status);
  CHECK(contains(world.client.body, "cheap") == true);
  CHECK(contains(world.client.body, "limits its rate"));
  CHECK(contains(world.client.body, "provider_rate_limited") == (status == 429));
  CHECK(world.client.has("Retry-After: 40\r\n"));
  CHECK(!world.client.has("x-should-retry: false"));
}

TEST_CASE("hosts that limit their rate are counted as they were asked, not for those that were not") {
  const auto told_after = [](int asked, Script first) {
    config::Settings settings = three_prices();
    settings.models[0].endpoints.resize(static_cast<std::size_t>(asked));
    ServedWorld world(settings);
    world.script(ServedWorld::cheap, first);
    if (asked > 1) world.script(ServedWorld::middle, refuses(429, "{}", 40s));
    world.ask();
    world.advance(30s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 429);
    return world.client.body;
  };
  CHECK(contains(told_after(1, refuses(429, "{}", 40s)), "the provider that was asked is limiting its rate"));
  CHECK(contains(told_after(2, refuses(429, "{}", 40s)), "all 2 attempts met a provider's limit of rate"));
  CHECK(contains(told_after(2, refuses(500)),
                 "of 2 attempts all failed, the last at a provider's limit of rate"));
}

TEST_CASE("a prompt that one host finds too long goes on to those with a larger context, and to no others") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints[2].context = {128'000};
  ServedWorld world(settings);
  const std::string said =
      "This model's maximum context length is 64000 tokens. However, your messages resulted in 70000 "
      "tokens.";
  world.script(ServedWorld::cheap, refuses(400, R"({"error":{"message":")" + said + R"("}})"));
  world.script(ServedWorld::middle, stream("Hello"));
  SUBCASE("there is one") {
    world.script(ServedWorld::dear, stream("Hello"));
    world.ask();
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 200);
    CHECK(world.client.has("x-isocost-endpoint: dear\r\n"));
    CHECK(world.host(ServedWorld::middle).requests.empty());
    const routing::Failure& failure = *world.record().attempts.at(0).failure;
    CHECK(failure.kind == FailureKind::too_long);
    CHECK(failure.prompt == config::Tokens{70'000});
    CHECK(failure.context == config::Tokens{64'000});
  }
  SUBCASE("it is too long there, too") {
    world.script(ServedWorld::dear,
                 refuses(400, R"({"error":{"message":"No","code":"context_length_exceeded"}})"));
    world.ask(R"(,"max_tokens":100)");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 400);
    CHECK(contains(world.client.body, R"("code":"context_length_exceeded")"));
    CHECK(contains(world.client.body, R"("param":"messages")"));
    CHECK(world.client.has("x-should-retry: false"));
    CHECK(world.host(ServedWorld::middle).requests.empty());
    CHECK(world.record().attempts.size() == 2);
  }
}

TEST_CASE(
    "a request that a host rejects is rejected, in the host's words without secrets, and not tried again") {
  ServedWorld world;
  world.script(ServedWorld::cheap,
               refuses(400, R"({"error":{"message":"top_k is not known; key sk-planted-secret-3f9a"}})"));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 400);
  CHECK(contains(world.client.body, "top_k is not known"));
  CHECK(!contains(world.client.body, "sk-planted"));
  CHECK(world.client.has("x-should-retry: false"));
  CHECK(world.host(ServedWorld::middle).requests.empty());
}

TEST_CASE("the deadline ends what has not begun, and does not touch what has") {
  ServedWorld world(without_comments());
  SUBCASE("no first byte") {
    world.script(ServedWorld::cheap, stream("late", 1h));
    world.script(ServedWorld::middle, stream("late", 1h));
    world.script(ServedWorld::dear, stream("late", 1h));
    world.ask();
    world.request->demand.deadline = world.loop.timer.now() + 300s;
    world.advance(300s - 1ms);
    CHECK(!world.ended());
    world.advance(2s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 504);
    CHECK(world.open() == 0);
  }
  SUBCASE("a stream that goes on") {
    std::vector<Script::Step> body{{{}, role()}};
    for (int i = 0; i < 100; ++i) body.push_back({10s, says("word ")});
    body.push_back({{}, stop() + done});
    world.script(ServedWorld::cheap, pieces(body));
    world.ask();
    world.advance(2'000s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.client.ends == 1);
  }
}

TEST_CASE("a whole reply that does not come in the time of its longest length is asked of another host") {
  ServedWorld world;
  world.script(ServedWorld::cheap, fails(FailureKind::connect, 1h));
  world.script(ServedWorld::middle, document(whole_answer));
  world.ask_whole(R"(,"max_tokens":50)");
  world.advance(10s);
  CHECK(!world.ended());
  world.advance(5min);
  REQUIRE(world.ended());
  CHECK(world.client.body == whole_answer);
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(world.record().attempts[0].failure->kind == FailureKind::first_token_timeout);
}

TEST_CASE("a whole reply may take longer than a first token") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(1);
  ServedWorld world(settings);
  Script slow = document(whole_answer);
  slow.head_after = 150s;
  world.script(ServedWorld::cheap, slow);
  world.ask_whole();
  world.advance(150s);
  REQUIRE(world.ended());
  CHECK(world.client.body == whole_answer);
}

TEST_CASE("a client that leaves ends the attempt at once, whatever it waits for, and is recorded once") {
  ServedWorld world;
  struct Row {
    const char* what;
    Script script;
    config::Duration when;
  };
  const std::vector<Row> rows{{"the head", fails(FailureKind::connect, 1h), 1s},
                              {"the first token", stream("late", 1h), 1s},
                              {"the next token", pieces({{{}, says("Hel")}, {1h, stop()}}), 1s},
                              {"an error's body",
                               [] {
                                 Script script = refuses(500);
                                 script.body[0].after = 1h;
                                 return script;
                               }(),
                               1s}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld each;
    each.script(ServedWorld::cheap, row.script);
    each.ask();
    each.advance(row.when);
    CHECK(each.host(ServedWorld::cheap).open == 1);
    each.leave();
    REQUIRE(each.ended());
    CHECK(each.host(ServedWorld::cheap).aborted == 1);
    CHECK(each.host(ServedWorld::cheap).open == 0);
    CHECK(each.host(ServedWorld::middle).requests.empty());
    CHECK(each.record().ending == Ending::client_left);
    CHECK(each.record().error == "client_left");
    CHECK(each.record().attempts.back().failure->kind == FailureKind::client_left);
    CHECK(each.in_flight() == 0);
  }
}

TEST_CASE("a client that leaves between two attempts ends the wait") {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(1);
  ServedWorld world(settings);
  world.script(ServedWorld::cheap, refuses(429, "{}", 4s));
  world.ask();
  world.advance(3s);
  if (!world.ended()) world.leave();
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::cheap).requests.size() == 1);
}

TEST_CASE("a client that stops reading is not mistaken for a slow host, and its leaving ends the stream") {
  ServedWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, role() + says("a")}, {1s, says("b")}, {1s, stop() + done}}));
  world.client.holds = true;
  world.ask();
  world.advance(10min);  // far beyond all limits on hosts
  CHECK(!world.ended());
  SUBCASE("it reads on") {
    world.client.release();
    world.advance(2s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.client.body == role() + says("a") + says("b") + stop() + done);
  }
  SUBCASE("it leaves") {
    world.client.gone = true;
    world.client.release();
    world.loop.settle();
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::client_left);
    CHECK(world.open() == 0);
  }
}

TEST_CASE("a client that leaves with everything in hand was answered") {
  ServedWorld world;
  Script script = stream("Hello");
  script.end_after = 50ms;  // the end of the body comes after [DONE]
  world.script(ServedWorld::cheap, script);
  world.ask();
  CHECK(world.client.ends == 1);
  CHECK(!world.ended());
  world.leave();
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(!world.record().attempts[0].failure);
}

TEST_CASE(
    "a host that does not end its body after [DONE] keeps the client's next request waiting only shortly") {
  ServedWorld world;
  Script script = stream("Hello");
  script.end_after = 1h;
  world.script(ServedWorld::cheap, script);
  world.ask();
  CHECK(world.client.ends == 1);
  world.advance(200ms);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.host(ServedWorld::cheap).aborted == 1);
}

TEST_CASE("with nobody to ask, the client is told why and what would help") {
  SUBCASE("the request is too large for all") {
    ServedWorld world;
    world.ask(R"(,"max_tokens":999999)");
    REQUIRE(world.ended());
    CHECK(world.client.status == 400);
    CHECK(contains(world.client.body, "context_length_exceeded"));
    CHECK(contains(world.client.body, "cheap 64000"));
    CHECK(world.record().attempts.empty());
    CHECK(world.record().ending == Ending::refused);
  }
  SUBCASE("nobody has what it needs") {
    ServedWorld world;
    world.ask(R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{}}}])");
    REQUIRE(world.ended());
    CHECK(world.client.status == 400);
    CHECK(contains(world.client.body, "unsupported_feature"));
    CHECK(contains(world.client.body, R"("param":"tools")"));
    CHECK(contains(world.client.body, "lacks tools, which the request needs."));
    CHECK(contains(world.client.body, "No model here would serve it."));
    CHECK(world.client.has("x-should-retry: false"));
  }
  SUBCASE("the request's own preferences leave nobody") {
    ServedWorld world;
    world.ask(R"(,"provider":{"quantizations":["fp4"]})");
    REQUIRE(world.ended());
    CHECK(world.client.status == 404);
    CHECK(contains(world.client.body, "no_eligible_endpoint"));
    CHECK(contains(world.client.body, "`provider.quantizations`"));
    CHECK(contains(world.client.body,
                   "Without its own preferences it would be served by cheap, middle, dear."));
    CHECK(world.client.has("x-should-retry: false"));
  }
  SUBCASE("all of them asked to be left alone for long") {
    ServedWorld world;
    routing::Snapshot snapshot = *world.services.snapshot;
    for (auto& endpoint : snapshot.endpoints) {
      endpoint.health.cooling_until = world.loop.timer.now() + 30s;
    }
    world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
    world.ask();
    REQUIRE(world.ended());
    CHECK(world.client.status == 503);
    CHECK(world.client.has("Retry-After: 30\r\n"));
    CHECK(contains(world.client.body, "no_endpoint_available"));
  }
  SUBCASE("one of them comes back soon: the request is held until then") {
    ServedWorld world;
    routing::Snapshot snapshot = *world.services.snapshot;
    for (auto& endpoint : snapshot.endpoints) {
      endpoint.health.cooling_until = world.loop.timer.now() + 3s;
    }
    world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
    world.script(ServedWorld::cheap, stream("Hello"));
    world.ask();
    world.advance(2'999ms);
    CHECK(!world.ended());
    CHECK(world.host(ServedWorld::cheap).requests.empty());
    world.advance(2ms);
    REQUIRE(world.ended());
    CHECK(world.client.status == 200);
  }
}

TEST_CASE("a host that sends roles without end is not held in memory") {
  ServedWorld world;
  std::string many;
  while (many.size() < 300'000) many += role();
  world.script(ServedWorld::cheap, pieces({{{}, many}, {1h, done}}));
  world.script(ServedWorld::middle, stream("Hello"));
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().attempts[0].failure->kind == FailureKind::bad_reply);
  CHECK(world.client.status == 200);
}

TEST_CASE("a stream cut into pieces anywhere reaches the client whole") {
  const std::string sent =
      role() + says("one") + ": comment\n\n" + says("two") + stop() + usage_event() + done;
  for (std::size_t cut = 1; cut < sent.size(); cut += 3) {
    CAPTURE(cut);
    ServedWorld world;
    world.script(ServedWorld::cheap, pieces({{{}, sent.substr(0, cut)}, {1ms, sent.substr(cut)}}));
    world.ask();
    world.advance(1ms);
    REQUIRE(world.ended());
    // Where the comment was seen only after the client had its head, it has the comment, too.
    std::string without = world.client.body;
    if (const std::size_t at = without.find(": comment\n\n"); at != std::string::npos) without.erase(at, 11);
    CHECK(without == role() + says("one") + says("two") + stop() + done);
  }
}

TEST_CASE("a piece with many events is relayed in order, with all of them") {
  ServedWorld world;
  std::string sent = role();
  for (int i = 0; i < 500; ++i) {
    sent += i % 3 == 0 ? "event: message\r\n" + says(std::to_string(i)) : says(std::to_string(i));
  }
  world.script(ServedWorld::cheap, pieces({{{}, sent + stop() + done}}));
  world.ask();
  REQUIRE(world.ended());
  CHECK(world.client.ends == 1);
  std::size_t at = 0;
  for (int i = 0; i < 500; ++i) {
    at = world.client.body.find(R"("content":")" + std::to_string(i) + '"', at);
    REQUIRE(at != std::string::npos);
  }
}
