#include "gateway/surfaces/gemini/gemini_conversation.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/surface/allowed_tools.hpp"
#include "gateway/surface/body_values.hpp"
#include "gateway/surface/client_body_reader.hpp"
#include "gateway/surface/conversation_body.hpp"
#include "gateway/surfaces/gemini/gemini_names.hpp"
#include "gateway/surfaces/gemini/gemini_schema.hpp"
#include "gateway/surfaces/gemini/gemini_tools.hpp"
#include "gateway/surfaces/gemini/gemini_turns.hpp"

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

constexpr std::array<std::pair<std::string_view, Effort>, 8> levels{{{"MINIMAL", Effort::minimal},
                                                                     {"LOW", Effort::low},
                                                                     {"MEDIUM", Effort::medium},
                                                                     {"HIGH", Effort::high},
                                                                     {"minimal", Effort::minimal},
                                                                     {"low", Effort::low},
                                                                     {"medium", Effort::medium},
                                                                     {"high", Effort::high}}};

// The model stands in the path, and whether it streams; and what is for Google's own books says nothing to a
// model.
constexpr std::array<std::string_view, 4> said_to_others{"model", "stream", "labels", "store"};

class ConversationReader final : public ConversationBody {
 public:
  using ConversationBody::ConversationBody;

 private:
  bool member(const JsonString& key, const Path& path) override {
    if (key.is("contents")) return read_gemini_turns(walk_, path, body_, said_);
    if (is(key, "systemInstruction", "system_instruction")) return read_gemini_system(walk_, path, said_);
    if (key.is("tools")) return read_gemini_tools(walk_, path, body_, said_);
    if (is(key, "toolConfig", "tool_config")) return read_gemini_tool_config(walk_, path, said_, allowed_);
    if (is(key, "generationConfig", "generation_config")) {
      return walk_.object(path, [&](const JsonString& inner, const Path& at) { return wish(inner, at); });
    }
    if (is(key, "cachedContent", "cached_content")) return beyond(path, Weight::need);
    if (is(key, "serviceTier", "service_tier")) return tier(path);
    const auto is_it = [&](std::string_view name) { return key.is(name); };
    const bool is_quiet =
        ClientBodyReader::is_routers(key.text()) || std::ranges::any_of(said_to_others, is_it);
    return is_quiet ? walk_.json.skip() : beyond(path, Weight::hint);
  }

  // What is the usual anyway is not said.
  bool tier(const Path& path) {
    if (walk_.json.type() != JsonType::string) return beyond(path, Weight::hint);
    Text word;
    if (!read_text(walk_, path, word)) return false;
    const bool is_usual = word.is("standard") || word.is("STANDARD") || word.is("unspecified");
    if (!is_usual) add_beyond(said_, path.text(), Weight::hint);
    return true;
  }

  bool beyond(const Path& path, Weight weight) {
    const bool is_said = walk_.json.type() != JsonType::null;
    if (!walk_.json.skip()) return false;
    if (is_said) add_beyond(said_, path.text(), weight);
    return true;
  }

