#include "providers/conversation/matter.hpp"

#include <algorithm>
#include <array>

namespace providers {
namespace {

struct Row {
  Matter matter;
  std::string_view name;
  Weight weight;
};
constexpr std::array<Row, matter_count> rows{{
    {Matter::tools, "tools", Weight::need},
    {Matter::forced_tool, "tool_choice", Weight::need},
    {Matter::strict_tools, "strict", Weight::hint},
    {Matter::parallel_tool_calls, "parallel_tool_calls", Weight::hint},
    {Matter::image_data, "image_url", Weight::need},
    {Matter::image_url, "image_url", Weight::need},
    {Matter::image_detail, "detail", Weight::hint},
    {Matter::audio, "input_audio", Weight::need},
    {Matter::pdf_data, "file", Weight::need},
    {Matter::pdf_url, "file", Weight::need},
    {Matter::other_file, "file", Weight::need},
    {Matter::file_id, "file_id", Weight::need},
    {Matter::json_object, "response_format", Weight::need},
    {Matter::json_schema, "response_format", Weight::need},
    {Matter::temperature, "temperature", Weight::hint},
    {Matter::top_p, "top_p", Weight::hint},
    {Matter::top_k, "top_k", Weight::hint},
    {Matter::seed, "seed", Weight::need},
    {Matter::frequency_penalty, "frequency_penalty", Weight::hint},
    {Matter::presence_penalty, "presence_penalty", Weight::hint},
    {Matter::stop, "stop", Weight::need},
    {Matter::logprobs, "logprobs", Weight::need},
    {Matter::choices, "n", Weight::need},
    {Matter::thinking, "reasoning", Weight::need},
    {Matter::no_thinking, "reasoning", Weight::need},
    {Matter::earlier_thinking, "reasoning_details", Weight::hint},
    {Matter::cache_marks, "cache_control", Weight::hint},
    {Matter::user, "user", Weight::hint},
    {Matter::metadata, "metadata", Weight::hint},
    {Matter::prefill, "messages", Weight::need},
    {Matter::assistant_first, "messages", Weight::need},
    {Matter::optional_thinking, "reasoning", Weight::hint},
    {Matter::grammar, "format", Weight::hint},
    {Matter::verbosity, "verbosity", Weight::hint},
    {Matter::cache_key, "prompt_cache_key", Weight::hint},
    {Matter::cache_retention, "prompt_cache_retention", Weight::hint},
    {Matter::cache_options, "prompt_cache_options", Weight::hint},
    {Matter::safety_identifier, "safety_identifier", Weight::hint},
    {Matter::service_tier, "service_tier", Weight::hint},
    {Matter::schema_description, "description", Weight::hint},
    {Matter::pictures, "modalities", Weight::need},
    {Matter::answered_media, "images", Weight::hint},
    {Matter::nothing_said, "messages", Weight::need},
}};
constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].matter) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

void add_media(const MediaPart& media, Matters& matters) {
  const bool is_url = media.source == MediaPart::Source::url;
  if (media.source == MediaPart::Source::id) {
    matters.add(Matter::file_id);
    return;
  }
  switch (media.kind) {
    case MediaPart::Kind::image:
      matters.add(is_url ? Matter::image_url : Matter::image_data);
      if (!media.detail.raw.empty() && !media.detail.is("auto")) matters.add(Matter::image_detail);
      break;
    case MediaPart::Kind::audio:
      matters.add(Matter::audio);
      break;
    case MediaPart::Kind::file:
      if (media.media_type.is("application/pdf")) {
        matters.add(is_url ? Matter::pdf_url : Matter::pdf_data);
      } else {
        matters.add(Matter::other_file);
      }
      break;
  }
}

// What the model showed is another matter than what it is shown.
void add_parts(const std::vector<Part>& parts, Matters& matters, Turn::Role role = Turn::Role::user) {
  for (const Part& part : parts) {
    if (part.cache) matters.add(Matter::cache_marks);
    if (const auto* media = std::get_if<MediaPart>(&part.what)) {
      const bool is_answered = role == Turn::Role::assistant;
      if (is_answered) matters.add(Matter::answered_media);
      if (!is_answered) add_media(*media, matters);
    }
    if (const auto* result = std::get_if<ToolResultPart>(&part.what)) add_parts(result->content, matters);
    if (std::holds_alternative<ThinkingPart>(part.what)) matters.add(Matter::earlier_thinking);
  }
}

void add_sampling(const Sampling& sampling, Matters& matters) {
  const auto add = [&](bool is_said, Matter matter) {
    if (is_said) matters.add(matter);
  };
  // What a host does anyway is not said.
  const auto matters_when = [](const std::optional<JsonNumber>& number, double usual) {
    return number && number->real() != usual;
  };
  add(sampling.temperature.has_value(), Matter::temperature);
  add(matters_when(sampling.top_p, 1), Matter::top_p);
  add(matters_when(sampling.top_k, 0), Matter::top_k);
  add(sampling.seed.has_value(), Matter::seed);
  add(matters_when(sampling.frequency_penalty, 0), Matter::frequency_penalty);
  add(matters_when(sampling.presence_penalty, 0), Matter::presence_penalty);
  add(!sampling.stop.empty(), Matter::stop);
  add(sampling.logprobs.has_value(), Matter::logprobs);
  add(sampling.choices > 1, Matter::choices);
}

