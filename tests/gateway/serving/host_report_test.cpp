#include "gateway/serving/host_report.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "tests/support/deciding_world.hpp"
#include "tests/support/world.hpp"

namespace json = boost::json;
using namespace std::chrono_literals;
using namespace support;
using routing::FailureKind;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string error_event(const std::string& json) {
  return "event: error\n" + event(json);
}

const std::string not_a_tool_call =
    R"({"error":{"message":"Failed to call a function","type":"invalid_request_error","code":"tool_use_failed",)"
    R"("failed_generation":"<function=\"x\">","status_code":400}})";

// What requests of one world's hosts teach a market.
struct Lesson {
  explicit Lesson(const ServedWorld& world) : market(world.generation->catalogue, config::TimePoint{} + 1h) {}
  void learn(const gateway::Record& record) {
    for (routing::Attempt attempt : record.attempts) {
      attempt.told = routing::Told::nothing;  // this market was not told of it
      market.observe(attempt, record.demand, now += 1s);
    }
  }
  bool is_open(routing::EndpointIndex endpoint) {
    const auto phase = market.snapshot(now)->endpoints[endpoint].health.breaker.phase(now);
    return phase != routing::Breaker::Phase::closed;
  }
  config::TimePoint now = config::TimePoint{} + 1h;
  routing::Market market;
};

json::object error_of(const ServedWorld& world) {
  return json::parse(world.client.body).at("error").as_object();
}

}  // namespace

