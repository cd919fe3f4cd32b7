// Answers that are complete though something is missing in them: they are passed on, not asked for again.
#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;

namespace {

std::string of_choice(int index, const std::string& members, const std::string& finish = "null") {
  return event(R"({"choices":[{"index":)" + std::to_string(index) + R"(,"delta":{)" + members +
               R"(},"finish_reason":)" + finish + "}]}");
}

void check_answered_once(ServedWorld& world) {
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.record().ending == Ending::answered);
  REQUIRE(world.record().attempts.size() == 1);
  CHECK(!world.record().attempts[0].failure);
  CHECK(world.host(ServedWorld::middle).requests.empty());
}

}  // namespace

TEST_CASE("a whole reply that finished without content is the client's, and nobody else is paid for it") {
  struct Row {
    const char* what;
    std::string choice;
  };
  const std::vector<Row> rows{
      {"hidden thinking took all tokens", R"({"index":0,"message":{"content":""},"finish_reason":"length"})"},
      {"null", R"({"index":0,"message":{"content":null},"finish_reason":"stop"})"},
      {"a filter took it", R"({"index":0,"message":{"content":null},"finish_reason":"content_filter"})"},
      {"a picture", R"({"index":0,"message":{"content":null,"images":[{"type":"image_url"}]}})"},
      {"sound", R"({"index":0,"message":{"content":null,"audio":{"id":"a"}}})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld world;
    const std::string body =
        R"({"choices":[)" + row.choice + R"(],"usage":{"prompt_tokens":11,"completion_tokens":7}})";
    world.script(ServedWorld::cheap, document(body));
    world.script(ServedWorld::middle, document(whole_answer));
    world.ask_whole();
    world.advance(1s);
    check_answered_once(world);
    // A choice that gives no reason for its end gets the one that clients know.
    std::string told = body;
    if (row.choice.find("finish_reason") == std::string::npos)
      told.replace(told.find(R"("index":0)"), 0, R"("finish_reason":"stop",)");
    CHECK(world.client.body == told);
    CHECK(world.record().attempts[0].cost.nanos == 180);
  }
}

TEST_CASE("a stream with content and [DONE] is complete without a finish, as one real host sends it") {
  ServedWorld world;
  world.script(ServedWorld::cheap,
               pieces({{{}, role()}, {{}, says("Hello")}, {1s, usage_event()}, {{}, done}}));
  world.script(ServedWorld::middle, stream("Hello"));
  world.ask();
  world.advance(1s);
  check_answered_once(world);
  CHECK(world.client.body.starts_with(role() + says("Hello")));
  CHECK(world.client.body.ends_with(R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                                    "\n\n" +
                                    done));
}

TEST_CASE("a stream that finishes without content is complete") {
  for (const char* reason : {R"("length")", R"("content_filter")"}) {
    CAPTURE(reason);
    ServedWorld world;
    world.script(ServedWorld::cheap, pieces({{{}, role() + delta("", reason)}, {{}, usage_event() + done}}));
    world.ask();
    check_answered_once(world);
    CHECK(world.client.body == role() + delta("", reason) + done);
  }
}

TEST_CASE("behind its finish a stream may end, break or fall silent without [DONE]") {
  struct Row {
    const char* what;
    std::vector<Script::Step> after;
    config::Duration takes;
  };
  const std::vector<Row> rows{{"ends", {}, 0s},
                              {"breaks", {{1s, FailureKind::broken_stream}}, 1s},
                              {"falls silent", {{1h, done}}, 30s}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld world;
    std::vector<Script::Step> body{{{}, says("Hello") + stop()}};
    body.insert(body.end(), row.after.begin(), row.after.end());
    world.script(ServedWorld::cheap, pieces(body));
    world.ask();
    world.advance(row.takes);
    check_answered_once(world);
    CHECK(world.client.body == says("Hello") + stop() + done);
    CHECK(world.open() == 0);
  }
}

TEST_CASE("a client that leaves behind the finish, before [DONE], has left") {
  ServedWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, says("Hello") + stop()}, {1h, done}}));
  world.ask();
  world.leave();
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::client_left);
  CHECK(world.record().attempts[0].failure->kind == FailureKind::client_left);
}

TEST_CASE("of several choices each must finish, unless [DONE] says that all did") {
  const std::string first = of_choice(0, R"("content":"a")") + of_choice(1, R"("content":"b")");
  const std::string one_finish = of_choice(0, "", R"("stop")");
  const std::string both = one_finish + of_choice(1, "", R"("length")");
  struct Row {
    const char* what;
    std::string sent;
    Ending ending;
  };
  const std::vector<Row> rows{
      {"one of two", first + one_finish, Ending::broken},
      {"the same twice", first + one_finish + one_finish, Ending::broken},
      {"one that was never seen", of_choice(0, R"("content":"a")") + one_finish, Ending::broken},
      {"both", first + both, Ending::answered},
      {"one and [DONE]", first + one_finish + done, Ending::answered}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    ServedWorld world;
    world.script(ServedWorld::cheap, pieces({{{}, row.sent}}));
    world.ask(R"(,"n":2)");
    REQUIRE(world.ended());
    CHECK(world.record().ending == row.ending);
  }
}

TEST_CASE("a choice that nobody asked for must finish, too") {
  ServedWorld world;
  world.script(ServedWorld::cheap,
               pieces({{{}, of_choice(1, R"("content":"b")") + of_choice(0, "", R"("stop")")}}));
  world.ask();
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::broken);
}

TEST_CASE("what was held back for a tag comes before [DONE], before an end without it, and once") {
  const auto text_of = [](const std::string& body) {
    std::string text;
    for (std::size_t at = 0; (at = body.find(R"("content":")", at)) != std::string::npos;) {
      at += 11;
      text += body.substr(at, body.find('"', at) - at);
    }
    return text;
  };
  SUBCASE("before a bare [DONE]") {
    ServedWorld world;
    world.script(ServedWorld::cheap, pieces({{{}, role()}, {{}, says("<thi")}, {{}, done}}));
    world.ask();
    check_answered_once(world);
    CHECK(text_of(world.client.body) == "<thi");
    CHECK(world.client.body.ends_with(done));
    CHECK(world.client.body.find(R"("id":")" + world.record().id) != std::string::npos);
  }
  SUBCASE("as thinking, where a host breaks off") {
    ServedWorld world;
    world.script(ServedWorld::cheap, pieces({{{}, says("<think>Hm")}, {{}, says("</th")}}));
    world.ask();
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.record().attempts.at(0).failure->kind == FailureKind::broken_stream);
    const std::size_t held = world.client.body.find(R"("reasoning":"</th")");
    REQUIRE(held != std::string::npos);
    CHECK(world.client.body.find(R"("reasoning":"</th")", held + 1) == std::string::npos);
    CHECK(world.client.body.find("\"error\"", held) != std::string::npos);
  }
}
