#include "providers/dialect/object_schema.hpp"

#include "providers/json/json_walk.hpp"

namespace providers {

std::string object_schema(std::string_view schema, JsonTokens& tokens) {
  bool has_type = false;
  bool has_members = false;
  JsonWalk walk(tokens, schema);
  const bool is_object =
      walk.ok() && walk.type() == JsonType::object && walk.object([&](const JsonString& key) {
        has_members = true;
        has_type |= key.is("type");
        return walk.skip();
      });
  if (has_type) return std::string(schema);
  if (!is_object || !has_members) return R"({"type":"object","properties":{}})";
  return std::string(R"({"type":"object",)").append(schema.substr(schema.find('{') + 1));
}

}  // namespace providers
