#include "gateway/surfaces/openai_chat/chat_tools.hpp"

#include <optional>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/text_tool.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Text;
using providers::Tool;
using providers::ToolChoice;
using providers::Weight;

bool read_function(BodyWalk& walk, const Path& path, std::string_view body, Tool& tool) {
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("name")) return read_text(walk, at, tool.name);
    if (key.is("description")) return read_text(walk, at, tool.description);
    if (key.is("parameters")) return read_object(walk, at, body, tool.schema);
    if (!key.is("strict")) return walk.json.skip();
    std::optional<bool> strict;
    if (!walk.boolean(at, strict)) return false;
    tool.is_strict = strict.value_or(false);
    return true;
  });
}

bool read_grammar(BodyWalk& walk, const Path& path, Text& definition, Text& syntax) {
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("definition")) return read_text(walk, at, definition);
    return key.is("syntax") ? read_text(walk, at, syntax) : walk.json.skip();
  });
}

// A tool that takes a text.
bool read_custom(BodyWalk& walk, const Path& path, Conversation& conversation, Tool& tool) {
  Text definition, syntax;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("name")) return read_text(walk, at, tool.name);
    if (key.is("description")) return read_text(walk, at, tool.description);
    if (!key.is("format")) return walk.json.skip();
    return walk.object(at, [&](const JsonString& inner, const Path& within) {
      return inner.is("grammar") ? read_grammar(walk, within, definition, syntax) : walk.json.skip();
    });
  });
  if (is_read) make_text_tool(tool, definition, syntax, conversation.own);
  return is_read;
}

bool read_name(BodyWalk& walk, const Path& path, Text& name) {
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    return key.is("name") ? read_text(walk, at, name) : walk.json.skip();
  });
}

}  // namespace

bool read_tools(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  return walk.array(path, [&](const Path& element) {
    Tool tool;
    std::string_view form;
    const bool read = walk.object(element, [&](const JsonString& key, const Path& at) {
      if (key.is("cache_control")) return read_cache_control(walk, at, tool.cache);
      if (key.is("function")) return form = "function", read_function(walk, at, body, tool);
      if (key.is("custom")) return form = "custom", read_custom(walk, at, conversation, tool);
      return walk.json.skip();
    });
    if (!read) return false;
    if (form.empty()) {
      add_beyond(conversation, element.text(), Weight::need);
      return true;
    }
    if (tool.name.raw.empty()) {
      return walk.wrong("missing_member", element.member(form).member("name"), "nothing", "a name");
    }
    conversation.tools.push_back(tool);
    return true;
  });
}

bool read_tool_choice(BodyWalk& walk, const Path& path, Conversation& conversation,
                      std::vector<Text>& allowed) {
  using Kind = ToolChoice::Kind;
  ToolChoice& choice = conversation.tool_choice;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> words{
      {{"auto", Kind::automatic}, {"none", Kind::none}, {"required", Kind::any}}};
  std::optional<Kind> kind;
  if (walk.json.type() != JsonType::object) {
    if (!walk.choice(path, words, kind)) return false;
    choice.kind = kind.value_or(Kind::unsaid);
    return true;
  }
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("function") || key.is("custom")) return read_name(walk, at, choice.name);
    if (!key.is("allowed_tools")) return walk.json.skip();
    return walk.object(at, [&](const JsonString& inner, const Path& within) {
      if (inner.is("mode")) return walk.choice(within, words, kind);
      if (!inner.is("tools")) return walk.json.skip();
      return walk.array(within, [&](const Path& each) {
        Text& name = allowed.emplace_back();
        return walk.object(each, [&](const JsonString& form, const Path& named) {
          const bool is_tool = form.is("function") || form.is("custom");
          return is_tool ? read_name(walk, named, name) : walk.json.skip();
        });
      });
    });
  });
  if (!allowed.empty()) {
    choice.kind = kind.value_or(Kind::automatic);
  } else if (!choice.name.raw.empty()) {
    choice.kind = Kind::named;
  } else {
    add_beyond(conversation, "tool_choice", Weight::need);
  }
  return is_read;
}

bool read_functions(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  return walk.array(path, [&](const Path& element) {
    Tool tool;
    if (!read_function(walk, element, body, tool)) return false;
    if (tool.name.raw.empty()) {
      return walk.wrong("missing_member", element.member("name"), "nothing", "a name");
    }
    conversation.tools.push_back(tool);
    return conversation.calls_functions = true;
  });
}

bool read_function_choice(BodyWalk& walk, const Path& path, Conversation& conversation) {
  using Kind = ToolChoice::Kind;
  ToolChoice& choice = conversation.tool_choice;
  constexpr std::array<std::pair<std::string_view, Kind>, 2> words{
      {{"auto", Kind::automatic}, {"none", Kind::none}}};
  std::optional<Kind> kind;
  if (walk.json.type() != JsonType::object) {
    if (!walk.choice(path, words, kind)) return false;
    if (kind) choice.kind = *kind;
    return true;
  }
  choice.kind = Kind::named;
  if (!read_name(walk, path, choice.name)) return false;
  if (!choice.name.raw.empty()) return true;
  return walk.wrong("missing_member", path.member("name"), "nothing", "the name of a function");
}

}  // namespace gateway
