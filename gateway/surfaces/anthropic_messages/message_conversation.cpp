#include "gateway/surfaces/anthropic_messages/message_conversation.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/conversation_body.hpp"
#include "gateway/surfaces/anthropic_messages/message_blocks.hpp"
#include "gateway/surfaces/anthropic_messages/message_tools.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::OutputForm;
using providers::Part;
using providers::Text;
using providers::TextPart;
using providers::ThinkingWish;
using providers::Turn;
using providers::Weight;
using Effort = ThinkingWish::Effort;

constexpr std::int64_t most_tokens = 100'000'000;
constexpr std::array<std::pair<std::string_view, Effort>, 5> efforts{{{"low", Effort::low},
                                                                      {"medium", Effort::medium},
                                                                      {"high", Effort::high},
                                                                      {"xhigh", Effort::xhigh},
                                                                      {"max", Effort::max}}};
constexpr std::array<std::pair<std::string_view, Turn::Role>, 3> roles{
    {{"user", Turn::Role::user}, {"assistant", Turn::Role::assistant}, {"system", Turn::Role::system}}};

// What is for Anthropic's own books, and says nothing to a model.
constexpr std::array<std::string_view, 5> said_to_others{"model", "stream", "user_profile_id", "workspace_id",
                                                         "diagnostics"};
// What makes the request another one, beside what a conversation has a place for.
constexpr std::array<std::string_view, 3> needs{"container", "mcp_servers", "inference_geo"};

