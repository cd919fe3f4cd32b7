#include "gateway/surfaces/openai_chat/chat_turns.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/media_values.hpp"
#include "gateway/surface/text_tool.hpp"
#include "gateway/surfaces/openai_chat/chat_parts.hpp"
#include "gateway/surfaces/openai_chat/chat_thoughts.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Part;
using providers::Text;
using providers::ToolCallPart;
using providers::ToolResultPart;
using providers::Turn;
using providers::Weight;

enum class ChatRole { system, user, assistant, tool, function };
constexpr std::array<std::pair<std::string_view, ChatRole>, 6> roles{{{"system", ChatRole::system},
                                                                      {"developer", ChatRole::system},
                                                                      {"user", ChatRole::user},
                                                                      {"assistant", ChatRole::assistant},
                                                                      {"tool", ChatRole::tool},
                                                                      {"function", ChatRole::function}}};

struct Called {
  std::unordered_set<std::string> ids{};
  // Of functions, which have no ids: that of the last call by its name.
  std::unordered_map<std::string, Text> functions{};
  std::size_t function_calls = 0;
};

class MessageReader {
 public:
  // `called`: of all messages before it.
  MessageReader(BodyWalk& walk, Conversation& conversation, Called& called)
      : walk_(walk), conversation_(conversation), called_(called) {}

