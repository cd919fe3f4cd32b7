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

void write_text_tool(JsonWriter& json, const Tool& tool) {
  json.begin_object();
  json.key("type").plain("custom");
  json.key("name").string(tool.name);
  if (!tool.plain_description.raw.empty()) json.key("description").string(tool.plain_description);
  if (!tool.grammar.raw.empty()) {
    json.key("format").begin_object();
    json.key("type").plain("grammar");
    json.key("syntax").string(tool.syntax);
    json.key("definition").string(tool.grammar);
    json.end_object();
  }
  json.end_object();
}

// Here a schema is to be followed unless it is said that it need not be.
void write_tools(JsonWriter& json, const Conversation& conversation, const HostModel& model) {
  if (conversation.tools.empty()) return;
  json.key("tools").begin_array();
  for (const Tool& tool : conversation.tools) {
    if (tool.takes_text) {
      write_text_tool(json, tool);
      continue;
    }
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
  const bool has_form = form.kind != OutputForm::Kind::text && (!is_schema || model.takes_schemas);
  if (!has_form && form.verbosity.raw.empty()) return;
  json.key("text").begin_object();
  if (!form.verbosity.raw.empty()) json.key("verbosity").string(form.verbosity);
  if (has_form) {
    json.key("format").begin_object();
    json.key("type").plain(is_schema ? "json_schema" : "json_object");
    if (is_schema) {
      write_openai_schema(json, form);
      json.key("strict").boolean(form.is_strict);
    }
    json.end_object();
  }
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
}

void write_include(JsonWriter& json, const Conversation& conversation, const HostModel& model) {
  const bool thinks = model.thinking != HostModel::Thinking::none;
  const auto& logprobs = conversation.sampling.logprobs;
  if (logprobs.value_or(0) > 0) json.key("top_logprobs").integer(*logprobs);
  if (!thinks && !logprobs) return;
  json.key("include").begin_array();
  // Nothing is stored: what was thought comes along, or is lost to the next call.
  if (thinks) json.plain("reasoning.encrypted_content");
  if (logprobs) json.plain("message.output_text.logprobs");
  json.end_array();
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

// Of an answer's several choices a conversation's events have no place; the API has no word for the rest.
Matters carried_by_responses(const HostModel& model) {
  Matters matters = Matters::all();
  for (const Matter each :
       {Matter::choices, Matter::top_k, Matter::seed, Matter::frequency_penalty, Matter::presence_penalty,
        Matter::stop, Matter::file_id, Matter::other_file, Matter::audio, Matter::cache_marks,
        Matter::prefill, Matter::answered_media, Matter::pictures}) {
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
  if (write_responses_items(json, conversation, model.owner) == EarlierThinking::lost) {
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
  write_include(json, conversation, model);
  if (!conversation.user.raw.empty()) json.key("user").string(conversation.user);
  write_openai_handling(json, conversation.handling);
  write_metadata(json, conversation);
  if (delivery == routing::Delivery::streamed) json.key("stream").boolean(true);
  json.end_object();
  return written;
}

}  // namespace providers
