#include "gateway/surfaces/gemini/gemini_schema.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "gateway/surfaces/gemini/gemini_names.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {
namespace {

using providers::JsonString;
using providers::JsonType;
using providers::JsonWalk;

constexpr std::array<std::string_view, 7> google_types{"STRING", "NUMBER", "INTEGER", "BOOLEAN",
                                                       "ARRAY",  "OBJECT", "NULL"};
constexpr std::array<std::string_view, 6> counts{"minItems",  "maxItems",      "minLength",
                                                 "maxLength", "minProperties", "maxProperties"};

class SchemaWriter {
 public:
  SchemaWriter(std::string_view text, JsonWalk& walk) : text_(text), walk_(walk) {}

  // Consumes a value and writes it as a schema.
  bool schema(std::string& out) {
    if (walk_.type() != JsonType::object) return as_it_is(out);
    Found found;
    if (!walk_.object([&](const JsonString& key) { return member(key, found); })) return false;
    if (found.may_be_null) allow_null(found);
    out += '{';
    add(out, "type", found.type);
    add(out, "enum", found.values);
    add(out, "anyOf", found.any_of);
    if (!found.rest.empty()) out.append(out.back() == '{' ? "" : ",").append(found.rest);
    out += '}';
    return true;
  }

 private:
  // Of one schema, as JSON; empty: not said.
  struct Found {
    std::string type, values, any_of, rest;
    bool may_be_null = false;
  };

  static void add(std::string& out, std::string_view name, const std::string& value) {
    if (value.empty()) return;
    out.append(out.back() == '{' ? "\"" : ",\"").append(name).append("\":").append(value);
  }

  // Of a list, another element.
  static void add_element(std::string& list, std::string_view element) {
    const bool is_empty = list.find_first_not_of(" \t\r\n", 1) == list.size() - 1;
    list.insert(list.size() - 1, std::string(is_empty ? "" : ",").append(element));
  }

  static void allow_null(Found& found) {
    if (!found.type.empty()) {
      if (found.type.front() == '"' && found.type != "\"null\"") found.type = "[" + found.type + ",\"null\"]";
      if (!found.values.empty()) add_element(found.values, "null");
    }
    if (!found.any_of.empty()) add_element(found.any_of, R"({"type":"null"})");
  }

  bool member(const JsonString& key, Found& found) {
    if (key.is("type") && walk_.type() == JsonType::string) return type(found.type);
    if (key.is("nullable") && walk_.type() == JsonType::boolean) {
      const auto value = walk_.boolean();
      found.may_be_null = value.value_or(false);
      return value.has_value();
    }
    if (key.is("enum") && walk_.type() == JsonType::array) return as_it_is(found.values);
    if (is(key, "anyOf", "any_of") && walk_.type() == JsonType::array) return list(found.any_of);
    std::string& out = found.rest;
    out.append(out.empty() ? "\"" : ",\"").append(key.raw).append("\":");
    if (key.is("properties") && walk_.type() == JsonType::object) return properties(out);
    if (key.is("items")) return schema(out);
    const auto is_it = [&](std::string_view name) { return key.is(name); };
    const bool is_count = std::ranges::any_of(counts, is_it) && walk_.type() == JsonType::string;
    return is_count ? count(out) : as_it_is(out);
  }

  bool as_it_is(std::string& out) {
    const std::size_t begin = walk_.position();
    if (!walk_.skip()) return false;
    out.append(text_.substr(begin, walk_.end() - begin));
    return true;
  }

  bool type(std::string& out) {
    const auto word = walk_.string();
    if (!word) return false;
    const bool is_googles = std::ranges::find(google_types, word->raw) != google_types.end();
    const auto small = [](char c) { return static_cast<char>(c - 'A' + 'a'); };
    out = "\"" + std::string(word->raw) + "\"";
    if (is_googles) std::transform(out.begin() + 1, out.end() - 1, out.begin() + 1, small);
    return true;
  }

  bool count(std::string& out) {
    const auto word = walk_.string();
    if (!word) return false;
    const bool is_number = providers::is_number(word->raw);
    out.append(is_number ? "" : "\"").append(word->raw).append(is_number ? "" : "\"");
    return true;
  }

  bool properties(std::string& out) {
    out += '{';
    const bool is_read = walk_.object([&](const JsonString& name) {
      out.append(out.back() == '{' ? "\"" : ",\"").append(name.raw).append("\":");
      return schema(out);
    });
    out += '}';
    return is_read;
  }

  bool list(std::string& out) {
    out += '[';
    const bool is_read = walk_.array([&] {
      if (out.back() != '[') out += ',';
      return schema(out);
    });
    out += ']';
    return is_read;
  }

  std::string_view text_;
  JsonWalk& walk_;
};

}  // namespace

std::string_view as_json_schema(std::string_view schema, providers::OwnTexts& own) {
  if (schema.empty()) return schema;
  providers::JsonTokens tokens;
  JsonWalk walk(tokens, schema);
  std::string text;
  return SchemaWriter(schema, walk).schema(text) && text != schema ? own.keep(std::move(text)) : schema;
}

}  // namespace gateway
