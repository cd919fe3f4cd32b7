#include "gateway/surfaces/gemini/gemini_tools.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "gateway/surface/body_values.hpp"
#include "gateway/surfaces/gemini/gemini_names.hpp"

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

bool read_gemini_tool_config(BodyWalk& walk, const Path& path, Conversation& conversation) {
  using Kind = ToolChoice::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 5> modes{{{"MODE_UNSPECIFIED", Kind::unsaid},
                                                                    {"AUTO", Kind::automatic},
                                                                    {"VALIDATED", Kind::automatic},
                                                                    {"ANY", Kind::any},
                                                                    {"NONE", Kind::none}}};
  std::optional<Kind> mode;
  std::vector<Text> names;
  const auto read_calling = [&](const JsonString& key, const Path& at) {
    if (key.is("mode")) return walk.choice(at, modes, mode);
    if (!is(key, "allowedFunctionNames", "allowed_function_names")) return walk.json.skip();
    return walk.array(at, [&](const Path& each) { return read_text(walk, each, names.emplace_back()); });
  };
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    return is(key, "functionCallingConfig", "function_calling_config") ? walk.object(at, read_calling)
                                                                       : walk.json.skip();
  });
  ToolChoice& choice = conversation.tool_choice;
  choice.kind = mode.value_or(Kind::unsaid);
  if (names.size() == 1 && choice.kind == Kind::any) {
    choice.kind = Kind::named;
    choice.name = names.front();
  } else if (!names.empty()) {
    add_beyond(conversation, "toolConfig.functionCallingConfig.allowedFunctionNames", Weight::need);
  }
  return is_read;
}

std::string_view as_json_schema(std::string_view schema, providers::OwnTexts& own) {
  constexpr std::array<std::string_view, 7> types{"\"STRING\"", "\"NUMBER\"", "\"INTEGER\"", "\"BOOLEAN\"",
                                                  "\"ARRAY\"",  "\"OBJECT\"", "\"NULL\""};
  constexpr std::string_view key = "\"type\"";
  std::string text(schema);
  bool is_changed = false;
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    const std::size_t colon = text.find_first_not_of(" \t\r\n", at + key.size());
    if (colon == std::string::npos || text[colon] != ':') continue;
    const std::size_t value = text.find_first_not_of(" \t\r\n", colon + 1);
    if (value == std::string::npos) break;
    for (const std::string_view type : types) {
      if (text.compare(value, type.size(), type) != 0) continue;
      std::transform(text.begin() + static_cast<std::ptrdiff_t>(value),
                     text.begin() + static_cast<std::ptrdiff_t>(value + type.size()),
                     text.begin() + static_cast<std::ptrdiff_t>(value),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      is_changed = true;
    }
  }
  return is_changed ? own.keep(std::move(text)) : schema;
}

}  // namespace gateway
