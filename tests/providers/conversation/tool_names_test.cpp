#include "providers/conversation/tool_names.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace providers;

namespace {

Conversation with_tools(const std::vector<Text>& names) {
  Conversation conversation;
  for (const Text& name : names) conversation.tools.push_back({.name = name});
  return conversation;
}

std::string hosts_name(const Text& name) {
  Conversation conversation = with_tools({name});
  give_everybodys_names(conversation);
  return conversation.tools.front().name.text();
}

}  // namespace

TEST_CASE("names that every API takes stay as they are") {
  for (const std::string_view name : {"f", "_f", "get_weather-2", "A"}) {
    CHECK(is_everybodys_name({name, false}));
    CHECK(hosts_name({name, false}) == name);
  }
  const std::string longest(64, 'a');
  CHECK(hosts_name({longest, false}) == longest);
}

TEST_CASE("others become one that is, the same for the same name and another one for another") {
  const std::string long_name(65, 'a'), longer(66, 'a');
  const std::vector<Text> names{{"a.b", false},     {"a/b", false},     {"2fa", false},  {"-x", false},
                                {"w\\u00e9", true}, {long_name, false}, {longer, false}, {"w\u00e9", false}};
  for (const Text& name : names) {
    const std::string hosts = hosts_name(name);
    CAPTURE(hosts);
    CHECK(is_everybodys_name({hosts, false}));
    CHECK(hosts != name.text());
    CHECK(hosts == hosts_name(name));
    for (const Text& other : names) CHECK((hosts_name(other) == hosts) == (other.text() == name.text()));
  }
  CHECK(hosts_name({"mcp.server/do it", false}).starts_with("mcp_server_do_it_"));
  CHECK(hosts_name({"2fa", false}).starts_with("_2fa_"));
}

TEST_CASE("a choice, calls of earlier turns and an answer's calls know a tool by the same name") {
  Conversation conversation = with_tools({{"a.b", false}, {"plain", false}});
  conversation.tool_choice = {.kind = ToolChoice::Kind::named, .name = {"a\\u002eb", true}};
  conversation.turns.push_back(
      {Turn::Role::assistant,
       {Part{ToolCallPart{.name = {"a.b", false}}}, Part{ToolCallPart{.name = {"gone.c", false}}}}});
  give_everybodys_names(conversation);
  const std::string hosts = conversation.tools.front().name.text();
  const auto& parts = conversation.turns.front().parts;
  CHECK(conversation.tool_choice.name.text() == hosts);
  CHECK(std::get<ToolCallPart>(parts[0].what).name.text() == hosts);
  CHECK(is_everybodys_name(std::get<ToolCallPart>(parts[1].what).name));
  CHECK(conversation.renamed.size() == 2);

  const ClientNames names(conversation);
  AnswerEvent room;
  AnswerEvent called{.kind = AnswerEvent::Kind::tool_call, .name = {hosts, false}};
  CHECK(names.of(called, room).name.text() == "a.b");
  called.name = {"plain", false};
  CHECK(names.of(called, room).name.is("plain"));
  const AnswerEvent begin{.kind = AnswerEvent::Kind::begin, .name = {hosts, false}};
  CHECK(names.of(begin, room).name.is(hosts));
}
