#include "providers/json/schema_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace providers {
namespace {

constexpr int most_steps = 50'000;
constexpr int most_depth = 64;

// Keywords that may say no to a value, and are not judged here. What nobody knows says nothing, as the
// standard has it, and `format` is a remark.
constexpr std::array<std::string_view, 13> unjudged_words{
    "pattern",          "patternProperties", "propertyNames",         "contains",    "dependentRequired",
    "dependentSchemas", "dependencies",      "unevaluatedProperties", "$dynamicRef", "unevaluatedItems",
    "minContains",      "maxContains",       "$recursiveRef"};

bool is_word(const JsonString& text, std::string_view word) {
  return std::ranges::equal(text.raw, word, [](char a, char b) { return (a | 0x20) == b; });
}

std::int64_t characters(const JsonString& string) {
  const std::string decoded = string.escaped ? string.text() : std::string();
  const std::string_view text = string.escaped ? std::string_view(decoded) : string.raw;
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

class Check {
 public:
  Check(const JsonTree& schemas, const JsonNode& root, const JsonTree& values)
      : schemas_(schemas), root_(root), values_(values) {}

  Fit of(const JsonNode& schema, const JsonNode& value, int depth) {
    if (depth == most_depth || ++steps_ > most_steps) return Fit::unjudged;
    if (schema.type == JsonType::boolean) return schema.is_true ? Fit::fits : Fit::breaks;
    if (schema.type != JsonType::object) return Fit::unjudged;
    if (is_allowed_null(schema, value)) return Fit::fits;
    Fit result = Fit::fits;
    schemas_.all(schema, [&](const JsonNode& word) {
      result = both(result, keyword(schema, word, value, depth + 1));
      return result != Fit::breaks;
    });
    return result;
  }

 private:
  static Fit when(bool fits) { return fits ? Fit::fits : Fit::breaks; }

  bool is_allowed_null(const JsonNode& schema, const JsonNode& value) const {
    if (value.type != JsonType::null) return false;
    const JsonNode* nullable = schemas_.member(schema, "nullable");
    return nullable && nullable->type == JsonType::boolean && nullable->is_true;
  }

  Fit keyword(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonString& key = word.key;
    if (key.is("type")) return type(word, value);
    if (key.is("enum")) return one_of_these(word, value);
    if (key.is("const")) return equal(word, value);
    if (key.is("$ref")) return reference(word, value, depth);
    if (key.is("allOf")) return all_of(word, value, depth);
    if (key.is("anyOf")) return any_of(word, value, depth);
    if (key.is("oneOf")) return exactly_one_of(word, value, depth);
    if (key.is("not")) return opposite(of(word, value, depth));
    if (key.is("if")) return condition(schema, word, value, depth);
    if (std::ranges::any_of(unjudged_words, [&](std::string_view each) { return key.is(each); }))
      return Fit::unjudged;
    switch (value.type) {
      case JsonType::object:
        return of_object(schema, word, value, depth);
      case JsonType::array:
        return of_array(schema, word, value, depth);
      case JsonType::number:
        return of_number(schema, word, value);
      case JsonType::string:
        if (key.is("minLength")) return bound(word, [&](double n) { return length(value) >= n; });
        if (key.is("maxLength")) return bound(word, [&](double n) { return length(value) <= n; });
        return Fit::fits;
      default:
        return Fit::fits;
    }
  }

  Fit of_object(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonString& key = word.key;
    if (key.is("properties")) return properties(word, value, depth);
    if (key.is("required")) return required(word, value);
    if (key.is("additionalProperties")) return additional(schema, word, value, depth);
    if (key.is("minProperties")) return bound(word, [&](double n) { return value.size >= n; });
    if (key.is("maxProperties")) return bound(word, [&](double n) { return value.size <= n; });
    return Fit::fits;
  }

  Fit of_array(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonString& key = word.key;
    if (key.is("items")) return items(schema, word, value, depth);
    if (key.is("prefixItems")) return first_items(word, value, depth);
    if (key.is("minItems")) return bound(word, [&](double n) { return value.size >= n; });
    if (key.is("maxItems")) return bound(word, [&](double n) { return value.size <= n; });
    if (key.is("uniqueItems")) return unique(word, value);
    return Fit::fits;
  }

  Fit of_number(const JsonNode& schema, const JsonNode& word, const JsonNode& value) {
    const JsonString& key = word.key;
    const double number = value.number();
    // As drafts before the sixth had it.
    const auto is_exclusive = [&](std::string_view name) {
      const JsonNode* said = schemas_.member(schema, name);
      return said && said->type == JsonType::boolean && said->is_true;
    };
    if (key.is("minimum"))
      return bound(word,
                   [&](double n) { return is_exclusive("exclusiveMinimum") ? number > n : number >= n; });
    if (key.is("maximum"))
      return bound(word,
                   [&](double n) { return is_exclusive("exclusiveMaximum") ? number < n : number <= n; });
    if (key.is("exclusiveMinimum") && word.type == JsonType::number)
      return bound(word, [&](double n) { return number > n; });
    if (key.is("exclusiveMaximum") && word.type == JsonType::number)
      return bound(word, [&](double n) { return number < n; });
    if (key.is("multipleOf")) return multiple(word, value);
    return Fit::fits;
  }

  template <class Holds>
  Fit bound(const JsonNode& word, Holds holds) {
    return word.type == JsonType::number ? when(holds(word.number())) : Fit::unjudged;
  }
  double length(const JsonNode& value) { return static_cast<double>(characters(value.string())); }

  // Of whole numbers only: of others the remainder is a matter of rounding.
  Fit multiple(const JsonNode& word, const JsonNode& value) {
    const auto of = word.type == JsonType::number ? JsonNumber{word.raw}.whole() : std::nullopt;
    const auto number = JsonNumber{value.raw}.whole();
    return of && *of > 0 && number ? when(*number % *of == 0) : Fit::unjudged;
  }

  Fit type(const JsonNode& word, const JsonNode& value) {
    if (word.type == JsonType::string) return of_type(word.string(), value);
    if (word.type != JsonType::array) return Fit::unjudged;
    Fit result = Fit::breaks;
    schemas_.all(word, [&](const JsonNode& each) {
      const Fit here = each.type == JsonType::string ? of_type(each.string(), value) : Fit::unjudged;
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }
  static Fit of_type(const JsonString& name, const JsonNode& value) {
    if (is_word(name, "integer"))
      return when(value.type == JsonType::number && std::trunc(value.number()) == value.number());
    constexpr std::array<std::pair<std::string_view, JsonType>, 6> types{{{"object", JsonType::object},
                                                                          {"array", JsonType::array},
                                                                          {"string", JsonType::string},
                                                                          {"number", JsonType::number},
                                                                          {"boolean", JsonType::boolean},
                                                                          {"null", JsonType::null}}};
    for (const auto& [word, kind] : types) {
      if (is_word(name, word)) return when(value.type == kind);
    }
    return Fit::unjudged;
  }

  Fit one_of_these(const JsonNode& word, const JsonNode& value) {
    if (word.type != JsonType::array) return Fit::unjudged;
    Fit result = Fit::breaks;
    schemas_.all(word, [&](const JsonNode& each) {
      const Fit here = equal(each, value);
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }

  // Containers are seldom compared, and then by how they are spelled.
  static Fit equal(const JsonNode& wanted, const JsonNode& value) {
    if (wanted.type != value.type) return Fit::breaks;
    switch (value.type) {
      case JsonType::string: {
        const JsonString a = wanted.string(), b = value.string();
        return when(a.escaped || b.escaped ? a.identity() == b.identity() : a.raw == b.raw);
      }
      case JsonType::number:
        return when(wanted.number() == value.number());
      case JsonType::boolean:
        return when(wanted.is_true == value.is_true);
      case JsonType::null:
        return Fit::fits;
      default:
        return wanted.size == 0 && value.size == 0 ? Fit::fits : Fit::unjudged;
    }
  }

  Fit required(const JsonNode& word, const JsonNode& value) {
    if (word.type != JsonType::array) return word.type == JsonType::boolean ? Fit::fits : Fit::unjudged;
    return when(schemas_.all(word, [&](const JsonNode& name) {
      steps_ += static_cast<int>(value.size);
      return name.type != JsonType::string || values_.member(value, name.string());
    }));
  }

  Fit properties(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = Fit::fits;
    values_.all(value, [&](const JsonNode& each) {
      steps_ += static_cast<int>(word.size);
      const JsonNode* schema = schemas_.member(word, each.key);
      if (schema) result = both(result, of(*schema, each, depth));
      return result != Fit::breaks && steps_ < most_steps;
    });
    return steps_ < most_steps ? result : both(result, Fit::unjudged);
  }

  Fit additional(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonNode* known = schemas_.member(schema, "properties");
    // Which of the others a pattern lets in is not judged.
    if (schemas_.member(schema, "patternProperties")) return Fit::unjudged;
    Fit result = Fit::fits;
    values_.all(value, [&](const JsonNode& each) {
      if (known) steps_ += static_cast<int>(known->size);
      if (!known || !schemas_.member(*known, each.key)) result = both(result, of(word, each, depth));
      return result != Fit::breaks && steps_ < most_steps;
    });
    return steps_ < most_steps ? result : both(result, Fit::unjudged);
  }

  Fit items(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type == JsonType::array) return first_items(word, value, depth);
    const JsonNode* before = schemas_.member(schema, "prefixItems");
    std::uint32_t place = 0;
    Fit result = Fit::fits;
    values_.all(value, [&](const JsonNode& each) {
      if (before && place++ < before->size) return true;
      result = both(result, of(word, each, depth));
      return result != Fit::breaks && steps_ < most_steps;
    });
    return steps_ < most_steps ? result : both(result, Fit::unjudged);
  }

  Fit first_items(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = Fit::fits;
    std::uint32_t item = value.first;
    schemas_.all(word, [&](const JsonNode& each) {
      if (item == 0) return false;
      result = both(result, of(each, values_.at(item), depth));
      item = values_.at(item).next;
      return result != Fit::breaks;
    });
    return result;
  }

  Fit unique(const JsonNode& word, const JsonNode& value) {
    if (word.type != JsonType::boolean || !word.is_true) return Fit::fits;
    constexpr std::uint32_t most_compared = 64;
    if (value.size > most_compared) return Fit::unjudged;
    Fit result = Fit::fits;
    for (std::uint32_t a = value.first; a != 0; a = values_.at(a).next) {
      for (std::uint32_t b = values_.at(a).next; b != 0; b = values_.at(b).next)
        result = both(result, opposite(equal(values_.at(a), values_.at(b))));
    }
    return result;
  }

  static Fit opposite(Fit fit) {
    return fit == Fit::fits ? Fit::breaks : fit == Fit::breaks ? Fit::fits : Fit::unjudged;
  }

  Fit all_of(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = word.type == JsonType::array ? Fit::fits : Fit::unjudged;
    schemas_.all(word, [&](const JsonNode& each) {
      result = both(result, of(each, value, depth));
      return result != Fit::breaks;
    });
    return result;
  }
  Fit any_of(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = word.type == JsonType::array ? Fit::breaks : Fit::unjudged;
    schemas_.all(word, [&](const JsonNode& each) {
      const Fit here = of(each, value, depth);
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }
  Fit exactly_one_of(const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type != JsonType::array) return Fit::unjudged;
    int fitting = 0, unjudged = 0;
    schemas_.all(word, [&](const JsonNode& each) {
      const Fit here = of(each, value, depth);
      fitting += here == Fit::fits ? 1 : 0;
      unjudged += here == Fit::unjudged ? 1 : 0;
      return fitting < 2;
    });
    if (fitting > 1) return Fit::breaks;
    return unjudged > 0 ? Fit::unjudged : when(fitting == 1);
  }

  Fit condition(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const Fit asked = of(word, value, depth);
    const JsonNode* then = schemas_.member(schema, "then");
    const JsonNode* otherwise = schemas_.member(schema, "else");
    if (!then && !otherwise) return Fit::fits;
    if (asked == Fit::unjudged) return Fit::unjudged;
    const JsonNode* taken = asked == Fit::fits ? then : otherwise;
    return taken ? of(*taken, value, depth) : Fit::fits;
  }

  Fit reference(const JsonNode& word, const JsonNode& value, int depth) {
    const JsonNode* target = word.type == JsonType::string ? referred(word.string()) : nullptr;
    return target ? of(*target, value, depth) : Fit::unjudged;
  }

  // `#`, or a pointer below it.
  const JsonNode* referred(const JsonString& reference) {
    std::string text = reference.text();
    if (text.empty() || text.front() != '#' || text.find('%') != std::string::npos) return nullptr;
    const JsonNode* node = &root_;
    std::string_view rest = std::string_view(text).substr(1);
    while (!rest.empty()) {
      if (rest.front() != '/' || ++steps_ > most_steps) return nullptr;
      rest.remove_prefix(1);
      std::string name(rest.substr(0, rest.find('/')));
      rest.remove_prefix(name.size());
      for (std::size_t at = name.find('~'); at != std::string::npos; at = name.find('~', at + 1)) {
        if (at + 1 == name.size() || (name[at + 1] != '0' && name[at + 1] != '1')) return nullptr;
        name.replace(at, 2, name[at + 1] == '0' ? "~" : "/");
      }
      steps_ += static_cast<int>(node->size);
      node = schemas_.member(*node, name);
      if (!node) return nullptr;
    }
    return node;
  }

  const JsonTree& schemas_;
  const JsonNode& root_;
  const JsonTree& values_;
  int steps_ = 0;
};

}  // namespace

Fit fit(const JsonTree& schemas, const JsonNode& root, const JsonNode& schema, const JsonTree& values,
        const JsonNode& value) {
  return Check(schemas, root, values).of(schema, value, 0);
}

}  // namespace providers
