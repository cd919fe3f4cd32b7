#include "providers/simulated/simulated_request.hpp"

#include <algorithm>
#include <optional>

#include "providers/simulated/simulated_inputs.hpp"
#include "providers/simulated/simulated_json.hpp"
#include "providers/simulated/simulated_prompt.hpp"

namespace providers {
namespace {

// The texts of the values that a host reads; empty where they are not there.
struct Members {
  std::string_view model, stream, stream_options, max_tokens, max_completion_tokens, tools, messages, system,
      tool_choice, response_format, output_config, output_format, n, logprobs, top_logprobs, thinking,
      anthropic_version, input, instructions, max_output_tokens, text, reasoning, prompt, dimensions,
      encoding_format;

  void take(const JsonString& key, std::string_view value) {
    if (key.is("model")) model = value;
    if (key.is("stream")) stream = value;
    if (key.is("stream_options")) stream_options = value;
    if (key.is("max_tokens")) max_tokens = value;
    if (key.is("max_completion_tokens")) max_completion_tokens = value;
    if (key.is("tools")) tools = value;
    if (key.is("messages")) messages = value;
    if (key.is("system")) system = value;
    if (key.is("tool_choice")) tool_choice = value;
    if (key.is("response_format")) response_format = value;
    if (key.is("output_config")) output_config = value;
    if (key.is("output_format")) output_format = value;
    if (key.is("n")) n = value;
    if (key.is("logprobs")) logprobs = value;
    if (key.is("top_logprobs")) top_logprobs = value;
    if (key.is("thinking")) thinking = value;
    if (key.is("anthropic_version")) anthropic_version = value;
    if (key.is("input")) input = value;
    if (key.is("instructions")) instructions = value;
    if (key.is("max_output_tokens")) max_output_tokens = value;
    if (key.is("text")) text = value;
    if (key.is("reasoning")) reasoning = value;
    if (key.is("prompt")) prompt = value;
    if (key.is("dimensions")) dimensions = value;
    if (key.is("encoding_format")) encoding_format = value;
  }
};

std::optional<BadRequest> read_messages(const Members& members, SimulatedPrompt& prompt,
                                        SimulatedRequest& request) {
  bool any = false, all_good = true;
  if (members.messages.starts_with('[')) {
    each_element(members.messages, [&](std::string_view message) {
      any = true;
      all_good = all_good && read_message(message, prompt, request);
    });
  }
  if (!any) return BadRequest{"'messages' must be an array with at least one message", "messages"};
  if (!all_good) return BadRequest{"each of 'messages' must be an object with a 'role'", "messages"};
  return std::nullopt;
}

// In any of these APIs' forms.
void read_tools(const Members& members, SimulatedRequest& request) {
  if (!members.tools.starts_with('[')) return;
  each_element(members.tools, [&](std::string_view tool) {
    const std::string_view function = member_of(tool, "function");
    const std::string_view described = function.empty() ? tool : function;
    const auto name = text_of(member_of(described, "name"));
    std::string_view schema = member_of(described, "input_schema");
    if (schema.empty()) schema = member_of(described, "parameters");
    if (name) request.tools.push_back({*name, std::string(schema)});
  });
}

void read_tool_choice(const Members& members, SimulatedRequest& request) {
  using Calls = SimulatedRequest::Calls;
  const auto word = text_of(members.tool_choice);
  const std::string said = word ? *word : text_of(member_of(members.tool_choice, "type")).value_or("");
  if (said == "none") request.calls = Calls::never;
  if (said == "required" || said == "any") request.calls = Calls::always;
  if (said != "function" && said != "tool") return;
  const std::string_view function = member_of(members.tool_choice, "function");
  request.calls = Calls::always;
  request.tool = text_of(member_of(function.empty() ? members.tool_choice : function, "name")).value_or("");
}

void read_form(const Members& members, SimulatedRequest& request) {
  std::string_view format = members.response_format;
  if (!is_given(format)) format = member_of(members.output_config, "format");
  if (!is_given(format)) format = members.output_format;
  if (!is_given(format)) format = member_of(members.text, "format");
  const std::string type = text_of(member_of(format, "type")).value_or("");
  if (type == "json_object") request.form = "{\"type\":\"object\"}";
  if (type != "json_schema") return;
  const std::string_view named = member_of(format, "json_schema");
  request.form = member_of(named.empty() ? format : named, "schema");
  if (request.form.empty()) request.form = "{}";
}

std::optional<BadRequest> read_count(std::string_view value, const std::string& name, std::int64_t least,
                                     std::int64_t most, int& count) {
  if (!is_given(value)) return std::nullopt;
  const std::optional<std::int64_t> found = is_number(value) ? JsonNumber{value}.whole() : std::nullopt;
  if (!found || *found < least || *found > most) {
    return BadRequest{
        "'" + name + "' must be a whole number from " + std::to_string(least) + " to " + std::to_string(most),
        name};
  }
  count = static_cast<int>(*found);
  return std::nullopt;
}

std::optional<BadRequest> read_choices(const Members& members, SimulatedRequest& request) {
  if (auto bad = read_count(members.n, "n", 1, 16, request.choices)) return bad;
  if (members.logprobs != "true") return std::nullopt;
  int others = 0;
  if (auto bad = read_count(members.top_logprobs, "top_logprobs", 0, 20, others)) return bad;
  request.logprobs = others;
  return std::nullopt;
}

std::optional<BadRequest> read_max_output(std::string_view value, const std::string& name,
                                          SimulatedRequest& request) {
  if (!is_given(value)) return std::nullopt;
  const std::optional<std::int64_t> count = is_number(value) ? JsonNumber{value}.whole() : std::nullopt;
  if (!count || *count < 1) {
    return BadRequest{"'" + name + "' must be a whole number of at least 1", name};
  }
  request.max_output = config::Tokens{*count};
  return std::nullopt;
}

std::optional<BadRequest> read_delivery(const Members& members, SimulatedRequest& request) {
  if (!is_given(members.stream)) return std::nullopt;
  if (members.stream != "true" && members.stream != "false") {
    return BadRequest{"'stream' must be true or false", "stream"};
  }
  if (members.stream == "true") request.delivery = routing::Delivery::streamed;
  if (!members.stream_options.starts_with('{')) return std::nullopt;
  each_member(members.stream_options, [&](const JsonString& key, std::string_view value) {
    if (key.is("include_usage")) request.include_usage = value == "true";
  });
  return std::nullopt;
}

// What each API has beside what they have in common.
std::optional<BadRequest> read_wishes(const Members& members, SimulatedApi api, SimulatedRequest& request) {
  switch (api) {
    case SimulatedApi::chat:
      return read_choices(members, request);
    case SimulatedApi::responses:
      request.shows_thinking = is_given(member_of(members.reasoning, "summary"));
      return read_max_output(members.max_output_tokens, "max_output_tokens", request);
    case SimulatedApi::completions: {
      int one = 1;
      return read_count(members.n, "n", 1, 1, one);
    }
    case SimulatedApi::embeddings:
      request.in_base64 = text_of(members.encoding_format) == "base64";
      return read_count(members.dimensions, "dimensions", 1, 4'096, request.dimensions);
    default: {
      if (!request.max_output) return BadRequest{"'max_tokens' is missing", "max_tokens"};
      const std::string thinking = text_of(member_of(members.thinking, "type")).value_or("");
      request.shows_thinking = thinking == "enabled" || thinking == "adaptive";
      return std::nullopt;
    }
  }
}

std::optional<BadRequest> read_said(const Members& members, SimulatedApi api, SimulatedPrompt& prompt,
                                    SimulatedRequest& request) {
  switch (api) {
    case SimulatedApi::responses:
      return read_items(members.input, prompt, request);
    case SimulatedApi::completions:
      return read_plain_prompt(members.prompt, prompt);
    case SimulatedApi::embeddings:
      return read_embedded(members.input, prompt, request);
    default:
      return read_messages(members, prompt, request);
  }
}

// All of it, or why it is not JSON.
std::optional<BadRequest> read_members(std::string_view body, Members& members) {
  JsonTokens tokens;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  if (!walk.ok() || !walk.skip() || !walk.finish()) {
    return BadRequest{"the body is not JSON: " + std::string(walk.fault().what), ""};
  }
  const auto take = [&](const JsonString& key, std::string_view value) { members.take(key, value); };
  if (!each_member(body, take)) return BadRequest{"the body must be a JSON object", ""};
  return std::nullopt;
}

// Where Messages are asked elsewhere, the path says what their body says at Anthropic's, and the body the
// version.
std::optional<BadRequest> check_place(const Members& members, const SimulatedPath& path) {
  if (path.api != SimulatedApi::vertex_messages && path.api != SimulatedApi::bedrock_messages)
    return std::nullopt;
  if (!text_of(members.anthropic_version)) {
    return BadRequest{"anthropic_version: Field required", "anthropic_version"};
  }
  if (!members.model.empty()) return BadRequest{"model: Extra inputs are not permitted", "model"};
  const bool may_say_stream = path.api == SimulatedApi::vertex_messages;
  if (!members.stream.empty() && !may_say_stream)
    return BadRequest{"stream: Extra inputs are not permitted", "stream"};
  return std::nullopt;
}

}  // namespace

std::variant<SimulatedRequest, BadRequest> read_simulated_request(std::string_view body, int block_tokens,
                                                                  const SimulatedPath& path) {
  Members members;
  if (const auto bad = read_members(body, members)) return *bad;

  SimulatedRequest request;
  if (const auto bad = check_place(members, path)) return *bad;
  const std::optional<std::string> model = path.model ? path.model : text_of(members.model);
  if (!model) return BadRequest{"'model' must be a text", "model"};
  request.model = *model;
  if (const auto bad = read_delivery(members, request)) return *bad;
  if (path.streams) request.delivery = routing::Delivery::streamed;
  if (const auto bad = read_max_output(members.max_tokens, "max_tokens", request)) return *bad;
  // The newer name wins where both are there.
  if (const auto bad = read_max_output(members.max_completion_tokens, "max_completion_tokens", request)) {
    return *bad;
  }
  if (const auto bad = read_wishes(members, path.api, request)) return *bad;
  read_tools(members, request);
  read_tool_choice(members, request);
  read_form(members, request);
  SimulatedPrompt prompt{std::max(block_tokens, 1)};
  if (!members.tools.empty()) prompt.text(minified(members.tools));
  MessageSeen of_system;
  read_content(members.system, prompt, of_system);
  read_content(members.instructions, prompt, of_system);
  if (const auto bad = read_said(members, path.api, prompt, request)) return *bad;
  prompt.give_to(request);
  return request;
}

}  // namespace providers