TEST_CASE("an error that is the request's goes to its client as it is, to no other host, and blames nobody") {
  struct Row {
    const char* what;
    Script script;
    int status;
    const char* type;
    const char* code;
    const char* told;
  };
  const char* invalid = "invalid_request_error";
  const std::vector<Row> rows{
      {"moderation", refuses(403, R"({"error":{"message":"Your input was flagged","code":403}})"), 403,
       "permission_error", "content_filter", "Your input was flagged"},
      {"features", refuses(404, R"({"error":{"message":"No endpoints found that support tool use"}})"), 404,
       invalid, "unsupported_by_provider", "support tool use"},
      {"in an event", pieces({{{}, error_event(not_a_tool_call)}}), 400, invalid, "tool_use_failed",
       "Failed to call a function"},
      {"in a chunk", pieces({{{}, event(R"({"error":{"code":400,"message":"seed?"}})")}}), 400, invalid,
       "rejected_by_provider", "seed?"},
      {"with a status", pieces({{{}, event(R"({"message":"seed?","status_code":422})")}}), 422, invalid,
       "rejected_by_provider", "seed?"},
      {"in a document", document(R"({"error":{"code":400,"message":"seed?"}})"), 400, invalid,
       "rejected_by_provider", "seed?"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    std::optional<Lesson> lesson;
    for (int i = 0; i < 10; ++i) {
      ServedWorld world;
      if (!lesson) lesson.emplace(world);
      world.script(ServedWorld::cheap, row.script);
      world.script(ServedWorld::middle, stream("Hello"));
      world.ask();
      world.advance(1s);
      REQUIRE(world.ended());
      CHECK(world.client.status == row.status);
      CHECK(error_of(world).at("type").as_string() == row.type);
      CHECK(error_of(world).at("code").as_string() == row.code);
      CHECK(contains(world.client.body, row.told));
      CHECK(world.client.has("x-should-retry: false"));
      CHECK(world.host(ServedWorld::middle).requests.empty());
      // Counted by our own words: a host's have no bound.
      CHECK(world.record().error == "rejected_by_provider");
      lesson->learn(world.record());
    }
    CHECK(!lesson->is_open(0));
  }
}

TEST_CASE("a whole reply that is an error of the request's is told as one") {
  ServedWorld world;
  world.script(ServedWorld::cheap, document(not_a_tool_call));
  world.ask_whole();
  REQUIRE(world.ended());
  CHECK(world.client.status == 400);
  CHECK(error_of(world).at("failed_generation").as_string() == R"(<function="x">)");
}

TEST_CASE("an error of the request's in the middle of an answer ends it with its code, and blames nobody") {
  ServedWorld world;
  Lesson lesson(world);
  world.script(ServedWorld::cheap, pieces({{{}, role() + says("Hel")}, {1s, error_event(not_a_tool_call)}}));
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  const std::size_t at = world.client.body.rfind("data: ");
  REQUIRE(at != std::string::npos);
  const json::object error = json::parse(world.client.body.substr(at + 6)).at("error").as_object();
  CHECK(error.at("code").as_int64() == 400);
  CHECK(error.at("metadata").at("error_type").as_string() == "tool_use_failed");
  CHECK(error.at("failed_generation").as_string() == R"(<function="x">)");
  CHECK(world.record().attempts[0].failure->kind == FailureKind::rejected);
  CHECK(world.record().attempts[0].failure->progress == routing::Progress::client_has_bytes);
  for (int i = 0; i < 10; ++i) lesson.learn(world.record());
  CHECK(!lesson.is_open(0));
}

TEST_CASE("the host's code and the member at fault reach the client") {
  struct Row {
    const char* error;
    json::value code, param;
  };
  const std::vector<Row> rows{
      {R"("message":"m","code":"context_length_exceeded","param":"messages")", "context_length_exceeded",
       "messages"},
      {R"("message":"m","code":"content_filter","param":"messages[3].content")", "content_filter",
       "messages[3].content"},
      {R"("message":"m","code":400,"metadata":{"error_type":"context_length_exceeded"})",
       "context_length_exceeded", "messages"},
      {R"("message":"m","code":null,"param":null)", "rejected_by_provider", nullptr},
      // No words, but something else.
      {R"("message":"m","code":"https://a.example/x","param":"a b\n")", "rejected_by_provider", nullptr},
      {R"("message":"m","code":"sk-planted-secret-3f9a","param":"sk-planted-secret-3f9a")",
       "rejected_by_provider", nullptr},
  };
  for (const Row& row : rows) {
    CAPTURE(row.error);
    ServedWorld world;
    world.script(ServedWorld::cheap, refuses(400, std::string(R"({"error":{)") + row.error + "}}"));
    world.ask();
    REQUIRE(world.ended());
    CHECK(world.client.status == 400);
    CHECK(error_of(world).at("code") == row.code);
    CHECK(error_of(world).at("param") == row.param);
    CHECK(!error_of(world).contains("failed_generation"));
  }
}

TEST_CASE(
    "a model that a host does not have is looked for elsewhere, and its code is told when nobody has it") {
  ServedWorld world;
  const Script unknown = refuses(400, R"({"error":{"message":"no such model","code":"model_not_found"}})");
  for (const auto host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
    world.script(host, unknown);
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.record().attempts.size() == 3);
  CHECK(world.client.status == 502);
  CHECK(error_of(world).at("code").as_string() == "model_not_found");
  CHECK(world.record().error == "provider_model_missing");
}

TEST_CASE(
    "a refusal that does not say what it is about goes to another host, and takes this one from nobody") {
  for (const int status : {403, 404}) {
    CAPTURE(status);
    std::optional<Lesson> lesson;
    for (int i = 0; i < 4; ++i) {
      ServedWorld world;
      if (!lesson) lesson.emplace(world);
      world.script(ServedWorld::cheap, refuses(status, R"({"error":{"message":"no"}})"));
      world.script(ServedWorld::middle, stream("Hello"));
      world.ask();
      world.advance(1s);
      REQUIRE(world.ended());
      CHECK(world.client.status == 200);
      lesson->learn(world.record());
    }
    CHECK(!lesson->is_open(0));
    for (const char* user : {"a", "b"}) {
      ServedWorld world;
      world.script(ServedWorld::cheap, refuses(status, R"({"error":{"message":"no"}})"));
      world.script(ServedWorld::middle, stream("Hello"));
      world.ask(std::string(R"(,"user":")") + user + '"');
      world.advance(1s);
      lesson->learn(world.record());
    }
    CHECK(lesson->is_open(0));
  }
}

TEST_CASE("a host's page, list or address does not reach the client raw") {
  struct Row {
    std::string body, told, hidden;
  };
  const std::vector<Row> rows{
      {"<html><head><title>400 Bad Request</title></head><body><hr>nginx</body></html>",
       "the provider rejected the request: 400 Bad Request", "<"},
      {R"({"detail":[{"loc":["body","seed"],"msg":"must be an integer","input":"x"}]})",
       "the provider rejected the request: seed: must be an integer", "loc"},
      {R"({"error":{"message":"POST https://user:pw@internal.example:8443/v1?k=1 failed."}})",
       "the provider rejected the request: POST [address] failed.", "internal"},
      {"{}", "the provider rejected the request", "{}"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    ServedWorld world;
    world.script(ServedWorld::cheap, refuses(400, row.body));
    world.ask();
    REQUIRE(world.ended());
    CHECK(error_of(world).at("message").as_string() == row.told);
    CHECK(!contains(std::string(error_of(world).at("message").as_string()), row.hidden));
  }
}

TEST_CASE("what the model wrote passes on whole where it is long") {
  ServedWorld world;
  const std::string wrote(20'000, 'x');
  world.script(ServedWorld::cheap, refuses(400, R"({"error":{"message":"m","code":"tool_use_failed",)"
                                                R"("failed_generation":")" +
                                                    wrote + R"("}})"));
  world.ask();
  REQUIRE(world.ended());
  CHECK(error_of(world).at("failed_generation").as_string() == wrote);
}

TEST_CASE("that a host cannot be trusted is in the record, and not told the client") {
  ServedWorld world;
  Script script = fails(FailureKind::tls);
  script.tls_fault = routing::TlsFault::expired;
  for (const auto host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
    world.script(host, script);
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.record().attempts[0].failure->tls == routing::TlsFault::expired);
  CHECK(world.client.status == 502);
  CHECK(contains(world.client.body, "upstream_tls"));
  CHECK(!contains(world.client.body, "expired"));
}

TEST_CASE(
    "of a host's code and member only what is a word is passed on, and of what a model wrote the beginning") {
  tests::DecidingWorld world(tests::three_hosts());
  const auto understood = world.understand(tests::chat("deepseek-r1"));
  const auto& request = std::get<gateway::InferenceRequest>(understood);
  const auto said = [&](const std::string& code, const std::string& param, const std::string& wrote = "") {
    gateway::Tried tried;
    gateway::take_report(
        request, providers::openai_chat_dialect(), 400,
        {.message = "words", .code = code, .type = {}, .param = param, .failed_generation = wrote},
        routing::Progress::request_sent, tried);
    CHECK(tried.attempt.failure->kind == FailureKind::rejected);
    CHECK(tried.attempt.failure->status == 400);
    CHECK(tried.attempt.failure->progress == routing::Progress::request_sent);
    CHECK(tried.said->message == "words");
    return *tried.said;
  };
  for (const std::string& word :
       {std::string("azAZ09_-.[]"), std::string("messages[0].content"), std::string(100, 'a')}) {
    CHECK(said(word, word).code == word);
    CHECK(said(word, word).param == word);
  }
  for (const std::string& other :
       {std::string("two words"), std::string("a:b"), std::string("a/b"), std::string("a@b"),
        std::string("`a"), std::string("{a"), std::string("a\\"), std::string(101, 'a')}) {
    CAPTURE(other);
    CHECK(said(other, other).code == "");
    CHECK(said(other, other).param == "");
  }
  CHECK(said("404", "seed").code == "");  // the status again
  CHECK(said("sk-proj-abc123def456", "seed").code == "");
  CHECK(said("", "", std::string(32 * 1024, 'a')).failed_generation.size() == 32 * 1024);
  CHECK(said("", "", std::string(32 * 1024 + 1, 'a')).failed_generation.size() == 32 * 1024);
  CHECK(said("", "", std::string(32 * 1024 - 1, 'a') + "\u00e9").failed_generation.size() == 32 * 1024 - 1);
}

TEST_CASE("a doubtful refusal tells who asked for what, and one request is not another") {
  config::Settings settings = tests::three_hosts();
  config::KeySettings app;
  app.name = {"app"};
  settings.keys = {app};
  tests::DecidingWorld world(settings);
  const auto doubt = [&](const std::string& members, const config::KeySettings* key, int status) {
    const auto understood = world.understand(tests::chat("deepseek-r1", members), "", key);
    gateway::Tried tried;
    gateway::take_report(std::get<gateway::InferenceRequest>(understood), providers::openai_chat_dialect(),
                         status, {.message = "no", .code = {}, .type = {}}, routing::Progress::request_sent,
                         tried);
    return tried.attempt.failure->doubt;
  };
  REQUIRE(doubt("", nullptr, 403));
  CHECK(doubt("", nullptr, 403)->request == doubt("", nullptr, 404)->request);
  CHECK(doubt("", nullptr, 403)->request != doubt(R"("n":2)", nullptr, 403)->request);
  CHECK(doubt("", nullptr, 403)->key == 0);
  CHECK(doubt("", world.key("app"), 403)->key != 0);
  CHECK_FALSE(doubt("", nullptr, 401));
}
