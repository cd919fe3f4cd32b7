#include "providers/dialects/openai_chat/messages.hpp"

#include <doctest/doctest.h>

using namespace providers;

TEST_CASE("what the model said in several turns around its calls is one message, whose texts stay apart") {
  const auto said = [](std::string_view raw) { return Part{TextPart{{raw, true}}}; };
  const auto calls = [](std::string_view id) {
    return Part{ToolCallPart{.id = {id, false}, .name = {"f", false}, .arguments = "{}"}};
  };
  Conversation conversation;
  conversation.turns = {{Turn::Role::assistant, {said("One"), said(" two."), calls("a")}},
                        {Turn::Role::assistant, {calls("b")}},
                        {Turn::Role::assistant, {said("Three."), said("")}}};
  std::string body;
  JsonWriter json(body);
  write_openai_chat_messages(json, conversation, "");
  CHECK(body == R"([{"role":"assistant","content":"One two.\n\nThree.","tool_calls":[)"
                R"({"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},)"
                R"({"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]}])");
}
