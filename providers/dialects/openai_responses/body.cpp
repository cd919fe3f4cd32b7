#include "providers/dialects/openai_responses/body.hpp"

#include <algorithm>

#include "providers/dialect/openai_words.hpp"
#include "providers/dialect/told_output.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/openai_responses/items.hpp"

namespace providers {
namespace {

using Effort = ThinkingWish::Effort;

// OpenAI refuses to be asked for less.
constexpr std::int64_t least_output = 16;

// Here a schema is to be followed unless it is said that it need not be.
void write_tools(JsonWriter& json, const Conversation& conversation, const HostModel& model) {
  if (conversation.tools.empty()) return;
  json.key("tools").begin_array();
  for (const Tool& tool : conversation.tools) {
    json.begin_object();
    json.key("type").plain("function");
    json.key("name").string(tool.name);
    if (!tool.description.raw.empty()) json.key("description").string(tool.description);
    json.key("parameters").raw(tool.schema.empty() ? R"({"type":"object","properties":{}})" : tool.schema);
    json.key("strict").boolean(tool.is_strict && model.takes_schemas);
    json.end_object();
  }
  json.end_array();
  if (conversation.parallel_tool_calls) {
    json.key("parallel_tool_calls").boolean(*conversation.parallel_tool_calls);
  }
}

void write_form(JsonWriter& json, const OutputForm& form, const HostModel& model) {
  const bool is_schema = form.kind == OutputForm::Kind::json_schema;
  if (form.kind == OutputForm::Kind::text || (is_schema && !model.takes_schemas)) return;
  json.key("text").begin_object();
  json.key("format").begin_object();
  json.key("type").plain(is_schema ? "json_schema" : "json_object");
  if (is_schema) {
    write_openai_schema(json, form);
    json.key("strict").boolean(form.is_strict);
  }
  json.end_object();
  json.end_object();
}

void write_thinking(JsonWriter& json, const ThinkingWish& wish, const HostModel& model) {
  if (model.thinking == HostModel::Thinking::none) return;
  const bool says_effort = wish.is_on() || wish.effort == Effort::off;
  const bool is_shown = wish.is_on() && !wish.is_hidden;
  if (says_effort) {
    json.key("reasoning").begin_object();
    json.key("effort").plain(word_of(wish.effort));
    if (is_shown) json.key("summary").plain("auto");
    json.end_object();
  }
  // Nothing is stored: what was thought comes along, or is lost to the next call.
  json.key("include").raw(R"(["reasoning.encrypted_content"])");
}

void write_metadata(JsonWriter& json, const Conversation& conversation) {
  if (conversation.metadata.empty()) return;
  json.key("metadata").begin_object();
  std::string key;
  for (const auto& [name, value] : conversation.metadata) {
    key = name.raw;
    json.key(key).string(value);
  }
  json.end_object();
}

}  // namespace

// Of an answer's several choices and of its tokens' probabilities a conversation's events have no place; the
// API has no word for the rest.
Matters carried_by_responses(const HostModel& model) {
  Matters matters = Matters::all();
  for (const Matter each :
       {Matter::choices, Matter::logprobs, Matter::top_k, Matter::seed, Matter::frequency_penalty,
        Matter::presence_penalty, Matter::stop, Matter::file_id, Matter::other_file, Matter::audio,
        Matter::cache_marks, Matter::prefill}) {
    matters.remove(each);
  }
  if (!model.takes_schemas) matters.remove(Matter::json_schema).remove(Matter::strict_tools);
  if (!model.takes_sampling) matters.remove(Matter::temperature).remove(Matter::top_p);
  if (model.thinking == HostModel::Thinking::none) {
    matters.remove(Matter::thinking).remove(Matter::optional_thinking);
  }
  return matters;
}

WrittenRequest write_responses_body(const Conversation& conversation, const HostModel& model,
                                    routing::Delivery delivery) {
  WrittenRequest written;
  JsonWriter json(written.body);
  json.begin_object();
  json.key("model").plain(model.name);
  json.key("store").boolean(false);
  if (write_responses_items(json, conversation) == EarlierThinking::lost) {
    add_name(written.dropped, name_of(Matter::earlier_thinking));
  }
  if (const auto most = told_output(conversation, model)) {
    json.key("max_output_tokens").integer(std::max(*most, least_output));
    if (*most < least_output) add_name(written.dropped, "max_tokens");
  }
  write_tools(json, conversation, model);
  write_openai_tool_choice(json, conversation, FunctionPlace::beside);
  write_form(json, conversation.form, model);
  if (model.takes_sampling) {
    const Sampling& sampling = conversation.sampling;
    if (sampling.temperature) json.key("temperature").raw(sampling.temperature->text);
    if (sampling.top_p) json.key("top_p").raw(sampling.top_p->text);
  }
  write_thinking(json, conversation.thinking, model);
  if (!conversation.user.raw.empty()) json.key("user").string(conversation.user);
  write_metadata(json, conversation);
  if (delivery == routing::Delivery::streamed) json.key("stream").boolean(true);
  json.end_object();
  return written;
}

}  // namespace providers
