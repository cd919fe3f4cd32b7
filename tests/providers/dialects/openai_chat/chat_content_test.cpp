#include <doctest/doctest.h>

#include <string>

#include "providers/dialects/openai_chat/chat_events.hpp"

using namespace providers;

namespace {

PassedEvent of_delta(const std::string& members) {
  static JsonTokens tokens;
  static std::string data;
  data = R"({"id":"c","choices":[{"index":0,"delta":{)" + members + "}}]}";
  return classify({data, {}, {}, SseEvent::Form::other}, tokens);
}

}  // namespace

TEST_CASE("sound is an answer, and a member that nobody knows is none") {
  CHECK(of_delta(R"("audio":{"id":"a","data":"UklG"})").content.text);
  CHECK_FALSE(of_delta(R"("audio":{})").content.text);
  CHECK_FALSE(of_delta(R"("audio":null)").content.text);
  CHECK_FALSE(of_delta(R"("annotations":{"x":1},"role":"assistant")").content.text);
}

TEST_CASE("in a list of parts what is no object is passed over, and the others are read") {
  const PassedEvent event = of_delta(R"("content":[1,null,"x",{"type":"text","text":"Hi"},[2]])");
  CHECK(event.kind == PassedEvent::Kind::delta);
  CHECK(event.content.text);
  CHECK_FALSE(event.content.reasoning);
  CHECK_FALSE(of_delta(R"("content":["x",{"type":"text","text":""}])").content.text);
}
