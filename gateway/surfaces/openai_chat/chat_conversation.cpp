#include "gateway/surfaces/openai_chat/chat_conversation.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "gateway/surface/allowed_tools.hpp"
#include "gateway/surface/body_values.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/conversation_body.hpp"
#include "gateway/surfaces/openai_chat/chat_tools.hpp"
#include "gateway/surfaces/openai_chat/chat_turns.hpp"

namespace gateway {
namespace {

using providers::Conversation;
using providers::JsonString;
using providers::JsonType;
using providers::OutputForm;
using providers::Text;
using providers::ThinkingWish;
using providers::Weight;
using Effort = ThinkingWish::Effort;

constexpr std::int64_t most_tokens = 100'000'000;

// What is for OpenAI's own books and caches, and says nothing to a model.
constexpr std::array<std::string_view, 4> said_to_others{"model", "stream", "stream_options", "store"};
// What makes the request another one, beside what a conversation has a place for.
constexpr std::array<std::string_view, 4> needs{"audio", "logit_bias", "moderation", "web_search_options"};

class ConversationReader final : public ConversationBody {
 public:
  using ConversationBody::ConversationBody;

 private:
  bool member(const JsonString& key, const Path& path) override {
    if (key.is("messages")) return read_turns(walk_, path, said_);
    if (key.is("tools")) return tools(path);
    if (key.is("functions")) return read_functions(walk_, path, body_, said_);
    if (key.is("function_call")) return read_function_choice(walk_, path, said_);
    if (key.is("tool_choice")) return read_tool_choice(walk_, path, said_, allowed_);
    if (key.is("parallel_tool_calls")) return walk_.boolean(path, said_.parallel_tool_calls);
    if (key.is("max_tokens")) return walk_.integer(path, 0, most_tokens, max_tokens_);
    if (key.is("max_completion_tokens")) return walk_.integer(path, 0, most_tokens, said_.max_output);
    if (key.is("response_format")) return response_format(path);
    if (key.is("reasoning_effort")) return walk_.choice(path, providers::effort_words, effort_);
    if (key.is("reasoning")) return reasoning(path);
    if (key.is("include_reasoning")) return include_reasoning(path);
    if (key.is("cache_control")) return read_cache_control(walk_, path, said_.cache);
    if (key.is("user")) return read_text(walk_, path, said_.user);
    if (key.is("metadata")) return metadata(path);
    if (key.is("modalities")) return modalities(path);
    if (key.is("verbosity")) return read_text(walk_, path, said_.form.verbosity);
    if (is_handling(key)) return read_handling(walk_, key, path, body_, said_);
    return sampling(key, path);
  }

  bool tools(const Path& path) {
    const std::size_t before = said_.tools.size();
    if (!read_tools(walk_, path, body_, said_)) return false;
    has_tools_ |= said_.tools.size() > before;
    return true;
  }

  bool sampling(const JsonString& key, const Path& path) {
    providers::Sampling& sampling = said_.sampling;
    if (key.is("temperature")) return read_number(walk_, path, sampling.temperature);
    if (key.is("top_p")) return read_number(walk_, path, sampling.top_p);
    if (key.is("top_k")) return read_number(walk_, path, sampling.top_k);
    if (key.is("seed")) return read_number(walk_, path, sampling.seed);
    if (key.is("frequency_penalty")) return read_number(walk_, path, sampling.frequency_penalty);
    if (key.is("presence_penalty")) return read_number(walk_, path, sampling.presence_penalty);
    if (key.is("stop")) return stop(path);
    if (key.is("n")) return walk_.integer(path, 1, 128, choices_);
    if (key.is("logprobs")) return walk_.boolean(path, logprobs_);
    if (key.is("top_logprobs")) return walk_.integer(path, 0, 1'000, top_logprobs_);
    return beyond(key, path);
  }

  // null counts as absent, and so does an object without members, unless that is how it is asked for as it
  // usually is.
  bool beyond(const JsonString& key, const Path& path) {
    bool is_said = walk_.json.type() != JsonType::null;
    if (walk_.json.type() == JsonType::object && !key.is("web_search_options")) {
      is_said = false;
      if (!walk_.json.object([&](const JsonString&) { return is_said = true, walk_.json.skip(); }))
        return false;
    } else if (!walk_.json.skip()) {
      return false;
    }
    const auto is = [&](std::string_view name) { return key.is(name); };
    const bool is_routers = ClientBodyReader::is_routers(key.text());
    if (!is_said || is_routers || std::ranges::any_of(said_to_others, is)) return true;
    const bool is_need = std::any_of(needs.begin(), needs.end(), is);
    add_beyond(said_, path.text(), is_need ? Weight::need : Weight::hint);
    return true;
  }

  bool stop(const Path& path) {
    const auto one = [&](const Path& at) {
      Text text;
      if (!read_text(walk_, at, text)) return false;
      if (!text.raw.empty()) said_.sampling.stop.push_back(text);
      return true;
    };
    return walk_.json.type() == JsonType::string ? one(path) : walk_.array(path, one);
  }

  bool response_format(const Path& path) {
    Text type;
    OutputForm& form = said_.form;
    const bool is_read = walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("type")) return read_text(walk_, at, type);
      return key.is("json_schema") ? json_schema(at) : walk_.json.skip();
    });
    if (!is_read) return false;
    if (type.is("json_object")) {
      form.kind = OutputForm::Kind::json_object;
    } else if (type.is("json_schema")) {
      form.kind = OutputForm::Kind::json_schema;
      if (form.schema.empty()) {
        return walk_.wrong("missing_member", path.member("json_schema"), "no schema", "one with a schema");
      }
    } else if (!type.raw.empty() && !type.is("text")) {
      add_beyond(said_, "response_format", Weight::need);
    }
    return true;
  }

