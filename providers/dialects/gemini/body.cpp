#include "providers/dialects/gemini/body.hpp"

#include <algorithm>

#include "providers/dialect/told_output.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/gemini/contents.hpp"

namespace providers {
namespace {

using Effort = ThinkingWish::Effort;

constexpr std::size_t most_stops = 5;
constexpr std::int64_t most_budget = 24'576;  // what every model that takes a budget takes

std::string_view level_of(const ThinkingWish& wish) {
  if (wish.budget) return *wish.budget <= 4'096 ? "LOW" : "HIGH";
  switch (wish.effort) {
    case Effort::minimal:
    case Effort::low:
      return "LOW";
    case Effort::medium:
      return "MEDIUM";
    default:
      return "HIGH";
  }
}

std::int64_t budget_of(const ThinkingWish& wish) {
  if (wish.budget) return std::clamp<std::int64_t>(*wish.budget, 0, most_budget);
  switch (wish.effort) {
    case Effort::minimal:
      return 512;
    case Effort::low:
      return 1'024;
    case Effort::medium:
      return 8'192;
    default:
      return most_budget;
  }
}

void write_thinking(JsonWriter& json, const ThinkingWish& wish, const HostModel& model) {
  if (model.thinking == HostModel::Thinking::none) return;
  const bool is_budget = model.thinking == HostModel::Thinking::budget;
  const bool is_off = wish.effort == Effort::off;
  if (!wish.is_on() && !(is_off && is_budget)) return;
  json.key("thinkingConfig").begin_object();
  if (is_off) {
    json.key("thinkingBudget").integer(0);
  } else {
    json.key("includeThoughts").boolean(!wish.is_hidden);
    if (is_budget) {
      json.key("thinkingBudget").integer(budget_of(wish));
    } else {
      json.key("thinkingLevel").plain(level_of(wish));
    }
  }
  json.end_object();
}

void write_stops(JsonWriter& json, const std::vector<Text>& stops, WrittenRequest& written) {
  if (stops.empty()) return;
  json.key("stopSequences").begin_array();
  for (std::size_t i = 0; i < std::min(stops.size(), most_stops); ++i) json.string(stops[i]);
  json.end_array();
  if (stops.size() > most_stops) add_name(written.dropped, "stop");
}

void write_form(JsonWriter& json, const OutputForm& form) {
  if (form.kind == OutputForm::Kind::text) return;
  json.key("responseMimeType").plain("application/json");
  if (form.kind == OutputForm::Kind::json_schema) json.key("responseJsonSchema").raw(form.schema);
}

void write_generation(JsonWriter& json, const Conversation& conversation, const HostModel& model,
                      WrittenRequest& written) {
  const Sampling& sampling = conversation.sampling;
  const auto number = [&](std::string_view name, const std::optional<JsonNumber>& value) {
    if (value) json.key(name).raw(value->text);
  };
  json.key("generationConfig").begin_object();
  if (const auto most = told_output(conversation, model)) json.key("maxOutputTokens").integer(*most);
  if (model.takes_sampling) {
    number("temperature", sampling.temperature);
    number("topP", sampling.top_p);
    if (sampling.top_k && sampling.top_k->real() > 0) number("topK", sampling.top_k);
  }
  number("seed", sampling.seed);
  write_stops(json, sampling.stop, written);
  write_form(json, conversation.form);
  if (conversation.form.has_pictures) {
    json.key("responseModalities").raw(conversation.form.has_text ? R"(["TEXT","IMAGE"])" : R"(["IMAGE"])");
  }
  write_thinking(json, conversation.thinking, model);
  json.end_object();
}

void write_tools(JsonWriter& json, const std::vector<Tool>& tools) {
  if (tools.empty()) return;
  json.key("tools").begin_array();
  json.begin_object();
  json.key("functionDeclarations").begin_array();
  for (const Tool& tool : tools) {
    json.begin_object();
    json.key("name").string(tool.name);
    if (!tool.description.raw.empty()) json.key("description").string(tool.description);
    if (!tool.schema.empty()) json.key("parametersJsonSchema").raw(tool.schema);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_array();
}

// Who follows schemas is held to those of its tools, too, where one asks for it.
std::string_view mode_of(const Conversation& conversation, const HostModel& model) {
  using Kind = ToolChoice::Kind;
  const ToolChoice& choice = conversation.tool_choice;
  if (choice.kind == Kind::none) return "NONE";
  if (choice.is_forced()) return "ANY";
  const bool is_strict = std::ranges::any_of(conversation.tools, &Tool::is_strict);
  if (model.takes_schemas && is_strict) return "VALIDATED";
  return choice.kind == Kind::automatic ? "AUTO" : "";
}

void write_tool_choice(JsonWriter& json, const Conversation& conversation, const HostModel& model) {
  const std::string_view mode = mode_of(conversation, model);
  if (conversation.tools.empty() || mode.empty()) return;
  json.key("toolConfig").begin_object();
  json.key("functionCallingConfig").begin_object();
  json.key("mode").plain(mode);
  if (conversation.tool_choice.kind == ToolChoice::Kind::named) {
    json.key("allowedFunctionNames").begin_array();
    json.string(conversation.tool_choice.name);
    json.end_array();
  }
  json.end_object();
  json.end_object();
}

}  // namespace

Matters carried_by_gemini(const HostModel& model) {
  Matters matters = Matters::all();
  // Addresses are taken only of files that lie at Google.
  for (const Matter each : {Matter::image_url, Matter::image_detail, Matter::pdf_url, Matter::other_file,
                            Matter::file_id, Matter::parallel_tool_calls, Matter::frequency_penalty,
                            Matter::presence_penalty, Matter::logprobs, Matter::choices, Matter::cache_marks,
                            Matter::user, Matter::metadata, Matter::prefill, Matter::assistant_first}) {
    matters.remove(each);
  }
  for (const Matter each : openais_words) matters.remove(each);
  matters.remove(Matter::nothing_said).remove(Matter::schema_description);
  if (!model.takes_schemas) matters.remove(Matter::json_schema).remove(Matter::strict_tools);
  if (!model.takes_sampling) matters.remove(Matter::temperature).remove(Matter::top_p).remove(Matter::top_k);
  if (model.thinking == HostModel::Thinking::none) {
    matters.remove(Matter::thinking).remove(Matter::optional_thinking);
  }
  // Those that are told a level cannot be told not to think at all.
  if (model.thinking == HostModel::Thinking::adaptive) matters.remove(Matter::no_thinking);
  return matters;
}

WrittenRequest write_gemini_body(const Conversation& conversation, const HostModel& model) {
  WrittenRequest written;
  const GeminiContents contents = gemini_contents(conversation, model.owner);
  if (contents.lose_thinking) add_name(written.dropped, name_of(Matter::earlier_thinking));
  JsonWriter json(written.body);
  json.begin_object();
  if (!contents.system.empty()) {
    json.key("systemInstruction").begin_object();
    json.key("parts").begin_array();
    for (const Part* part : contents.system) {
      json.begin_object();
      json.key("text").string(std::get<TextPart>(part->what).text);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  write_gemini_contents(json.key("contents"), contents, model);
  write_tools(json, conversation.tools);
  write_tool_choice(json, conversation, model);
  write_generation(json, conversation, model, written);
  json.end_object();
  return written;
}

}  // namespace providers
