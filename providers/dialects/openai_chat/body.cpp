#include "providers/dialects/openai_chat/body.hpp"

#include <algorithm>

#include "providers/dialect/openai_words.hpp"
#include "providers/dialect/told_output.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/openai_chat/messages.hpp"
#include "providers/dialects/openai_chat/reasoning_switch.hpp"

namespace providers {
namespace {

void write_tools(JsonWriter& json, const Conversation& conversation, const HostModel& model) {
  if (conversation.tools.empty()) return;
  json.key("tools").begin_array();
  for (const Tool& tool : conversation.tools) {
    json.begin_object();
    json.key("type").plain("function");
    json.key("function").begin_object();
    json.key("name").string(tool.name);
    if (!tool.description.raw.empty()) json.key("description").string(tool.description);
    if (!tool.schema.empty()) json.key("parameters").raw(tool.schema);
    if (tool.is_strict && model.takes_schemas) json.key("strict").boolean(true);
    json.end_object();
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
  json.key("response_format").begin_object();
  json.key("type").plain(is_schema ? "json_schema" : "json_object");
  if (is_schema) {
    json.key("json_schema").begin_object();
    write_openai_schema(json, form);
    if (form.is_strict) json.key("strict").boolean(true);
    json.end_object();
  }
  json.end_object();
}

// OpenAI's own hosts and Azure's refuse more; they alone know only the newer bound of an answer.
std::size_t most_stops(const HostModel& model) {
  return model.takes_max_tokens ? static_cast<std::size_t>(-1) : 4;
}

void write_sampling(JsonWriter& json, const Sampling& sampling, const HostModel& model,
                    WrittenRequest& written) {
  const auto write = [&](std::string_view name, const std::optional<JsonNumber>& number) {
    if (number) json.key(name).raw(number->text);
  };
  if (model.takes_sampling) {
    write("temperature", sampling.temperature);
    write("top_p", sampling.top_p);
  }
  if (sampling.logprobs) {
    json.key("logprobs").boolean(true);
    if (*sampling.logprobs > 0) json.key("top_logprobs").integer(*sampling.logprobs);
  }
  write("seed", sampling.seed);
  write("frequency_penalty", sampling.frequency_penalty);
  write("presence_penalty", sampling.presence_penalty);
  if (sampling.stop.empty()) return;
  json.key("stop").begin_array();
  const std::size_t stops = std::min(sampling.stop.size(), most_stops(model));
  for (std::size_t i = 0; i < stops; ++i) json.string(sampling.stop[i]);
  if (stops < sampling.stop.size()) add_name(written.dropped, name_of(Matter::stop));
  json.end_array();
}

// A model that does not think may have a template that does not know them.
bool takes_thoughts(const HostModel& model) {
  return model.earlier_thinking != config::EarlierThinking::none &&
         model.thinking != HostModel::Thinking::none;
}

}  // namespace

// Of an answer's several choices a conversation's events have no place. Tools that take a text are functions
// here: few hosts know others.
Matters carried_by_openai_chat(const HostModel& model) {
  Matters matters = Matters::all();
  for (const Matter each :
       {Matter::choices, Matter::grammar, Matter::top_k, Matter::file_id, Matter::pdf_url, Matter::other_file,
        Matter::cache_marks, Matter::metadata, Matter::answered_media, Matter::pictures}) {
    matters.remove(each);
  }
  if (!takes_thoughts(model)) matters.remove(Matter::earlier_thinking);
  if (model.refuses_unknown_members) {
    for (const Matter each : openais_words) matters.remove(each);
  }
  if (!model.takes_schemas) matters.remove(Matter::json_schema).remove(Matter::strict_tools);
  if (!model.takes_sampling) matters.remove(Matter::temperature).remove(Matter::top_p);
  const bool can_be_told = model.reasoning_switch != config::ReasoningSwitch::none;
  if (model.thinking == HostModel::Thinking::none || !can_be_told) {
    matters.remove(Matter::thinking).remove(Matter::optional_thinking);
  }
  if (model.thinking != HostModel::Thinking::none && !can_be_told) matters.remove(Matter::no_thinking);
  return matters;
}

WrittenRequest write_openai_chat_body(const Conversation& conversation, const HostModel& model,
                                      routing::Delivery delivery) {
  WrittenRequest written;
  JsonWriter json(written.body);
  json.begin_object();
  json.key("model").plain(model.name);
  const bool has_thoughts = takes_thoughts(model);
  write_openai_chat_messages(
      json.key("messages"), conversation,
      has_thoughts ? config::earlier_thinking_names[static_cast<std::size_t>(model.earlier_thinking)] : "");
  if (has_thoughts && has_untold_thoughts(conversation)) {
    add_name(written.dropped, name_of(Matter::earlier_thinking));
  }
  if (const auto most = told_output(conversation, model)) {
    json.key(model.takes_max_tokens ? "max_tokens" : "max_completion_tokens").integer(*most);
  }
  write_tools(json, conversation, model);
  write_openai_tool_choice(json, conversation, FunctionPlace::inside);
  write_form(json, conversation.form, model);
  write_sampling(json, conversation.sampling, model, written);
  if (!conversation.user.raw.empty()) json.key("user").string(conversation.user);
  if (!model.refuses_unknown_members) {
    if (!conversation.form.verbosity.raw.empty()) json.key("verbosity").string(conversation.form.verbosity);
    write_openai_handling(json, conversation.handling);
  }
  if (delivery == routing::Delivery::streamed) {
    json.key("stream").boolean(true);
    json.key("stream_options").raw(R"({"include_usage":true})");
  }
  json.end_object();
  written.body.insert(1, reasoning_members(model, conversation.thinking));
  return written;
}

}  // namespace providers