// Thinking costs tokens of the answer; how much of them an effort takes only hosts know.
Effort effort_of_budget(std::int64_t budget) {
  if (budget < 4'096) return Effort::low;
  return budget < 16'384 ? Effort::medium : Effort::high;
}

class ConversationReader final : public ConversationBody {
 public:
  using ConversationBody::ConversationBody;

 private:
  bool member(const JsonString& key, const Path& path) override {
    if (key.is("messages")) return walk_.array(path, [&](const Path& at) { return message(at); });
    if (key.is("system")) return system(path);
    if (key.is("tools")) return read_message_tools(walk_, path, body_, said_);
    if (key.is("tool_choice")) return read_message_tool_choice(walk_, path, said_);
    if (key.is("max_tokens")) return walk_.integer(path, 0, most_tokens, said_.max_output);
    if (key.is("stop_sequences")) return stop_sequences(path);
    if (key.is("temperature")) return read_number(walk_, path, said_.sampling.temperature);
    if (key.is("top_p")) return read_number(walk_, path, said_.sampling.top_p);
    if (key.is("top_k")) return read_number(walk_, path, said_.sampling.top_k);
    if (key.is("thinking")) return thinking(path);
    if (key.is("output_config")) return output_config(path);
    if (key.is("output_format")) return output_format(path);
    if (key.is("metadata")) return metadata(path);
    if (key.is("cache_control")) return read_cache_control(walk_, path, said_.cache);
    return beyond(key, path);
  }

  bool message(const Path& path) {
    if (walk_.json.type() != JsonType::object) return walk_.wrong_type(path, "an object");
    std::optional<Turn::Role> role;
    std::vector<Part> parts;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("role")) return walk_.choice(at, roles, role);
      if (key.is("content")) return read_blocks(walk_, at, body_, said_, parts);
      return walk_.json.skip();
    });
    if (!is_read) return false;
    if (!role) return walk_.wrong("missing_member", path.member("role"), "nothing", "who says it");
    if (!follow_calls(path, parts)) return false;
    said_.turns.push_back({*role, std::move(parts), path.index});
    return true;
  }

  bool follow_calls(const Path& path, const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      if (const auto* call = std::get_if<providers::ToolCallPart>(&part.what)) calls_.insert(call->id.text());
      const auto* result = std::get_if<providers::ToolResultPart>(&part.what);
      if (result && !calls_.contains(result->call_id.text())) {
        const std::string id = result->call_id.text().substr(0, 64);
        return walk_.wrong("invalid_value", path.member("content"),
                           "a result of `" + id + "`, which is no call before it",
                           "the id of an earlier tool_use");
      }
    }
    return true;
  }

  // One of its blocks is no text for a model: it says which version of a program calls.
  bool system(const Path& path) {
    std::vector<Part> parts;
    if (!read_blocks(walk_, path, body_, said_, parts)) return false;
    for (Part& part : parts) {
      const auto* text = std::get_if<TextPart>(&part.what);
      if (!text) {
        add_beyond(said_, path.text(), Weight::need);
      } else if (!text->text.raw.starts_with("x-anthropic-billing-header:")) {
        said_.system.push_back(std::move(part));
      }
    }
    return true;
  }

  bool stop_sequences(const Path& path) {
    return walk_.array(path, [&](const Path& at) {
      Text text;
      if (!read_text(walk_, at, text)) return false;
      if (!text.raw.empty()) said_.sampling.stop.push_back(text);
      return true;
    });
  }

  bool thinking(const Path& path) {
    Text display;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, thinking_);
      if (key.is("budget_tokens")) return walk_.integer(at, 0, most_tokens, budget_);
      return key.is("display") ? read_text(walk_, at, display) : walk_.json.skip();
    });
    is_omitted_ = display.is("omitted");
    return is_read;
  }

  bool output_config(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("effort")) return walk_.choice(at, efforts, effort_);
      if (key.is("format")) return output_format(at);
      if (walk_.json.type() != JsonType::null) add_beyond(said_, at.text(), Weight::hint);
      return walk_.json.skip();
    });
  }

  bool output_format(const Path& path) {
    Text type;
    OutputForm& form = said_.form;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, type);
      if (key.is("name")) return read_text(walk_, at, form.name);
      if (key.is("schema")) return read_object(walk_, at, body_, form.schema);
      return walk_.json.skip();
    });
    if (!is_read || type.raw.empty() || type.is("text")) return is_read;
    if (!type.is("json_schema")) {
      add_beyond(said_, path.text(), Weight::need);
      return true;
    }
    if (form.schema.empty())
      return walk_.wrong("missing_member", path.member("schema"), "nothing", "a schema");
    form.kind = OutputForm::Kind::json_schema;
    form.is_strict = true;
    return true;
  }

  bool metadata(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      return key.is("user_id") ? read_text(walk_, at, said_.user) : walk_.json.skip();
    });
  }

  // null counts as absent, and so does what has nothing in it.
  bool beyond(const JsonString& key, const Path& path) {
    const JsonType type = walk_.json.type();
    bool is_said = type != JsonType::null;
    bool is_read = false;
    if (type == JsonType::object) {
      is_said = false;
      is_read = walk_.json.object([&](const JsonString&) { return is_said = true, walk_.json.skip(); });
    } else if (type == JsonType::array) {
      is_said = false;
      is_read = walk_.json.array([&] { return is_said = true, walk_.json.skip(); });
    } else {
      is_read = walk_.json.skip();
    }
    const auto is = [&](std::string_view name) { return key.is(name); };
    const bool is_routers = ClientBodyReader::is_routers(key.text());
    if (!is_read || !is_said || is_routers || std::ranges::any_of(said_to_others, is)) return is_read;
    const bool is_need = std::ranges::any_of(needs, is);
    add_beyond(said_, path.text(), is_need ? Weight::need : Weight::hint);
    return true;
  }

  void complete() override {
    ThinkingWish& wish = said_.thinking;
    const bool is_told = thinking_.is("enabled");
    const bool is_free = thinking_.is("adaptive") || thinking_.is("between_tools");
    if (thinking_.is("disabled")) {
      wish.effort = Effort::off;
    } else if (effort_) {
      wish.effort = *effort_;
    }
    if (is_told && budget_) {
      wish.budget = budget_;
      if (!effort_) wish.effort = effort_of_budget(*budget_);
    } else if (is_told && !effort_) {
      wish.effort = Effort::medium;
    }
    wish.is_optional = !is_told;
    // Who did not ask for it takes the first block for the answer.
    wish.is_hidden = is_omitted_ || !(is_told || is_free);
    wish.comes_back = is_told || is_free;
  }

  std::unordered_set<std::string> calls_;  // the ids of those so far
  Text thinking_;
  bool is_omitted_ = false;
  std::optional<std::int64_t> budget_;
  std::optional<Effort> effort_;
};

}  // namespace

Conversed conversation_of_messages(std::string_view body, providers::JsonTokens& tokens) {
  return conversation_by<ConversationReader>(body, tokens);
}

}  // namespace gateway