  bool json_schema(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("name")) return read_text(walk_, at, said_.form.name);
      if (key.is("description")) return read_text(walk_, at, said_.form.description);
      if (key.is("schema")) return read_object(walk_, at, body_, said_.form.schema);
      if (!key.is("strict")) return walk_.json.skip();
      std::optional<bool> strict;
      if (!walk_.boolean(at, strict)) return false;
      said_.form.is_strict = strict.value_or(false);
      return true;
    });
  }

  bool reasoning(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (key.is("effort")) return walk_.choice(at, providers::effort_words, effort_);
      if (key.is("max_tokens")) return walk_.integer(at, 0, most_tokens, said_.thinking.budget);
      if (key.is("enabled")) return walk_.boolean(at, thinks_);
      if (key.is("exclude")) return walk_.boolean(at, is_hidden_);
      const bool is_told = key.is("summary") || walk_.json.type() == JsonType::null;
      if (!is_told) add_beyond(said_, at.text(), Weight::hint);
      return walk_.json.skip();
    });
  }

  bool include_reasoning(const Path& path) {
    std::optional<bool> shown;
    if (!walk_.boolean(path, shown)) return false;
    if (shown) is_hidden_ = !*shown;
    return true;
  }

  bool metadata(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path&) {
      if (walk_.json.type() != JsonType::string) return walk_.json.skip();
      const auto value = walk_.json.string();
      if (value && said_.metadata.size() < 16) said_.metadata.emplace_back(key, *value);
      return value.has_value();
    });
  }

  // Of what is heard no conversation has a word.
  bool modalities(const Path& path) {
    if (walk_.json.type() == JsonType::null) return walk_.json.null();
    bool is_more = false, has_text = false;
    const bool is_read = walk_.array(path, [&](const Path& at) {
      Text modality;
      if (!read_text(walk_, at, modality)) return false;
      has_text |= modality.is("text");
      said_.form.has_pictures |= modality.is("image");
      is_more |= !modality.is("text") && !modality.is("image");
      return true;
    });
    said_.form.has_text = has_text || !said_.form.has_pictures;
    if (is_more) add_beyond(said_, "modalities", Weight::need);
    return is_read;
  }

  void complete() override {
    said_.calls_functions &= !has_tools_;
    if (said_.calls_functions && !said_.parallel_tool_calls) said_.parallel_tool_calls = false;
    if (!allowed_.empty()) offer_only(allowed_, "tool_choice", said_);
    if (!said_.max_output) said_.max_output = max_tokens_;
    said_.sampling.choices = choices_.value_or(1);
    if (logprobs_.value_or(false)) said_.sampling.logprobs = top_logprobs_.value_or(0);
    ThinkingWish& thinking = said_.thinking;
    if (effort_) thinking.effort = *effort_;
    if (thinks_ == true && !thinking.is_on()) thinking.effort = Effort::medium;
    if (thinking.budget == 0 || thinks_ == false) thinking.effort = Effort::off;
    if (thinking.effort == Effort::off) thinking.budget.reset();
    thinking.is_hidden = is_hidden_.value_or(false);
  }

  std::vector<Text> allowed_;
  bool has_tools_ = false;
  std::optional<std::int64_t> max_tokens_, choices_, top_logprobs_;
  std::optional<bool> logprobs_, thinks_, is_hidden_;
  std::optional<Effort> effort_;
};

}  // namespace

Conversed conversation_of(std::string_view body, providers::JsonTokens& tokens) {
  return conversation_by<ConversationReader>(body, tokens);
}

}  // namespace gateway