void add_tools(const Conversation& conversation, Matters& matters) {
  if (conversation.tools.empty()) return;
  matters.add(Matter::tools);
  for (const Tool& tool : conversation.tools) {
    if (tool.is_strict) matters.add(Matter::strict_tools);
    if (tool.cache) matters.add(Matter::cache_marks);
    if (!tool.grammar.raw.empty()) matters.add(Matter::grammar);
  }
  if (conversation.tool_choice.is_forced()) matters.add(Matter::forced_tool);
  if (conversation.parallel_tool_calls == false) matters.add(Matter::parallel_tool_calls);
}

bool says_something(const Part& part) {
  const auto* text = std::get_if<TextPart>(&part.what);
  return text ? !is_blank(text->text) : !std::holds_alternative<ThinkingPart>(part.what);
}

// The one that an answer follows or a system's words do not count for.
std::vector<Turn>::const_iterator first_said(const std::vector<Turn>& turns) {
  return std::find_if(turns.begin(), turns.end(),
                      [](const Turn& turn) { return turn.role != Turn::Role::system; });
}

void add_handling(const Handling& handling, Matters& matters) {
  if (!handling.cache_key.raw.empty()) matters.add(Matter::cache_key);
  if (!handling.cache_retention.raw.empty()) matters.add(Matter::cache_retention);
  if (!handling.cache_options.empty()) matters.add(Matter::cache_options);
  if (!handling.safety_id.raw.empty()) matters.add(Matter::safety_identifier);
  if (!handling.is_usual_tier()) matters.add(Matter::service_tier);
}

}  // namespace

std::string_view name_of(Matter matter) {
  return rows[static_cast<std::size_t>(matter)].name;
}

Weight weight_of(Matter matter) {
  return rows[static_cast<std::size_t>(matter)].weight;
}

Matters matters_of(const Conversation& conversation) {
  Matters matters;
  add_parts(conversation.system, matters);
  for (const Turn& turn : conversation.turns) add_parts(turn.parts, matters, turn.role);
  add_tools(conversation, matters);
  add_sampling(conversation.sampling, matters);
  add_handling(conversation.handling, matters);
  if (!conversation.form.is_usually_long()) matters.add(Matter::verbosity);
  if (conversation.form.kind == OutputForm::Kind::json_object) matters.add(Matter::json_object);
  if (conversation.form.kind == OutputForm::Kind::json_schema) matters.add(Matter::json_schema);
  const ThinkingWish& thinking = conversation.thinking;
  if (thinking.is_on()) matters.add(thinking.is_optional ? Matter::optional_thinking : Matter::thinking);
  if (conversation.thinking.effort == ThinkingWish::Effort::off) matters.add(Matter::no_thinking);
  if (conversation.cache) matters.add(Matter::cache_marks);
  if (!conversation.user.raw.empty()) matters.add(Matter::user);
  if (!conversation.metadata.empty()) matters.add(Matter::metadata);
  if (!conversation.form.description.raw.empty()) matters.add(Matter::schema_description);
  if (conversation.form.has_pictures) matters.add(Matter::pictures);
  const auto is_said = [](const std::vector<Part>& parts) {
    return std::any_of(parts.begin(), parts.end(), says_something);
  };
  const auto& turns = conversation.turns;
  const bool is_any =
      is_said(conversation.system) ||
      std::any_of(turns.begin(), turns.end(), [&](const Turn& turn) { return is_said(turn.parts); });
  // What could not be read may say something.
  if (!is_any && conversation.beyond.empty()) matters.add(Matter::nothing_said);
  if (!turns.empty() && turns.back().role == Turn::Role::assistant) matters.add(Matter::prefill);
  const auto first = first_said(turns);
  if (first != turns.end() && first->role == Turn::Role::assistant) matters.add(Matter::assistant_first);
  return matters;
}

OfTurns of_turns(Matter matter, const Conversation& conversation) {
  const auto& turns = conversation.turns;
  const auto first = first_said(turns);
  const auto place = first == turns.end() ? std::nullopt : first->place;
  switch (matter) {
    case Matter::prefill:
      return {turns.empty() ? std::nullopt : turns.back().place,
              "it is the assistant's, and nobody goes on with it: let the last message be the user's"};
    case Matter::assistant_first:
      return {place, "it is the assistant's: let a message of the user's stand before it"};
    case Matter::nothing_said:
      return {place, "nothing is said there or in any other message: let one have a text"};
    default:
      return {};
  }
}

}  // namespace providers
