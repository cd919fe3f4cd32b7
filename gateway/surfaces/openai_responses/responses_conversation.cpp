#include "gateway/surfaces/openai_responses/responses_conversation.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "gateway/surface/body_values.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/conversation_body.hpp"
#include "gateway/surface/media_values.hpp"
#include "gateway/surfaces/openai_responses/responses_tools.hpp"
#include "gateway/surfaces/openai_responses/responses_turns.hpp"
#include "gateway/surfaces/openai_responses/said_back.hpp"
#include "providers/conversation/matter.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::Matter;
using providers::OutputForm;
using providers::Text;
using providers::ThinkingWish;
using providers::Weight;
using Effort = ThinkingWish::Effort;

constexpr std::int64_t most_tokens = 100'000'000;

// What is for OpenAI's own books and caches, or for the form of its replies, and says nothing
// to a model.
constexpr std::array<std::string_view, 9> said_to_others{"model",
                                                         "stream",
                                                         "stream_options",
                                                         "store",
                                                         "background",
                                                         "background_options",
                                                         "previous_response_id",
                                                         "conversation",
                                                         "client_metadata"};

class ConversationReader final : public ConversationBody {
 public:
  using ConversationBody::ConversationBody;

 private:
  bool member(const JsonString& key, const Path& path) override {
    const std::size_t begin = walk_.json.position();
    const bool is_null = walk_.json.type() == JsonType::null;
    if (!read_member(key, path)) return false;
    if (!is_null) back_.keep(key, body_.substr(begin, walk_.json.end() - begin));
    return true;
  }

  bool read_member(const JsonString& key, const Path& path) {
    if (key.is("input")) return read_items(walk_, path, said_);
    if (key.is("instructions")) return read_text(walk_, path, instructions_);
    if (key.is("tools")) return read_response_tools(walk_, path, body_, said_, hosted_);
    if (key.is("tool_choice")) return choice_.read(walk_, path, hosted_);
    if (key.is("parallel_tool_calls")) return walk_.boolean(path, said_.parallel_tool_calls);
    if (key.is("max_output_tokens")) return walk_.integer(path, 0, most_tokens, said_.max_output);
    if (key.is("text")) return text(path);
    if (key.is("reasoning")) return reasoning(path);
    if (key.is("temperature")) return read_number(walk_, path, said_.sampling.temperature);
    if (key.is("top_p")) return read_number(walk_, path, said_.sampling.top_p);
    if (key.is("top_logprobs")) return walk_.integer(path, 0, 1'000, top_logprobs_);
    if (key.is("include")) return include(path);
    if (key.is("user")) return read_text(walk_, path, said_.user);
    if (is_handling(key)) return read_handling(walk_, key, path, body_, said_);
    // What it says comes back in the reply, and tells a host nothing.
    if (key.is("metadata"))
      return walk_.object(path, [&](const auto&, const auto&) { return walk_.json.skip(); });
    return beyond(key, path);
  }

  // null counts as absent, and so does what is the usual anyway.
  bool beyond(const JsonString& key, const Path& path) {
    bool is_said = walk_.json.type() != JsonType::null;
    Text word;
    if (walk_.json.type() == JsonType::string) {
      if (!read_text(walk_, path, word)) return false;
      is_said = !(key.is("truncation") && word.is("disabled"));
    } else if (!walk_.json.skip()) {
      return false;
    }
    const auto is = [&](std::string_view name) { return key.is(name); };
    const bool is_routers = ClientBodyReader::is_routers(key.text());
    if (!is_said || is_routers || std::ranges::any_of(said_to_others, is)) return true;
    // A template lies at one host; and who wants an answer looked over does not want it without.
    const bool is_need = key.is("prompt") || key.is("moderation");
    add_beyond(said_, path.text(), is_need ? Weight::need : Weight::hint);
    return true;
  }

  bool text(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("format")) return format(at);
      return key.is("verbosity") ? read_text(walk_, at, said_.form.verbosity) : walk_.json.skip();
    });
  }

  bool format(const Path& path) {
    Text type;
    OutputForm& form = said_.form;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, type);
      if (key.is("name")) return read_text(walk_, at, form.name);
      if (key.is("description")) return read_text(walk_, at, form.description);
      if (key.is("schema")) return read_object(walk_, at, body_, form.schema);
      if (!key.is("strict")) return walk_.json.skip();
      std::optional<bool> strict;
      if (!walk_.boolean(at, strict)) return false;
      form.is_strict = strict.value_or(false);
      return true;
    });
    if (!is_read) return false;
    if (type.is("json_object")) {
      form.kind = OutputForm::Kind::json_object;
    } else if (type.is("json_schema")) {
      form.kind = OutputForm::Kind::json_schema;
      if (form.schema.empty()) {
        return walk_.wrong("missing_member", path.member("schema"), "nothing", "a schema");
      }
    } else if (!type.raw.empty() && !type.is("text")) {
      add_beyond(said_, path.text(), Weight::need);
    }
    return true;
  }

  bool reasoning(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("effort")) return walk_.choice(at, providers::effort_words, effort_);
      if (!key.is("summary") && !key.is("generate_summary")) {
        if (walk_.json.type() != JsonType::null) add_beyond(said_, at.text(), Weight::hint);
        return walk_.json.skip();
      }
      Text summary;
      if (!read_text(walk_, at, summary)) return false;
      said_.thinking.wants_summary |= !summary.raw.empty();
      return true;
    });
  }

  bool include(const Path& path) {
    return walk_.array(path, [&](const Path& at) {
      Text wanted;
      if (!read_text(walk_, at, wanted)) return false;
      has_logprobs_ |= wanted.is("message.output_text.logprobs");
      return true;
    });
  }

  void complete() override {
    if (!instructions_.raw.empty()) {
      said_.system.insert(said_.system.begin(), {providers::TextPart{instructions_}});
    }
    choice_.apply(said_);
    // What the model may use beside tools that the client has for it, it can do without.
    using Kind = providers::ToolChoice::Kind;
    const Kind choice = said_.tool_choice.kind;
    const bool is_free = !said_.tools.empty() && !hosted_.are_wanted && choice != Kind::any;
    const bool is_hint = is_free || choice == Kind::none;
    for (std::string& param : hosted_.params) {
      add_beyond(said_, std::move(param), is_hint ? Weight::hint : Weight::need);
    }
    if (hosted_.are_wanted) add_beyond(said_, "tool_choice", Weight::need);
    if (has_logprobs_ || top_logprobs_.value_or(0) > 0) said_.sampling.logprobs = top_logprobs_.value_or(0);
    if (effort_) said_.thinking.effort = *effort_;
    said_.said_back = said_.own.keep(back_.members());
  }

  SaidBack back_;
  HostedTools hosted_;
  ResponseToolChoice choice_;
  Text instructions_;
  bool has_logprobs_ = false;
  std::optional<std::int64_t> top_logprobs_;
  std::optional<Effort> effort_;
};

}  // namespace

Conversed responses_conversation_of(std::string_view body, providers::JsonTokens& tokens) {
  return conversation_by<ConversationReader>(body, tokens);
}

}  // namespace gateway
