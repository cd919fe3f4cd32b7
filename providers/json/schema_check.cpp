#include "providers/json/schema_check.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "providers/json/paid_look.hpp"
#include "providers/json/value_words.hpp"

namespace providers {
namespace {

constexpr int most_depth = 64;
// Of a keyword whose every letter is escaped: what is longer is none.
constexpr std::size_t longest_word = 6 * std::string_view("unevaluatedProperties").size();

// Keywords that may say no to a value, and are not judged here. What nobody knows says nothing, as the
// standard has it, and `format` is a remark.
constexpr std::array<std::string_view, 13> unjudged_words{
    "pattern",          "patternProperties", "propertyNames",         "contains",    "dependentRequired",
    "dependentSchemas", "dependencies",      "unevaluatedProperties", "$dynamicRef", "unevaluatedItems",
    "minContains",      "maxContains",       "$recursiveRef"};

class Check {
 public:
  Check(const JsonTree& schemas, const JsonNode& root, const JsonTree& values, FitEffort& effort)
      : schemas_(schemas), root_(root), values_(values), look_(effort) {}

  Fit of(const JsonNode& schema, const JsonNode& value, int depth) {
    if (depth == most_depth || !look_.spend(1)) return Fit::unjudged;
    if (schema.type == JsonType::boolean) return fit_if(schema.is_true);
    if (schema.type != JsonType::object) return Fit::unjudged;
    if (is_allowed_null(schema, value)) return Fit::fits;
    return look_.every(schemas_, schema,
                       [&](const JsonNode& word) { return keyword(schema, word, value, depth + 1); });
  }

 private:
  const JsonNode* in_schema(const JsonNode& schema, std::string_view word) {
    return look_.member(schemas_, schema, JsonString{word});
  }

  bool is_allowed_null(const JsonNode& schema, const JsonNode& value) {
    return value.type == JsonType::null && look_.is_true(schemas_, schema, "nullable");
  }

  Fit keyword(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonString& key = word.key;
    // Decoded for each word that it is compared with.
    if (key.escaped && (key.raw.size() > longest_word ||
                        !look_.spend(40 * (1 + key.raw.size() / PaidLook::decoded_at_once))))
      return Fit::fits;
    if (key.is("$ref")) return reference(word, value, depth);
    if (key.is("allOf")) return all_of(word, value, depth);
    if (key.is("anyOf")) return any_of(word, value, depth);
    if (key.is("oneOf")) return exactly_one_of(word, value, depth);
    if (key.is("not")) return opposite(of(word, value, depth));
    if (key.is("if")) return condition(schema, word, value, depth);
    if (std::ranges::any_of(unjudged_words, [&](std::string_view each) { return key.is(each); }))
      return Fit::unjudged;
    if (value.type == JsonType::object) {
      if (key.is("properties")) return properties(word, value, depth);
      if (key.is("additionalProperties")) return additional(schema, word, value, depth);
    }
    if (value.type == JsonType::array) {
      if (key.is("items")) return items(schema, word, value, depth);
      if (key.is("prefixItems")) return first_items(word, value, depth);
    }
    return words_.of(schema, word, value);
  }

  Fit properties(const JsonNode& word, const JsonNode& value, int depth) {
    return look_.every(values_, value, [&](const JsonNode& each) {
      const JsonNode* schema = look_.member(schemas_, word, each.key);
      return schema ? of(*schema, each, depth) : Fit::fits;
    });
  }

  Fit additional(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonNode* known = in_schema(schema, "properties");
    // Which of the others a pattern lets in is not judged.
    if (in_schema(schema, "patternProperties")) return Fit::unjudged;
    return look_.every(values_, value, [&](const JsonNode& each) {
      const bool is_known = known && look_.member(schemas_, *known, each.key);
      return is_known ? Fit::fits : of(word, each, depth);
    });
  }