  bool wish(const JsonString& key, const Path& path) {
    providers::Sampling& sampling = said_.sampling;
    if (key.is("temperature")) return read_number(walk_, path, sampling.temperature);
    if (is(key, "topP", "top_p")) return read_number(walk_, path, sampling.top_p);
    if (is(key, "topK", "top_k")) return read_number(walk_, path, sampling.top_k);
    if (key.is("seed")) return read_number(walk_, path, sampling.seed);
    if (is(key, "presencePenalty", "presence_penalty")) {
      return read_number(walk_, path, sampling.presence_penalty);
    }
    if (is(key, "frequencyPenalty", "frequency_penalty")) {
      return read_number(walk_, path, sampling.frequency_penalty);
    }
    if (is(key, "maxOutputTokens", "max_output_tokens")) {
      return walk_.integer(path, 0, most_tokens, said_.max_output);
    }
    if (is(key, "candidateCount", "candidate_count")) return walk_.integer(path, 1, 128, choices_);
    if (is(key, "responseLogprobs", "response_logprobs")) return walk_.boolean(path, logprobs_);
    if (key.is("logprobs")) return walk_.integer(path, 0, 1'000, top_logprobs_);
    return form(key, path);
  }

  bool form(const JsonString& key, const Path& path) {
    if (is(key, "stopSequences", "stop_sequences")) {
      return walk_.array(path, [&](const Path& at) {
        Text text;
        if (!read_text(walk_, at, text)) return false;
        if (!text.raw.empty()) said_.sampling.stop.push_back(text);
        return true;
      });
    }
    if (is(key, "responseMimeType", "response_mime_type")) return read_text(walk_, path, mime_type_);
    if (is(key, "responseSchema", "response_schema")) {
      if (!read_object(walk_, path, body_, said_.form.schema)) return false;
      said_.form.schema = as_json_schema(said_.form.schema, said_.own);
      return true;
    }
    if (is(key, "responseJsonSchema", "response_json_schema")) {
      return read_object(walk_, path, body_, said_.form.schema);
    }
    if (is(key, "thinkingConfig", "thinking_config")) return thinking(path);
    if (is(key, "responseModalities", "response_modalities")) return modalities(path);
    const bool is_need = is(key, "speechConfig", "speech_config") || is(key, "imageConfig", "image_config");
    return beyond(path, is_need ? Weight::need : Weight::hint);
  }

  bool modalities(const Path& path) {
    bool is_more = false;
    const bool is_read = walk_.array(path, [&](const Path& at) {
      Text modality;
      if (!read_text(walk_, at, modality)) return false;
      is_more |= !modality.is("TEXT") && !modality.is("text");
      return true;
    });
    if (is_more) add_beyond(said_, path.text(), Weight::need);
    return is_read;
  }

  bool thinking(const Path& path) {
    return walk_.object(path, [&](const JsonString& key, const Path& at) {
      if (is(key, "includeThoughts", "include_thoughts")) return walk_.boolean(at, shows_thoughts_);
      if (is(key, "thinkingBudget", "thinking_budget")) return walk_.integer(at, -1, most_tokens, budget_);
      if (is(key, "thinkingLevel", "thinking_level")) return walk_.choice(at, levels, effort_);
      return walk_.json.skip();
    });
  }

  void complete() override {
    if (!allowed_.empty()) {
      offer_only(allowed_, "toolConfig.functionCallingConfig.allowedFunctionNames", said_);
    }
    said_.sampling.choices = choices_.value_or(1);
    // Hosts of other APIs tell them in another form.
    if (logprobs_.value_or(false)) add_beyond(said_, "generationConfig.responseLogprobs", Weight::need);
    if (!said_.form.schema.empty()) {
      said_.form.kind = OutputForm::Kind::json_schema;
      said_.form.is_strict = false;
    } else if (mime_type_.is("application/json")) {
      said_.form.kind = OutputForm::Kind::json_object;
    }
    ThinkingWish& thinking = said_.thinking;
    thinking.is_hidden = !shows_thoughts_.value_or(false);
    thinking.is_optional = true;
    if (effort_) thinking.effort = *effort_;
    if (budget_ == -1) thinking.effort = Effort::medium;
    if (budget_ == 0) thinking.effort = Effort::off;
    if (budget_.value_or(0) > 0) thinking.budget = budget_;
  }

  std::vector<Text> allowed_;
  Text mime_type_;
  std::optional<std::int64_t> choices_, top_logprobs_, budget_;
  std::optional<bool> logprobs_, shows_thoughts_;
  std::optional<Effort> effort_;
};

}  // namespace

Conversed gemini_conversation_of(std::string_view body, providers::JsonTokens& tokens) {
  return conversation_by<ConversationReader>(body, tokens);
}

}  // namespace gateway
