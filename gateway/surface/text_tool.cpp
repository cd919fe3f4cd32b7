#include "gateway/surface/text_tool.hpp"

#include <optional>
#include <utility>

#include "providers/json/json_tokens.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {
namespace {

constexpr std::string_view schema_of_a_text =
    R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"],)"
    R"("additionalProperties":false})";

}  // namespace

void make_text_tool(providers::Tool& tool, const providers::Text& grammar, const providers::Text& syntax,
                    providers::OwnTexts& own) {
  tool.takes_text = true;
  tool.schema = schema_of_a_text;
  tool.is_strict = false;
  tool.grammar = grammar;
  tool.syntax = syntax;
  tool.plain_description = tool.description;
  if (grammar.raw.empty()) return;
  std::string description(tool.description.raw);
  if (!description.empty()) description += "\\n\\n";
  description.append("The input must be a text of this grammar (").append(syntax.raw).append("):\\n");
  description.append(grammar.raw);
  tool.description = {own.keep(std::move(description)), true};
}

void call_with_text(providers::ToolCallPart& call, const providers::Text& input, providers::OwnTexts& own) {
  std::string object = R"({"input":")";
  object.append(input.raw).append("\"}");
  call.arguments = own.keep(std::move(object));
  call.input = input;
}

std::string text_in(const std::string& arguments) {
  const std::string object = providers::Text{arguments, true}.text();
  providers::JsonTokens tokens;
  providers::JsonWalk walk(tokens, object);
  std::optional<std::string> found;
  const bool is_read = walk.ok() && walk.type() == providers::JsonType::object &&
                       walk.object([&](const providers::JsonString& key) {
                         const bool is_text = walk.type() == providers::JsonType::string;
                         if (!key.is("input") || !is_text) return walk.skip();
                         const auto text = walk.string();
                         if (text) found = text->raw;
                         return text.has_value();
                       });
  return is_read && walk.finish() && found ? *std::move(found) : arguments;
}

}  // namespace gateway
