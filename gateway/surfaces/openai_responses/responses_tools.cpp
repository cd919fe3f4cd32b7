#include "gateway/surfaces/openai_responses/responses_tools.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>

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

class ToolReader {
 public:
  ToolReader(BodyWalk& walk, std::string_view body, Conversation& conversation, HostedTools& hosted)
      : walk_(walk), body_(body), conversation_(conversation), hosted_(hosted) {}

  enum class Where { top, group };

  bool read(const Path& path, Where where = Where::top) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    Tool tool;
    Text type, definition, syntax;
    const std::size_t before = conversation_.tools.size();
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, type);
      if (key.is("name")) return read_text(walk_, at, tool.name);
      if (key.is("description")) return read_text(walk_, at, tool.description);
      if (key.is("parameters")) return read_object(walk_, at, body_, tool.schema);
      if (key.is("strict")) return strict(at, tool);
      if (key.is("defer_loading")) return read_hint(walk_, at, key, conversation_);
      if (key.is("format")) return format(at, definition, syntax);
      const bool is_group = where == Where::top && key.is("tools") && walk_.json.type() == JsonType::array;
      if (!is_group) return walk_.json.skip();
      return walk_.array(at, [&](const Path& inner) { return read(inner, Where::group); });
    });
    if (!is_read) return false;
    if (type.is("namespace") && where == Where::top) return put_in_space(tool.name, before);
    conversation_.tools.resize(before);
    const bool is_custom = type.is("custom");
    if (!is_custom && !type.is("function")) {
      hosted_.params.push_back(path.text());
      return true;
    }
    if (tool.name.raw.empty()) return walk_.wrong("missing_member", path.member("name"), "nothing", "a name");
    if (is_custom) make_text_tool(tool, definition, syntax, conversation_.own);
    conversation_.tools.push_back(std::move(tool));
    return true;
  }

 private:
  bool strict(const Path& path, Tool& tool) {
    std::optional<bool> strict;
    if (!walk_.boolean(path, strict)) return false;
    tool.is_strict = strict.value_or(false);
    return true;
  }

  bool format(const Path& path, Text& definition, Text& syntax) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("definition")) return read_text(walk_, at, definition);
      return key.is("syntax") ? read_text(walk_, at, syntax) : walk_.json.skip();
    });
  }

  // Of those that stand from `first` on: the group's name may come behind them.
  bool put_in_space(const Text& space, std::size_t first) {
    for (std::size_t i = first; i < conversation_.tools.size(); ++i) {
      Tool& tool = conversation_.tools[i];
      tool.space = space;
      tool.name_in_space = tool.name;
      tool.name = joined_name(space, tool.name, conversation_.own);
    }
    return true;
  }

  BodyWalk& walk_;
  std::string_view body_;
  Conversation& conversation_;
  HostedTools& hosted_;
};

}  // namespace

Text joined_name(const Text& space, const Text& name, providers::OwnTexts& own) {
  std::string joined(space.raw);
  joined.append("__").append(name.raw);
  return {own.keep(std::move(joined)), space.escaped || name.escaped};
}

bool read_response_tools(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation,
                         HostedTools& hosted) {
  return walk.array(path,
                    [&](const Path& at) { return ToolReader(walk, body, conversation, hosted).read(at); });
}

bool ResponseToolChoice::read_named(BodyWalk& walk, const Path& path, HostedTools& hosted, Named& named) {
  Text type;
  std::optional<ToolChoice::Kind> mode;
  constexpr std::array<std::pair<std::string_view, ToolChoice::Kind>, 2> modes{
      {{"auto", ToolChoice::Kind::automatic}, {"required", ToolChoice::Kind::any}}};
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("type")) return read_text(walk, at, type);
    if (key.is("name")) return read_text(walk, at, named.name);
    if (key.is("namespace")) return read_text(walk, at, named.space);
    if (key.is("mode")) return walk.choice(at, modes, mode);
    if (!key.is("tools")) return walk.json.skip();
    return walk.array(at, [&](const Path& element) {
      Named each;
      HostedTools ignored;
      if (walk.json.type() != JsonType::object) return walk.wrong_type(element, "an object");
      if (!read_named(walk, element, ignored, each)) return false;
      if (ignored.are_wanted) return lists_hosted_ = true;
      named_.push_back(each);
      return true;
    });
  });
  if (!is_read) return false;
  if (type.is("allowed_tools")) {
    is_list_ = true;
    kind_ = mode.value_or(ToolChoice::Kind::automatic);
  } else if (!type.is("function") && !type.is("custom")) {
    hosted.are_wanted = true;
  }
  return true;
}

bool ResponseToolChoice::read(BodyWalk& walk, const Path& path, HostedTools& hosted) {
  using Kind = ToolChoice::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> words{
      {{"auto", Kind::automatic}, {"none", Kind::none}, {"required", Kind::any}}};
  if (walk.json.type() != JsonType::object) {
    std::optional<Kind> kind;
    if (!walk.choice(path, words, kind)) return false;
    kind_ = kind.value_or(Kind::unsaid);
    return true;
  }
  Named named;
  if (!read_named(walk, path, hosted, named)) return false;
  if (is_list_ || hosted.are_wanted) return true;
  if (named.name.raw.empty()) {
    return walk.wrong("missing_member", path.member("name"), "nothing", "the name of a tool");
  }
  kind_ = Kind::named;
  named_ = {named};
  return true;
}

bool ResponseToolChoice::names_nobody(const Conversation& conversation) const {
  std::unordered_set<std::string> names, in_groups;
  for (const Tool& tool : conversation.tools) {
    names.insert(tool.space.raw.empty() ? tool.name.text() : tool.name_in_space.text());
    if (!tool.space.raw.empty()) in_groups.insert(tool.space.text() + '\0' + tool.name_in_space.text());
  }
  if (named_.empty()) return !lists_hosted_;
  return std::ranges::any_of(named_, [&](const Named& named) {
    if (named.space.raw.empty()) return !names.contains(named.name.text());
    return !in_groups.contains(named.space.text() + '\0' + named.name.text());
  });
}

void ResponseToolChoice::apply(Conversation& conversation) const {
  // Whoever is named without a group is any of this name.
  std::unordered_set<std::string> of_any, of_group;
  const auto in_group = [](const Text& space, const Text& name) { return space.text() + '\0' + name.text(); };
  for (const Named& named : named_) {
    const bool is_any = named.space.raw.empty();
    is_any ? of_any.insert(named.name.text()) : of_group.insert(in_group(named.space, named.name));
  }
  const auto is_named = [&](const Tool& tool) {
    if (tool.space.raw.empty()) return of_any.contains(tool.name.text());
    return of_any.contains(tool.name_in_space.text()) ||
           of_group.contains(in_group(tool.space, tool.name_in_space));
  };
  conversation.tool_choice.kind = kind_;
  if (is_list_) {
    if (names_nobody(conversation)) add_beyond(conversation, "tool_choice", providers::Weight::need);
    std::erase_if(conversation.tools, [&](const Tool& tool) { return !is_named(tool); });
  } else if (kind_ == ToolChoice::Kind::named) {
    const auto tool = std::ranges::find_if(conversation.tools, is_named);
    conversation.tool_choice.name = tool == conversation.tools.end() ? named_.front().name : tool->name;
  }
}

}  // namespace gateway