  Fit items(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type == JsonType::array) return first_items(word, value, depth);
    const JsonNode* before = in_schema(schema, "prefixItems");
    std::uint32_t place = 0;
    return look_.every(values_, value, [&](const JsonNode& each) {
      const bool is_before = before && place++ < before->size;
      return is_before ? Fit::fits : of(word, each, depth);
    });
  }

  Fit first_items(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = Fit::fits;
    std::uint32_t item = value.first;
    look_.all(schemas_, word, [&](const JsonNode& each) {
      if (item == 0) return false;
      result = both(result, of(each, values_.at(item), depth));
      item = values_.at(item).next;
      return result != Fit::breaks;
    });
    return result;
  }

  Fit all_of(const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type != JsonType::array) return Fit::unjudged;
    return look_.every(schemas_, word, [&](const JsonNode& each) { return of(each, value, depth); });
  }
  Fit any_of(const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type != JsonType::array) return Fit::unjudged;
    return look_.any(schemas_, word, [&](const JsonNode& each) { return of(each, value, depth); });
  }
  Fit exactly_one_of(const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type != JsonType::array) return Fit::unjudged;
    int fitting = 0, unjudged = 0;
    look_.all(schemas_, word, [&](const JsonNode& each) {
      const Fit here = of(each, value, depth);
      fitting += here == Fit::fits ? 1 : 0;
      unjudged += here == Fit::unjudged ? 1 : 0;
      return fitting < 2;
    });
    if (fitting > 1) return Fit::breaks;
    return unjudged > 0 ? Fit::unjudged : fit_if(fitting == 1);
  }

  Fit condition(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const Fit asked = of(word, value, depth);
    const JsonNode* then = in_schema(schema, "then");
    const JsonNode* otherwise = in_schema(schema, "else");
    if (!then && !otherwise) return Fit::fits;
    if (asked == Fit::unjudged) return Fit::unjudged;
    const JsonNode* taken = asked == Fit::fits ? then : otherwise;
    return taken ? of(*taken, value, depth) : Fit::fits;
  }

  Fit reference(const JsonNode& word, const JsonNode& value, int depth) {
    const JsonNode* target = word.type == JsonType::string ? referred(word.string()) : nullptr;
    return target ? of(*target, value, depth) : Fit::unjudged;
  }

  // Of a JSON pointer, where a slash is ~1 and a tilde ~0.
  static std::optional<std::string> unescaped(std::string_view part) {
    std::string name;
    for (std::size_t at = 0; at < part.size(); ++at) {
      if (part[at] != '~') {
        name += part[at];
        continue;
      }
      if (++at == part.size() || (part[at] != '0' && part[at] != '1')) return std::nullopt;
      name += part[at] == '0' ? '~' : '/';
    }
    return name;
  }

  // `#`, or a pointer below it.
  const JsonNode* referred(const JsonString& reference) {
    if (!look_.decode(reference.raw.size())) return nullptr;
    const std::string text = reference.text();
    if (text.empty() || text.front() != '#' || text.find('%') != std::string::npos) return nullptr;
    const JsonNode* node = &root_;
    std::string_view rest = std::string_view(text).substr(1);
    while (!rest.empty()) {
      if (rest.front() != '/') return nullptr;
      rest.remove_prefix(1);
      const std::string_view part = rest.substr(0, rest.find('/'));
      rest.remove_prefix(part.size());
      const auto name = unescaped(part);
      if (!name) return nullptr;
      node = look_.member(schemas_, *node, JsonString{*name});
      if (!node) return nullptr;
    }
    return node;
  }

  const JsonTree& schemas_;
  const JsonNode& root_;
  const JsonTree& values_;
  PaidLook look_;
  ValueWords words_{schemas_, values_, look_};
};

}  // namespace

Fit fit(const JsonTree& schemas, const JsonNode& root, const JsonNode& schema, const JsonTree& values,
        const JsonNode& value, FitEffort& effort) {
  const Fit result = Check(schemas, root, values, effort).of(schema, value, 0);
  return effort.is_spent() ? Fit::unjudged : result;
}

}  // namespace providers
