#include "gateway/answer/offered_tools.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;

OfferedTools::OfferedTools(std::string_view tools, Called& called, providers::JsonTokens& tokens)
    : text_(tools), called_(called), walk_(tokens, tools) {
  if (walk_.ok() && walk_.type() == JsonType::array) walk_.array([this] { return tool(); });
  if (!walk_.ok()) has_others_ = true;
}

bool OfferedTools::tool() {
  if (walk_.type() != JsonType::object) return walk_.skip();
  One one;
  if (!walk_.object([&](const JsonString& key) { return member(key, one); })) return false;
  if (one.name.raw.empty()) {
    has_others_ = has_others_ || !one.is_group;
    return true;
  }
  const auto called = one.name.escaped ? called_.find(one.name.text()) : called_.find(one.name.raw);
  if (called != called_.end()) called->second = {true, one.schema};
  return true;
}

bool OfferedTools::member(const JsonString& key, One& one) {
  if (key.is("function") && walk_.type() == JsonType::object)
    return walk_.object([&](const JsonString& inner) { return member(inner, one); });
  if ((key.is("functionDeclarations") || key.is("function_declarations")) &&
      walk_.type() == JsonType::array) {
    one.is_group = true;
    return walk_.array([this] { return tool(); });
  }
  if (key.is("tools")) has_others_ = true;
  if (key.is("name") && walk_.type() == JsonType::string) {
    const auto name = walk_.string();
    if (name) one.name = *name;
    return name.has_value();
  }
  const bool is_schema = key.is("parameters") || key.is("input_schema") || key.is("parametersJsonSchema") ||
                         key.is("parameters_json_schema");
  const std::size_t begin = walk_.position();
  if (!walk_.skip()) return false;
  if (is_schema) one.schema = text_.substr(begin, walk_.end() - begin);
  return true;
}

std::size_t bytes_of_tools(const std::vector<providers::Tool>& tools) {
  std::size_t bytes = 0;
  for (const providers::Tool& tool : tools) bytes += tool.name.raw.size() + tool.schema.size();
  return bytes;
}

std::string in_one_list(const std::vector<providers::Tool>& tools) {
  std::string list = "[";
  for (const providers::Tool& tool : tools) {
    list.append(list.size() > 1 ? "," : "").append(R"({"name":")").append(tool.name.raw).append("\"");
    if (!tool.schema.empty()) list.append(R"(,"parameters":)").append(tool.schema);
    list += '}';
  }
  return list += ']';
}

}  // namespace gateway
