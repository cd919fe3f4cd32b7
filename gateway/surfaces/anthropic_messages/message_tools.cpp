#include "gateway/surfaces/anthropic_messages/message_tools.hpp"

#include <array>
#include <optional>
#include <utility>

#include "gateway/surface/body_values.hpp"

namespace gateway {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Text;
using providers::Tool;
using providers::ToolChoice;

namespace {

// No other API has a word for them.
bool read_examples(BodyWalk& walk, const Path& path, Conversation& conversation) {
  bool is_said = false;
  const bool is_read = walk.array(path, [&](const Path&) { return is_said = true, walk.json.skip(); });
  if (is_said) add_hint(conversation, "input_examples");
  return is_read;
}

}  // namespace

bool read_message_tools(BodyWalk& walk, const Path& path, std::string_view body, Conversation& conversation) {
  return walk.array(path, [&](const Path& element) {
    if (walk.json.type() != JsonType::object) return walk.wrong_type(element, "an object");
    Tool tool;
    Text type;
    std::optional<bool> is_strict;
    const bool is_read = walk.object(element, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk, at, type);
      if (key.is("name")) return read_text(walk, at, tool.name);
      if (key.is("description")) return read_text(walk, at, tool.description);
      if (key.is("input_schema")) return read_object(walk, at, body, tool.schema);
      if (key.is("strict")) return walk.boolean(at, is_strict);
      if (key.is("cache_control")) return read_cache_control(walk, at, tool.cache);
      if (key.is("defer_loading")) return read_hint(walk, at, key, conversation);
      if (key.is("input_examples")) return read_examples(walk, at, conversation);
      return walk.json.skip();
    });
    if (!is_read) return false;
    // Tools of Anthropic's own have a type each, with a date: their form is known to its models alone.
    if (!type.raw.empty() && !type.is("custom")) {
      add_beyond(conversation, element.text(), providers::Weight::need);
      return true;
    }
    if (tool.name.raw.empty()) {
      return walk.wrong("missing_member", element.member("name"), "nothing", "a name");
    }
    tool.is_strict = is_strict.value_or(false);
    conversation.tools.push_back(tool);
    return true;
  });
}

bool read_message_tool_choice(BodyWalk& walk, const Path& path, Conversation& conversation) {
  using Kind = ToolChoice::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 4> words{
      {{"auto", Kind::automatic}, {"any", Kind::any}, {"tool", Kind::named}, {"none", Kind::none}}};
  ToolChoice& choice = conversation.tool_choice;
  std::optional<Kind> kind;
  std::optional<bool> one_at_a_time;
  const bool is_read = walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("type")) return walk.choice(at, words, kind);
    if (key.is("name")) return read_text(walk, at, choice.name);
    if (key.is("disable_parallel_tool_use")) return walk.boolean(at, one_at_a_time);
    return walk.json.skip();
  });
  if (!is_read) return false;
  if (kind == Kind::named && choice.name.raw.empty()) {
    return walk.wrong("missing_member", path.member("name"), "nothing", "the tool's name");
  }
  choice.kind = kind.value_or(Kind::unsaid);
  if (one_at_a_time == true) conversation.parallel_tool_calls = false;
  return true;
}

}  // namespace gateway
