#include "providers/dialects/bedrock_converse/body.hpp"

#include <algorithm>
#include <vector>

#include "providers/conversation/cache_marks.hpp"
#include "providers/dialect/called_tools.hpp"
#include "providers/dialect/object_schema.hpp"
#include "providers/dialect/told_output.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/bedrock_converse/answer.hpp"
#include "providers/dialects/bedrock_converse/blocks.hpp"

namespace providers {
namespace {

using Effort = ThinkingWish::Effort;

// Temperature reaches from 0 to 1 here.
void write_inference(JsonWriter& json, const Conversation& conversation, const HostModel& model, bool thinks,
                     WrittenRequest& written) {
  const Sampling& sampling = conversation.sampling;
  const auto most = told_output(conversation, model);
  const bool samples = model.takes_sampling && !thinks;
  if (thinks && sampling.temperature) add_name(written.dropped, name_of(Matter::temperature));
  if (thinks && sampling.top_p) add_name(written.dropped, name_of(Matter::top_p));
  const bool says_temperature = samples && sampling.temperature;
  const bool says_top_p = samples && sampling.top_p && !sampling.temperature;
  if (samples && sampling.top_p && sampling.temperature && sampling.top_p->real() != 1) {
    add_name(written.dropped, name_of(Matter::top_p));
  }
  json.key("inferenceConfig").begin_object();
  if (most) json.key("maxTokens").integer(*most);
  if (says_temperature) {
    const double value = sampling.temperature->real();
    json.key("temperature").raw(value > 1 ? "1" : value < 0 ? "0" : sampling.temperature->text);
    if (value > 1 || value < 0) add_name(written.dropped, name_of(Matter::temperature));
  }
  if (says_top_p) json.key("topP").raw(sampling.top_p->text);
  if (!sampling.stop.empty()) {
    json.key("stopSequences").begin_array();
    for (const Text& each : sampling.stop) json.string(each);
    json.end_array();
  }
  json.end_object();
}

void write_tool(JsonWriter& json, const Tool& tool, const HostModel& model, JsonTokens& tokens) {
  json.begin_object();
  json.key("toolSpec").begin_object();
  json.key("name").string(tool.name);
  if (!tool.description.raw.empty()) json.key("description").string(tool.description);
  json.key("inputSchema").begin_object();
  json.key("json").raw(object_schema(tool.schema, tokens));
  json.end_object();
  if (tool.is_strict && model.takes_schemas) json.key("strict").boolean(true);
  json.end_object();
  json.end_object();
  if (tool.cache) write_cache_point(json, *tool.cache);
}

// Where no tool may be called, none is shown; but calls of earlier turns cannot stand without any, and that
// none may be called has no word here.
void write_tools(JsonWriter& json, const Conversation& conversation, const HostModel& model,
                 WrittenRequest& written, JsonTokens& tokens) {
  const std::vector<Text> called = called_but_not_offered(conversation);
  if (conversation.tools.empty() && called.empty()) return;
  const ToolChoice& choice = conversation.tool_choice;
  if (choice.kind == ToolChoice::Kind::none) {
    if (!has_tool_parts(conversation)) return;
    add_name(written.dropped, name_of(Matter::forced_tool));
  }
  json.key("toolConfig").begin_object();
  json.key("tools").begin_array();
  for (const Tool& tool : conversation.tools) write_tool(json, tool, model, tokens);
  for (const Text& name : called) write_tool(json, Tool{.name = name}, model, tokens);
  json.end_array();
  if (choice.kind == ToolChoice::Kind::any) json.key("toolChoice").raw(R"({"any":{}})");
  if (choice.kind == ToolChoice::Kind::automatic) json.key("toolChoice").raw(R"({"auto":{}})");
  if (choice.kind == ToolChoice::Kind::named) {
    json.key("toolChoice").begin_object();
    json.key("tool").begin_object();
    json.key("name").string(choice.name);
    json.end_object();
    json.end_object();
  }
  json.end_object();
}

// How models that are told a budget are told it: as Anthropic's, whose the field is.
constexpr std::int64_t least_budget = 1'024;
std::int64_t budget_of(const Conversation& conversation, const HostModel& model) {
  const ThinkingWish& wish = conversation.thinking;
  const std::int64_t most = told_output(conversation, model).value_or(model.max_output.value_or(4'096));
  const double share = wish.effort == Effort::low || wish.effort == Effort::minimal     ? 0.2
                       : wish.effort == Effort::medium || wish.effort == Effort::unsaid ? 0.5
                                                                                        : 0.8;
  const auto wanted = wish.budget.value_or(static_cast<std::int64_t>(static_cast<double>(most) * share));
  return std::min(std::max(wanted, least_budget), most - 1);
}

bool thinks_by_budget(const Conversation& conversation, const HostModel& model) {
  return model.thinking == HostModel::Thinking::budget && conversation.thinking.is_on() &&
         !conversation.tool_choice.is_forced() && budget_of(conversation, model) >= least_budget;
}

void write_additional(JsonWriter& json, const Conversation& conversation, const HostModel& model,
                      bool thinks) {
  const auto& top_k = conversation.sampling.top_k;
  const bool says_top_k = model.takes_sampling && !thinks && top_k && top_k->real() > 0 &&
                          model.thinking == HostModel::Thinking::budget;
  const Betas betas = converse_betas(conversation.betas, model);
  if (!thinks && !says_top_k && betas.taken.empty()) return;
  json.key("additionalModelRequestFields").begin_object();
  if (thinks) {
    json.key("thinking").begin_object();
    json.key("type").plain("enabled");
    json.key("budget_tokens").integer(budget_of(conversation, model));
    json.end_object();
  }
  if (says_top_k) json.key("top_k").raw(top_k->text);
  if (!betas.taken.empty()) {
    json.key("anthropic_beta").begin_array();
    for (const std::string_view beta : betas.taken) json.plain(beta);
    json.end_array();
  }
  json.end_object();
}

void write_effort(JsonWriter& json, Effort effort) {
  const bool is_low = effort == Effort::low || effort == Effort::minimal;
  json.key("effort").plain(is_low ? "low" : effort == Effort::high ? "high" : word_of(effort));
}

void write_output_config(JsonWriter& json, const Conversation& conversation, const HostModel& model) {
  const bool has_schema = conversation.form.kind == OutputForm::Kind::json_schema && model.takes_schemas;
  const ThinkingWish& wish = conversation.thinking;
  const bool has_effort = model.thinking == HostModel::Thinking::adaptive && wish.is_on();
  if (!has_schema && !has_effort) return;
  json.key("outputConfig").begin_object();
  if (has_schema) {
    json.key("textFormat").begin_object();
    json.key("type").plain("json_schema");
    json.key("structure").begin_object();
    json.key("jsonSchema").begin_object();
    // The schema is a text here.
    json.key("schema").plain(conversation.form.schema);
    if (!conversation.form.name.raw.empty()) json.key("name").string(conversation.form.name);
    if (!conversation.form.description.raw.empty()) {
      json.key("description").string(conversation.form.description);
    }
    json.end_object();
    json.end_object();
    json.end_object();
  }
  if (has_effort) write_effort(json, wish.effort == Effort::unsaid ? Effort::medium : wish.effort);
  json.end_object();
}

void write_metadata(JsonWriter& json, const Conversation& conversation) {
  if (conversation.metadata.empty()) return;
  json.key("requestMetadata").begin_object();
  for (const auto& [name, value] : conversation.metadata) {
    json.key(name.raw).string(value);
  }
  json.end_object();
}

}  // namespace

Matters carried_by_converse(const HostModel& model) {
  Matters matters = Matters::all();
  for (const Matter each :
       {Matter::image_url, Matter::image_detail, Matter::audio, Matter::pdf_url, Matter::other_file,
        Matter::file_id, Matter::json_object, Matter::seed, Matter::frequency_penalty,
        Matter::presence_penalty, Matter::logprobs, Matter::choices, Matter::user,
        Matter::parallel_tool_calls, Matter::assistant_first, Matter::no_thinking, Matter::answered_media,
        Matter::pictures}) {
    matters.remove(each);
  }
  for (const Matter each : openais_words) matters.remove(each);
  matters.remove(Matter::nothing_said);
  // A model that does not think unless it is told to is not told.
  if (model.thinking != HostModel::Thinking::adaptive) matters.add(Matter::no_thinking);
  if (!model.takes_schemas) matters.remove(Matter::json_schema).remove(Matter::strict_tools);
  if (!model.takes_sampling) matters.remove(Matter::temperature).remove(Matter::top_p);
  const bool takes_top_k = model.takes_sampling && model.thinking == HostModel::Thinking::budget;
  if (!takes_top_k) matters.remove(Matter::top_k);
  if (model.thinking == HostModel::Thinking::none) {
    matters.remove(Matter::thinking).remove(Matter::optional_thinking);
  }
  return matters;
}

Betas converse_betas(std::string_view list, const HostModel& model) {
  return betas_at(is_of_anthropic(model.name) ? BetasAt::bedrock : BetasAt::nobody, list);
}

WrittenRequest write_converse_body(const Conversation& conversation, const HostModel& model,
                                   JsonTokens& tokens) {
  if (cache_marks_in(conversation) > most_cache_marks) {
    Conversation fewer = conversation;
    keep_last_cache_marks(fewer, most_cache_marks);
    WrittenRequest written = write_converse_body(fewer, model, tokens);
    add_name(written.dropped, name_of(Matter::cache_marks));
    return written;
  }
  WrittenRequest written;
  const ConverseTurns turns = converse_turns(conversation, bedrock_thinking_format(model.name));
  const bool thinks = thinks_by_budget(conversation, model);
  const bool wants_thought = model.thinking == HostModel::Thinking::budget && conversation.thinking.is_on();
  if (wants_thought && !thinks) add_name(written.dropped, name_of(Matter::thinking));
  if (turns.lose_thinking) add_name(written.dropped, name_of(Matter::earlier_thinking));
  JsonWriter json(written.body);
  json.begin_object();
  if (!turns.system.empty()) write_converse_system(json.key("system"), turns.system);
  // A model that remembers nothing refuses marks: one that stands at nothing is for those that surely do.
  const bool is_marked = is_of_anthropic(model.name);
  if (conversation.cache && !is_marked) add_name(written.dropped, name_of(Matter::cache_marks));
  write_converse_turns(json.key("messages"), turns, is_marked ? conversation.cache : std::nullopt);
  write_inference(json, conversation, model, thinks, written);
  write_tools(json, conversation, model, written, tokens);
  write_additional(json, conversation, model, thinks);
  write_output_config(json, conversation, model);
  write_metadata(json, conversation);
  json.end_object();
  return written;
}

}  // namespace providers