  bool read(const Path& path) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    place_ = path.index;
    const bool is_read =
        walk_.object(path, [&](const JsonString& key, const Path& at) { return member(key, at); });
    return is_read && add(path);
  }

 private:
  bool member(const JsonString& key, const Path& path) {
    if (key.is("role")) return walk_.choice(path, roles, role_);
    if (key.is("content")) return read_content(walk_, path, conversation_, content_);
    if (key.is("name") && walk_.json.type() == JsonType::string) return read_text(walk_, path, name_);
    if (key.is("images")) return images(path);
    if (key.is("refusal")) return read_text(walk_, path, refusal_);
    if (key.is("tool_calls")) return tool_calls(path);
    if (key.is("tool_call_id")) return read_text(walk_, path, call_id_);
    if (key.is("reasoning_details")) return thoughts_.details(walk_, path);
    if (key.is("reasoning_content") || key.is("reasoning")) return thoughts_.plain(walk_, path);
    if (key.is("function_call")) return function_call(path);
    // Only OpenAI can find it again by its id.
    if (key.is("audio") && walk_.json.type() != JsonType::null) {
      add_beyond(conversation_, path.text(), Weight::need);
    }
    return walk_.json.skip();
  }

  // What a host answered, and no client wrote: what is no picture is left out, and that is told.
  bool images(const Path& path) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    if (walk_.json.type() != JsonType::array) {
      add_hint(conversation_, "images");
      return walk_.json.skip();
    }
    return walk_.array(path, [&](const Path&) {
      Text url;
      const auto text_or_skip = [&] {
        if (walk_.json.type() != JsonType::string) return walk_.json.skip();
        const auto found = walk_.json.string();
        if (found) url = *found;
        return found.has_value();
      };
      const auto within = [&](const JsonString& key) {
        return key.is("url") ? text_or_skip() : walk_.json.skip();
      };
      const auto member = [&](const JsonString& key) {
        if (!key.is("image_url")) return walk_.json.skip();
        return walk_.json.type() == JsonType::object ? walk_.json.object(within) : text_or_skip();
      };
      const bool is_read =
          walk_.json.type() == JsonType::object ? walk_.json.object(member) : walk_.json.skip();
      if (!is_read) return false;
      if (const auto picture = answered_picture(url)) {
        images_.push_back({*picture});
      } else {
        add_hint(conversation_, "images");
      }
      return true;
    });
  }

  bool tool_calls(const Path& path) {
    return walk_.array(path, [&](const Path& at) {
      ToolCallPart call;
      bool is_known = false;
      const bool is_read = walk_.object(at, [&](const JsonString& key, const Path& inner) {
        if (key.is("id")) return read_text(walk_, inner, call.id);
        if (!key.is("function") && !key.is("custom")) return walk_.json.skip();
        is_known = true;
        return key.is("function") ? function(inner, call) : custom(inner, call);
      });
      if (!is_read) return false;
      if (is_known) {
        calls_.push_back(call);
      } else {
        add_beyond(conversation_, at.text(), Weight::need);
      }
      return true;
    });
  }

  // As chats had them before tools: one a message, and without an id.
  bool function_call(const Path& path) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    ToolCallPart call;
    if (!function(path, call)) return false;
    const std::string id = "call_function_" + std::to_string(called_.function_calls++);
    call.id = {conversation_.own.keep(id), false};
    called_.functions[call.name.identity()] = call.id;
    calls_.push_back(call);
    return true;
  }

  bool function(const Path& path, ToolCallPart& call) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("name")) return read_text(walk_, at, call.name);
      if (!key.is("arguments")) return walk_.json.skip();
      Text arguments;
      if (!read_text(walk_, at, arguments)) return false;
      call.arguments = arguments.escaped ? conversation_.own.keep(arguments.text()) : arguments.raw;
      return true;
    });
  }

  // Of a tool that takes a text.
  bool custom(const Path& path, ToolCallPart& call) {
    Text input;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("name")) return read_text(walk_, at, call.name);
      return key.is("input") ? read_text(walk_, at, input) : walk_.json.skip();
    });
    if (is_read) call_with_text(call, input, conversation_.own);
    return is_read;
  }

  bool add(const Path& path) {
    if (!role_) return walk_.wrong("missing_member", path.member("role"), "nothing", "who says it");
    // Of a tool it is in the call, too.
    const bool is_result = *role_ == ChatRole::tool || *role_ == ChatRole::function;
    if (!name_.raw.empty() && !is_result) add_hint(conversation_, "name");
    switch (*role_) {
      case ChatRole::system:
        return system(path);
      case ChatRole::user:
        return turn(Turn::Role::user, std::move(content_));
      case ChatRole::assistant:
        return assistant();
      case ChatRole::tool:
        return result(path);
      case ChatRole::function:
        return function_result(path);
    }
    return true;
  }

  bool system(const Path& path) {
    if (!conversation_.turns.empty()) return turn(Turn::Role::system, std::move(content_));
    if (!are_texts(content_)) add_beyond(conversation_, path.member("content").text(), Weight::need);
    for (Part& part : content_) conversation_.system.push_back(std::move(part));
    return true;
  }

  bool assistant() {
    std::vector<Part> parts;
    thoughts_.move_into(parts, conversation_.own);
    for (Part& part : content_) parts.push_back(std::move(part));
    if (!refusal_.raw.empty()) parts.push_back({providers::TextPart{refusal_}});
    for (Part& image : images_) parts.push_back(std::move(image));
    for (const ToolCallPart& call : calls_) {
      called_.ids.insert(call.id.text());
      parts.push_back({call});
    }
    return turn(Turn::Role::assistant, std::move(parts));
  }

  bool result(const Path& path) {
    if (!called_.ids.contains(call_id_.text())) {
      return walk_.wrong("invalid_value", path.member("tool_call_id"), "no call before it that has this id",
                         "the id of one of an earlier message's `tool_calls`");
    }
    return answer_call(call_id_);
  }

  bool function_result(const Path& path) {
    const auto call = called_.functions.find(name_.identity());
    if (call != called_.functions.end()) return answer_call(call->second);
    return walk_.wrong("invalid_value", path.member("name"), "no call before it of a function of this name",
                       "the name of an earlier message's `function_call`");
  }

  bool answer_call(const Text& id) {
    ToolResultPart result;
    result.call_id = id;
    std::optional<providers::CacheLife> cache;
    // A mark in what is within is one on the whole of it.
    for (Part& part : content_) {
      if (const auto within = std::exchange(part.cache, std::nullopt)) cache = within;
      result.content.push_back(std::move(part));
    }
    std::vector<Part> parts;
    parts.push_back({std::move(result), cache});
    return turn(Turn::Role::user, std::move(parts));
  }

  bool turn(Turn::Role role, std::vector<Part> parts) {
    conversation_.turns.push_back({role, std::move(parts), place_});
    return true;
  }

  BodyWalk& walk_;
  Conversation& conversation_;
  Called& called_;
  std::size_t place_ = 0;
  std::optional<ChatRole> role_;
  std::vector<Part> content_;
  std::vector<Part> images_;  // that the model answered, as OpenRouter has them
  std::vector<ToolCallPart> calls_;
  Thoughts thoughts_;
  Text refusal_;
  Text name_;
  Text call_id_;
};

}  // namespace

bool read_turns(BodyWalk& walk, const Path& path, Conversation& conversation) {
  Called called;
  return walk.array(path, [&](const Path& at) { return MessageReader(walk, conversation, called).read(at); });
}

}  // namespace gateway
