#include "providers/dialects/anthropic/tools.hpp"

#include <string>
#include <vector>

#include "providers/dialect/called_tools.hpp"
#include "providers/dialect/object_schema.hpp"
#include "providers/dialects/anthropic/turns.hpp"

namespace providers {
namespace {

void write_tool(JsonWriter& json, const Tool& tool, const HostModel& model, JsonTokens& tokens) {
  json.begin_object();
  json.key("name").string(tool.name);
  if (!tool.description.raw.empty()) json.key("description").string(tool.description);
  json.key("input_schema").raw(object_schema(tool.schema, tokens));
  if (tool.is_strict && model.takes_schemas) json.key("strict").boolean(true);
  write_cache_control(json, tool.cache);
  json.end_object();
}

void write_choice(JsonWriter& json, const ToolChoice& choice, bool one_at_a_time) {
  using Kind = ToolChoice::Kind;
  if (choice.kind == Kind::unsaid && !one_at_a_time) return;
  json.key("tool_choice").begin_object();
  switch (choice.kind) {
    case Kind::unsaid:
    case Kind::automatic:
      json.key("type").plain("auto");
      break;
    case Kind::none:
      json.key("type").plain("none");
      break;
    case Kind::any:
      json.key("type").plain("any");
      break;
    case Kind::named:
      json.key("type").plain("tool");
      json.key("name").string(choice.name);
      break;
  }
  if (one_at_a_time && choice.kind != Kind::none) json.key("disable_parallel_tool_use").boolean(true);
  json.end_object();
}

// Calls of earlier turns cannot stand without the tools that they call, which nobody is to call any more.
void write_called_tools(JsonWriter& json, const Conversation& conversation) {
  const std::vector<Text> names = called_but_not_offered(conversation);
  if (names.empty()) return;
  json.key("tools").begin_array();
  for (const Text& name : names) {
    json.begin_object();
    json.key("name").string(name);
    json.key("input_schema").raw(R"({"type":"object"})");
    json.end_object();
  }
  json.end_array();
  json.key("tool_choice").raw(R"({"type":"none"})");
}

}  // namespace

void write_anthropic_tools(JsonWriter& json, const Conversation& conversation, const HostModel& model,
                           JsonTokens& tokens) {
  if (conversation.tools.empty()) return write_called_tools(json, conversation);
  json.key("tools").begin_array();
  for (const Tool& tool : conversation.tools) write_tool(json, tool, model, tokens);
  json.end_array();
  write_choice(json, conversation.tool_choice, conversation.parallel_tool_calls == false);
}

}  // namespace providers
