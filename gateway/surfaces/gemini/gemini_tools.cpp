#include "gateway/surfaces/gemini/gemini_tools.hpp"

#include <array>
#include <optional>
#include <vector>

#include "gateway/surface/body_values.hpp"
#include "gateway/surfaces/gemini/gemini_names.hpp"
#include "gateway/surfaces/gemini/gemini_schema.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Text;
using providers::Tool;
using providers::ToolChoice;
using providers::Weight;

bool read_declaration(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  Tool tool;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("name")) return read_text(walk, at, tool.name);
    if (key.is("description")) return read_text(walk, at, tool.description);
    if (is(key, "parametersJsonSchema", "parameters_json_schema")) {
      return read_object(walk, at, body, tool.schema);
    }
    const bool is_lost =
        key.is("response") || is(key, "responseJsonSchema", "response_json_schema") || key.is("behavior");
    if (is_lost && walk.json.type() != JsonType::null) add_hint(conversation, key.text());
    if (!key.is("parameters")) return walk.json.skip();
    if (!read_object(walk, at, body, tool.schema)) return false;
    tool.schema = as_json_schema(tool.schema, conversation.own);
    return true;
  });
  if (!is_read) return false;
  if (tool.name.raw.empty()) return walk.wrong("missing_member", path.member("name"), "nothing", "a name");
  conversation.tools.push_back(tool);
  return true;
}

}  // namespace

bool read_gemini_tools(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  return walk.array(path, [&](const Path& element) {
    return walk.object(element, [&](const JsonString& key, const Path& at) {
      if (is(key, "functionDeclarations", "function_declarations")) {
        return walk.array(at,
                          [&](const Path& each) { return read_declaration(walk, each, body, conversation); });
      }
      // Searching, running code: what only Google's own hosts do.
      const bool is_said = walk.json.type() != JsonType::null;
      if (is_said) add_beyond(conversation, at.text(), Weight::need);
      return walk.json.skip();
    });
  });
}

bool read_gemini_tool_config(BodyWalk& walk, const Path& path, Conversation& conversation,
                             std::vector<Text>& allowed) {
  using Kind = ToolChoice::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 5> modes{{{"MODE_UNSPECIFIED", Kind::unsaid},
                                                                    {"AUTO", Kind::automatic},
                                                                    {"VALIDATED", Kind::automatic},
                                                                    {"ANY", Kind::any},
                                                                    {"NONE", Kind::none}}};
  std::optional<Kind> mode;
  const auto read_calling = [&](const JsonString& key, const Path& at) {
    if (key.is("mode")) return walk.choice(at, modes, mode);
    if (!is(key, "allowedFunctionNames", "allowed_function_names")) return walk.json.skip();
    return walk.array(at, [&](const Path& each) { return read_text(walk, each, allowed.emplace_back()); });
  };
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (is(key, "functionCallingConfig", "function_calling_config")) return walk.object(at, read_calling);
    // Where Google's own tools look.
    if (walk.json.type() != JsonType::null) add_beyond(conversation, at.text(), Weight::hint);
    return walk.json.skip();
  });
  ToolChoice& choice = conversation.tool_choice;
  choice.kind = mode.value_or(Kind::unsaid);
  if (allowed.size() == 1 && choice.kind == Kind::any) {
    choice.kind = Kind::named;
    choice.name = allowed.front();
    allowed.clear();
  }
  return is_read;
}

}  // namespace gateway
