#include "gateway/surfaces/openai_responses/responses_turns.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/kept_thinking.hpp"
#include "gateway/surface/media_values.hpp"
#include "gateway/surface/text_tool.hpp"
#include "gateway/surfaces/openai_responses/responses_parts.hpp"
#include "gateway/surfaces/openai_responses/responses_tools.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::MediaPart;
using providers::Part;
using providers::Text;
using providers::TextPart;
using providers::ThinkingPart;
using providers::ToolCallPart;
using providers::ToolResultPart;
using providers::Turn;
using providers::Weight;

// How OpenRouter's clients call what OpenAI encrypts.
constexpr std::string_view encrypted_format = "openai-responses-v1";

constexpr std::array<std::pair<std::string_view, Turn::Role>, 4> roles{
    {{"system", Turn::Role::system},
     {"developer", Turn::Role::system},
     {"user", Turn::Role::user},
     {"assistant", Turn::Role::assistant}}};

// By how its data begins, as it stands in JSON: of what a tool made no type is said.
std::string_view type_of_image(std::string_view base64) {
  if (base64.starts_with("/9j") || base64.starts_with("\\/9j")) return "image/jpeg";
  if (base64.starts_with("UklGR")) return "image/webp";
  if (base64.starts_with("R0lGOD")) return "image/gif";
  return "image/png";
}

std::string joined(const std::vector<Part>& parts) {
  std::string raw;
  for (const Part& part : parts) {
    const auto* text = std::get_if<TextPart>(&part.what);
    if (!text) continue;
    if (!raw.empty()) raw += "\\n\\n";
    raw.append(text->text.raw);
  }
  return raw;
}

using CallIds = std::set<std::string, std::less<>>;

class ItemReader {
 public:
  ItemReader(BodyWalk& walk, Conversation& conversation, CallIds& calls)
      : walk_(walk), said_(conversation), calls_(calls) {}

