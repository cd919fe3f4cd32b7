#include "providers/dialect/openai_words.hpp"

namespace providers {

void write_openai_tool_choice(JsonWriter& json, const Conversation& conversation, FunctionPlace place) {
  using Kind = ToolChoice::Kind;
  if (conversation.tools.empty()) return;
  switch (conversation.tool_choice.kind) {
    case Kind::unsaid:
      return;
    case Kind::automatic:
      return json.key("tool_choice").plain("auto");
    case Kind::none:
      return json.key("tool_choice").plain("none");
    case Kind::any:
      return json.key("tool_choice").plain("required");
    case Kind::named:
      json.key("tool_choice").begin_object();
      json.key("type").plain("function");
      if (place == FunctionPlace::inside) json.key("function").begin_object();
      json.key("name").string(conversation.tool_choice.name);
      if (place == FunctionPlace::inside) json.end_object();
      json.end_object();
  }
}

void write_openai_schema(JsonWriter& json, const OutputForm& form) {
  json.key("name").string(form.name.raw.empty() ? Text{"answer", false} : form.name);
  json.key("schema").raw(form.schema);
}

}  // namespace providers
