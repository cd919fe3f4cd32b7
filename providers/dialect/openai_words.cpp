#include "providers/dialect/openai_words.hpp"

#include <algorithm>

namespace providers {

namespace {

// Whether the tool that must be called does; Responses has a word of its own for those.
bool takes_text(const Conversation& conversation) {
  const Text& name = conversation.tool_choice.name;
  return std::ranges::any_of(conversation.tools,
                             [&](const Tool& tool) { return tool.takes_text && tool.name.raw == name.raw; });
}

}  // namespace

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
      json.key("type").plain(place == FunctionPlace::beside && takes_text(conversation) ? "custom"
                                                                                        : "function");
      if (place == FunctionPlace::inside) json.key("function").begin_object();
      json.key("name").string(conversation.tool_choice.name);
      if (place == FunctionPlace::inside) json.end_object();
      json.end_object();
  }
}

void write_openai_handling(JsonWriter& json, const Handling& handling) {
  const auto write = [&](std::string_view name, const Text& text) {
    if (!text.raw.empty()) json.key(name).string(text);
  };
  write("prompt_cache_key", handling.cache_key);
  write("prompt_cache_retention", handling.cache_retention);
  if (!handling.cache_options.empty()) json.key("prompt_cache_options").raw(handling.cache_options);
  write("safety_identifier", handling.safety_id);
  write("service_tier", handling.service_tier);
}

void write_openai_schema(JsonWriter& json, const OutputForm& form) {
  json.key("name").string(form.name.raw.empty() ? Text{"answer", false} : form.name);
  if (!form.description.raw.empty()) json.key("description").string(form.description);
  json.key("schema").raw(form.schema);
}

}  // namespace providers