  bool read(const Path& path) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    place_ = path.index;
    const bool is_read =
        walk_.object(path, [&](const JsonString& key, const Path& at) { return member(key, at); });
    return is_read && add(path);
  }

 private:
  bool member(const JsonString& key, const Path& path) {
    if (key.is("type")) return read_text(walk_, path, type_);
    if (key.is("role")) return walk_.choice(path, roles, role_);
    if (key.is("content") || key.is("output")) return content(path, content_);
    if (key.is("summary")) return content(path, summary_);
    if (key.is("encrypted_content")) return read_text(walk_, path, encrypted_);
    if (key.is("id")) return read_text(walk_, path, id_);
    if (key.is("call_id")) return read_text(walk_, path, call_id_);
    if (key.is("name")) return read_text(walk_, path, name_);
    if (key.is("namespace")) return read_text(walk_, path, space_);
    if (key.is("arguments")) return text_or_skip(arguments_);
    if (key.is("input")) return text_or_skip(arguments_);
    if (key.is("result")) return text_or_skip(result_);
    return walk_.json.skip();
  }

  // Of items that no conversation has a place for it may be anything.
  bool content(const Path& path, std::vector<Part>& parts) {
    const JsonType type = walk_.json.type();
    const bool is_ours = type == JsonType::string || type == JsonType::array || type == JsonType::null;
    return is_ours ? read_item_content(walk_, path, said_, parts) : walk_.json.skip();
  }

  bool text_or_skip(std::optional<Text>& text) {
    if (walk_.json.type() != JsonType::string) return walk_.json.skip();
    text = walk_.json.string();
    return text.has_value();
  }

  bool add(const Path& path) {
    if (type_.is("message") || (type_.raw.empty() && role_)) return message(path);
    if (type_.is("function_call") || type_.is("custom_tool_call")) return call(path);
    if (type_.is("function_call_output") || type_.is("custom_tool_call_output")) return result(path);
    if (type_.is("reasoning")) return reasoning();
    if (type_.is("image_generation_call") && result_) return image();
    add_beyond(said_, path.text(), Weight::need);
    return true;
  }

  bool message(const Path& path) {
    if (!role_) return walk_.wrong("missing_member", path.member("role"), "nothing", "who says it");
    if (*role_ == Turn::Role::system && said_.turns.empty()) {
      if (!are_texts(content_)) add_beyond(said_, path.member("content").text(), Weight::need);
      std::move(content_.begin(), content_.end(), std::back_inserter(said_.system));
      return true;
    }
    const bool goes_on = *role_ == Turn::Role::assistant && only_thinks();
    std::vector<Part>& parts = goes_on ? said_.turns.back().parts : turn(*role_);
    std::move(content_.begin(), content_.end(), std::back_inserter(parts));
    return true;
  }

  bool call(const Path& path) {
    if (name_.raw.empty()) {
      return walk_.wrong("missing_member", path.member("name"), "nothing", "the name of a tool");
    }
    if (call_id_.raw.empty()) call_id_ = id_;
    ToolCallPart call{.id = call_id_, .name = name_};
    if (!space_.raw.empty()) call.name = joined_name(space_, name_, said_.own);
    const Text arguments = arguments_.value_or(Text{});
    if (type_.is("custom_tool_call")) {
      call_with_text(call, arguments, said_.own);
    } else {
      call.arguments = arguments.escaped ? said_.own.keep(arguments.text()) : arguments.raw;
    }
    calls_.insert(call_id_.text());
    assistant().push_back({call});
    return true;
  }

  bool result(const Path& path) {
    if (!calls_.contains(call_id_.text())) {
      return walk_.wrong("invalid_value", path.member("call_id"), "no call before it that has this id",
                         "the id of a call in `input`");
    }
    ToolResultPart result;
    result.call_id = call_id_;
    result.content = std::move(content_);
    const bool goes_on = !said_.turns.empty() && said_.turns.back().role == Turn::Role::user &&
                         !said_.turns.back().parts.empty() &&
                         std::holds_alternative<ToolResultPart>(said_.turns.back().parts.back().what);
    (goes_on ? said_.turns.back().parts : turn(Turn::Role::user)).push_back({std::move(result)});
    return true;
  }

  // Of what the model itself made: one that cannot be read is left out, and that is told.
  bool image() {
    if (!begins_as_base64(result_->raw)) {
      add_hint(said_, "images");
      return true;
    }
    assistant().push_back({MediaPart{.kind = MediaPart::Kind::image,
                                     .source = MediaPart::Source::base64,
                                     .content = *result_,
                                     .media_type = {type_of_image(result_->raw), false}}});
    return true;
  }

  bool reasoning() {
    ThinkingPart thinking;
    if (auto kept = thinking_kept_in(encrypted_)) {
      thinking = *kept;
    } else if (!encrypted_.raw.empty()) {
      thinking.redacted = encrypted_;
      thinking.format = {encrypted_format, false};
      thinking.id = id_;
    } else {
      std::string text = joined(content_.empty() ? summary_ : content_);
      if (text.empty()) return true;
      thinking.text = {said_.own.keep(std::move(text)), true};
    }
    assistant().push_back({thinking});
    return true;
  }

  std::vector<Part>& turn(Turn::Role role) {
    said_.turns.push_back({role, {}, place_});
    return said_.turns.back().parts;
  }
  // What is thought and called belongs to what was said before it.
  std::vector<Part>& assistant() {
    const bool goes_on = !said_.turns.empty() && said_.turns.back().role == Turn::Role::assistant;
    return goes_on ? said_.turns.back().parts : turn(Turn::Role::assistant);
  }
  bool only_thinks() const {
    return !said_.turns.empty() && said_.turns.back().role == Turn::Role::assistant &&
           std::ranges::all_of(said_.turns.back().parts, [](const Part& part) {
             return std::holds_alternative<ThinkingPart>(part.what);
           });
  }

  BodyWalk& walk_;
  Conversation& said_;
  CallIds& calls_;
  Text type_, encrypted_, id_, call_id_, name_, space_;
  std::size_t place_ = 0;
  std::optional<Turn::Role> role_;
  std::optional<Text> arguments_, result_;
  std::vector<Part> content_, summary_;
};

}  // namespace

bool read_items(BodyWalk& walk, const Path& path, Conversation& conversation) {
  if (walk.json.type() == JsonType::string) {
    Text text;
    if (!read_text(walk, path, text)) return false;
    conversation.turns.push_back({Turn::Role::user, {Part{TextPart{text}}}});
    return true;
  }
  CallIds calls;
  return walk.array(path, [&](const Path& at) { return ItemReader(walk, conversation, calls).read(at); });
}

}  // namespace gateway
