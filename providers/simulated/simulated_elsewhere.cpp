// What a simulated host reads out of the bodies of Google's generateContent and of Amazon's Converse.
#include "providers/simulated/simulated_elsewhere.hpp"

#include <algorithm>
#include <array>

#include "providers/simulated/simulated_json.hpp"
#include "providers/simulated/simulated_prompt.hpp"

namespace providers {
namespace {

using Calls = SimulatedRequest::Calls;

std::optional<BadRequest> read_most(std::string_view value, const std::string& name,
                                    SimulatedRequest& request) {
  if (!is_given(value)) return std::nullopt;
  const std::optional<std::int64_t> count = is_number(value) ? JsonNumber{value}.whole() : std::nullopt;
  if (!count || *count < 1) return BadRequest{"'" + name + "' must be a whole number of at least 1", name};
  request.max_output = config::Tokens{*count};
  return std::nullopt;
}

// Google's types are words in capitals.
std::string in_json_schema(std::string_view schema) {
  std::string text = minified(schema);
  constexpr std::array<std::array<std::string_view, 2>, 7> words{{{"OBJECT", "object"},
                                                                  {"STRING", "string"},
                                                                  {"NUMBER", "number"},
                                                                  {"INTEGER", "integer"},
                                                                  {"BOOLEAN", "boolean"},
                                                                  {"ARRAY", "array"},
                                                                  {"NULL", "null"}}};
  for (const auto& [google, plain] : words) {
    const std::string from = "\"type\":\"" + std::string(google) + "\"",
                      to = "\"type\":\"" + std::string(plain) + "\"";
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
      text.replace(at, from.size(), to);
  }
  return text;
}

// One of the parts or blocks: a text counts as one, JSON of calls and results as it is, and all else as an
// image.
void read_piece(std::string_view piece, std::string_view result_key, std::string_view call_key,
                SimulatedPrompt& prompt, MessageSeen& seen) {
  bool is_told = false;
  if (!piece.starts_with('{')) return;
  each_member(piece, [&](const JsonString& key, std::string_view value) {
    if (key.is("text")) {
      if (auto text = text_of(value)) {
        prompt.text(*text);
        seen.last_text = *std::move(text);
        is_told = true;
      }
    } else if (key.is(result_key)) {
      prompt.text(minified(value));
      seen.has_result = true;
      is_told = true;
    } else if (key.is(call_key) || key.is("reasoningContent") || key.is("thoughtSignature") ||
               key.is("thought") || key.is("cachePoint")) {
      prompt.text(minified(value));
      is_told = true;
    }
  });
  if (!is_told) prompt.tokens(tokens_per_image);
}

struct Turns {
  std::string_view list;     // the JSON of all turns
  std::string name;          // of that member
  std::string_view content;  // the name of a turn's pieces
  std::string_view result_key, call_key;
};

std::optional<BadRequest> read_turns(const Turns& turns, SimulatedPrompt& prompt, SimulatedRequest& request) {
  bool any = false;
  const bool is_list = turns.list.starts_with('[') && each_element(turns.list, [&](std::string_view turn) {
                         any = true;
                         MessageSeen seen;
                         prompt.text(text_of(member_of(turn, "role")).value_or("user"));
                         prompt.tokens(tokens_per_message);
                         each_element(member_of(turn, turns.content), [&](std::string_view piece) {
                           read_piece(piece, turns.result_key, turns.call_key, prompt, seen);
                         });
                         request.follows_result = seen.has_result;
                         request.last_text = std::move(seen.last_text);
                       });
  if (is_list && any) return std::nullopt;
  return BadRequest{"'" + turns.name + "' must be an array with at least one element", turns.name};
}

void read_system(std::string_view pieces, SimulatedPrompt& prompt) {
  MessageSeen seen;
  if (!pieces.starts_with('[')) return;
  each_element(pieces, [&](std::string_view piece) { read_piece(piece, "", "", prompt, seen); });
}

std::optional<BadRequest> read_gemini(std::string_view body, SimulatedPrompt& prompt,
                                      SimulatedRequest& request) {
  const std::string_view wishes = member_of(body, "generationConfig");
  if (auto bad = read_most(member_of(wishes, "maxOutputTokens"), "maxOutputTokens", request)) return bad;
  const std::string_view thinking = member_of(wishes, "thinkingConfig");
  request.shows_thinking =
      member_of(thinking, "includeThoughts") == "true" || member_of(thinking, "include_thoughts") == "true";
  if (text_of(member_of(wishes, "responseMimeType")) == "application/json") {
    std::string_view schema = member_of(wishes, "responseJsonSchema");
    if (!is_given(schema)) schema = member_of(wishes, "responseSchema");
    request.form = is_given(schema) ? in_json_schema(schema) : "{\"type\":\"object\"}";
  }
  const std::string_view tools = member_of(body, "tools");
  if (tools.starts_with('[')) {
    prompt.text(minified(tools));
    each_element(tools, [&](std::string_view group) {
      each_element(member_of(group, "functionDeclarations"), [&](std::string_view tool) {
        std::string_view schema = member_of(tool, "parametersJsonSchema");
        // Google takes names of both spellings, and its own SDK sends this one.
        if (!is_given(schema)) schema = member_of(tool, "parameters_json_schema");
        if (!is_given(schema)) schema = member_of(tool, "parameters");
        const auto name = text_of(member_of(tool, "name"));
        if (name)
          request.tools.push_back(
              {*name, is_given(schema) ? in_json_schema(schema) : "{\"type\":\"object\"}"});
      });
    });
  }
  const std::string_view choice = member_of(member_of(body, "toolConfig"), "functionCallingConfig");
  const std::string mode = text_of(member_of(choice, "mode")).value_or("AUTO");
  if (mode == "NONE") request.calls = Calls::never;
  if (mode == "ANY") request.calls = Calls::always;
  each_element(member_of(choice, "allowedFunctionNames"), [&](std::string_view name) {
    if (request.calls == Calls::always && request.tool.empty()) request.tool = text_of(name).value_or("");
  });
  read_system(member_of(member_of(body, "systemInstruction"), "parts"), prompt);
  return read_turns({member_of(body, "contents"), "contents", "parts", "functionResponse", "functionCall"},
                    prompt, request);
}

std::optional<BadRequest> read_converse(std::string_view body, SimulatedPrompt& prompt,
                                        SimulatedRequest& request) {
  if (auto bad = read_most(member_of(member_of(body, "inferenceConfig"), "maxTokens"), "maxTokens", request))
    return bad;
  const std::string_view config = member_of(body, "toolConfig"), tools = member_of(config, "tools");
  if (tools.starts_with('[')) {
    prompt.text(minified(tools));
    each_element(tools, [&](std::string_view tool) {
      const std::string_view spec = member_of(tool, "toolSpec");
      const auto name = text_of(member_of(spec, "name"));
      if (name)
        request.tools.push_back({*name, std::string(member_of(member_of(spec, "inputSchema"), "json"))});
    });
  }
  const std::string_view choice = member_of(config, "toolChoice");
  if (is_given(member_of(choice, "any")) || is_given(member_of(choice, "tool")))
    request.calls = Calls::always;
  request.tool = text_of(member_of(member_of(choice, "tool"), "name")).value_or("");
  const std::string_view format = member_of(member_of(body, "outputConfig"), "textFormat");
  if (text_of(member_of(format, "type")) == "json_schema") {
    request.form =
        text_of(member_of(member_of(member_of(format, "structure"), "jsonSchema"), "schema")).value_or("{}");
  }
  read_system(member_of(body, "system"), prompt);
  return read_turns({member_of(body, "messages"), "messages", "content", "toolResult", "toolUse"}, prompt,
                    request);
}

}  // namespace

std::variant<SimulatedRequest, BadRequest> read_elsewhere(std::string_view body, int block_tokens,
                                                          const SimulatedPath& path) {
  JsonTokens tokens;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  const bool is_json = walk.ok() && walk.skip() && walk.finish();
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  if (!is_json || begin == std::string_view::npos || body[begin] != '{')
    return BadRequest{"the body must be a JSON object", ""};
  SimulatedRequest request;
  request.model = path.model.value_or("");
  request.delivery = path.streams ? routing::Delivery::streamed : routing::Delivery::whole;
  SimulatedPrompt prompt{std::max(block_tokens, 1)};
  const std::string_view object = body.substr(begin);
  const auto bad = path.api == SimulatedApi::gemini ? read_gemini(object, prompt, request)
                                                    : read_converse(object, prompt, request);
  if (bad) return *bad;
  prompt.give_to(request);
  return request;
}

}  // namespace providers
