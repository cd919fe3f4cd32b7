// Replies that are passed on in the client's own API: whose names they bear.
#include "gateway/answer/our_names.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace json = boost::json;

namespace {

std::string chunk(const std::string& content, const std::string& more = "") {
  return event(R"({"model":"their/model-v3","choices":[{"index":0,"delta":{"content":")" + content +
               R"("},"finish_reason":null}],"id":"theirs-7","created":17)" + more + "}");
}

std::vector<json::object> events_of(const std::string& body) {
  std::vector<json::object> events;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\n\n", at);
    const std::string data = body.substr(at + 6, end - at - 6);
    if (data != "[DONE]") events.push_back(json::parse(data).as_object());
    at = end + 2;
  }
  return events;
}

}  // namespace

TEST_CASE("every event of a stream has the request's id, its time and the model's public name") {
  ServedWorld world;
  const std::string usage =
      R"(,"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18},"service_tier":"x")";
  world.script(ServedWorld::cheap, pieces({{{}, chunk("Hel") + chunk("lo \\\"you\\\"")},
                                           {1s, chunk("", usage) + stop() + done}}));
  world.ask(R"(,"stream_options":{"include_usage":true})");
  world.advance(5s);
  REQUIRE(world.ended());
  const auto events = events_of(world.client.body);
  REQUIRE(events.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(events[i].at("id") == json::value(world.record().id));
    CHECK(events[i].at("created").to_number<std::int64_t>() ==
          std::chrono::system_clock::to_time_t(world.record().wall));
    CHECK(events[i].at("model") == "m");
  }
  CHECK(events[0].at("choices").at(0).at("delta").at("content") == "Hel");
  CHECK(events[1].at("choices").at(0).at("delta").at("content") == "lo \"you\"");
  CHECK(events[2].at("usage").at("total_tokens") == 18);
  CHECK(events[2].at("usage").at("cost").to_number<double>() > 0);
  CHECK(events[2].at("service_tier") == "x");
  CHECK(world.client.body.find("their") == std::string::npos);
}

TEST_CASE("usage that nobody asked for is blanked where it stands behind the names") {
  ServedWorld world;
  world.script(
      ServedWorld::cheap,
      pieces({{{}, chunk("Hi", R"(,"usage":{"prompt_tokens":1,"completion_tokens":2})") + stop() + done}}));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  const auto events = events_of(world.client.body);
  CHECK(events.at(0).at("usage").is_null());
  CHECK(events.at(0).at("model") == "m");
}

TEST_CASE("a whole reply bears them, too") {
  ServedWorld world;
  world.script(ServedWorld::cheap,
               document(R"({ "id" : "theirs", "object":"chat.completion", "created":17, "model":"theirs/v3",)"
                        R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},)"
                        R"("finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}})"));
  world.ask_whole();
  world.advance(5s);
  REQUIRE(world.ended());
  const json::value body = json::parse(world.client.body);
  CHECK(body.at("id") == json::value(world.record().id));
  CHECK(body.at("model") == "m");
  CHECK(body.at("object") == "chat.completion");
  CHECK(body.at("choices").at(0).at("message").at("content") == "Hello");
  CHECK(world.client.body.find("theirs") == std::string::npos);
}

TEST_CASE("what stands behind, before and between the names is found again where it went") {
  const std::string text = R"({"a":1,"model":"theirs","b":22,"id":"x","c":333,"created":17,"d":4444})";
  const auto place = [&](const std::string& value) {
    const std::size_t begin = text.find(value);
    return providers::ByteRange{begin, begin + value.size()};
  };
  const providers::NamePlaces places{
      .id = place("\"x\""), .created = place("17"), .model = place("\"theirs\"")};
  gateway::OurNames names(gateway::openai_chat_surface(),
                          {.id = "ours-1", .created = 1234567890, .model = "public \"name\""});
  std::string written = "kept ";
  providers::DataEdits edits;
  names.put(text, places, edits);
  edits.write(text, written);
  const std::string body = written.substr(5);
  CHECK(body ==
        R"({"a":1,"model":"public \"name\"","b":22,"id":"ours-1","c":333,"created":1234567890,"d":4444})");
  for (const std::string value : {"1,", "22", "333", "4444"}) {
    CHECK(edits.moved(place(value)).of(body) == value);
  }
  CHECK(edits.moved({}).empty());
}
