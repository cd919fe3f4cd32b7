#include "providers/json/schema_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

namespace providers {
namespace {

constexpr int most_depth = 64;
// Of a keyword whose every letter is escaped: what is longer is none.
constexpr std::size_t longest_word = 6 * std::string_view("unevaluatedProperties").size();
// Bytes that a step is enough for.
constexpr std::size_t compared_at_once = 32, decoded_at_once = 8;

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
  const std::string plain = string.escaped ? string.text() : std::string();
  const std::string_view text = string.escaped ? std::string_view(plain) : string.raw;
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

// Whatever is looked at is paid for before it is. Once nothing is left, results mean nothing any more, and
// all there is to do is to end.
class Check {
 public:
  Check(const JsonTree& schemas, const JsonNode& root, const JsonTree& values, FitEffort& effort)
      : schemas_(schemas), root_(root), values_(values), effort_(effort) {}

  Fit of(const JsonNode& schema, const JsonNode& value, int depth) {
    if (depth == most_depth || !effort_.spend(1)) return Fit::unjudged;
    if (schema.type == JsonType::boolean) return schema.is_true ? Fit::fits : Fit::breaks;
    if (schema.type != JsonType::object) return Fit::unjudged;
    if (is_allowed_null(schema, value)) return Fit::fits;
    Fit result = Fit::fits;
    all(schemas_, schema, [&](const JsonNode& word) {
      result = both(result, keyword(schema, word, value, depth + 1));
      return result != Fit::breaks;
    });
    return result;
  }

 private:
  static Fit when(bool fits) { return fits ? Fit::fits : Fit::breaks; }

  template <class Each>
  bool all(const JsonTree& tree, const JsonNode& container, Each each) {
    return tree.all(container, [&](const JsonNode& node) { return effort_.spend(1) && each(node); });
  }

  bool spend_on(const JsonString& text) {
    return effort_.spend(text.raw.size() / (text.escaped ? decoded_at_once : compared_at_once));
  }

  // As the tree's.
  const JsonNode* member(const JsonTree& tree, const JsonNode& object, const JsonString& key) {
    if (object.type != JsonType::object || !spend_on(key)) return nullptr;
    const std::string name = key.escaped ? key.identity() : std::string();
    const JsonNode* found = nullptr;
    all(tree, object, [&](const JsonNode& each) {
      const JsonString& other = each.key;
      if (!key.escaped && !other.escaped && key.raw.size() != other.raw.size()) return true;
      if (!spend_on(other)) return false;
      const bool is_it =
          key.escaped ? (other.escaped ? other.identity() == name : other.raw == name) : other.is(key.raw);
      if (is_it) found = &each;
      return true;
    });
    return found;
  }
  const JsonNode* in_schema(const JsonNode& schema, std::string_view word) {
    return member(schemas_, schema, JsonString{word});
  }

  bool is_allowed_null(const JsonNode& schema, const JsonNode& value) {
    if (value.type != JsonType::null) return false;
    const JsonNode* nullable = in_schema(schema, "nullable");
    return nullable && nullable->type == JsonType::boolean && nullable->is_true;
  }

  Fit keyword(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonString& key = word.key;
    // Decoded for each word that it is compared with.
    if (key.escaped &&
        (key.raw.size() > longest_word || !effort_.spend(40 * (1 + key.raw.size() / decoded_at_once))))
      return Fit::fits;
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
    if (!effort_.spend(value.raw.size() / decoded_at_once)) return Fit::unjudged;
    const double number = value.number();
    // As drafts before the sixth had it.
    const auto is_exclusive = [&](std::string_view name) {
      const JsonNode* said = in_schema(schema, name);
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
    if (word.type != JsonType::number || !effort_.spend(word.raw.size() / decoded_at_once))
      return Fit::unjudged;
    return when(holds(word.number()));
  }
  double length(const JsonNode& value) {
    return spend_on(value.string()) ? static_cast<double>(characters(value.string())) : 0;
  }

  // Of whole numbers only: of others the remainder is a matter of rounding.
  Fit multiple(const JsonNode& word, const JsonNode& value) {
    if (word.type != JsonType::number || !effort_.spend(word.raw.size() / decoded_at_once))
      return Fit::unjudged;
    const auto of = JsonNumber{word.raw}.whole();
    const auto number = JsonNumber{value.raw}.whole();
    return of && *of > 0 && number ? when(*number % *of == 0) : Fit::unjudged;
  }

  Fit type(const JsonNode& word, const JsonNode& value) {
    if (word.type == JsonType::string) return of_type(word.string(), value);
    if (word.type != JsonType::array) return Fit::unjudged;
    Fit result = Fit::breaks;
    all(schemas_, word, [&](const JsonNode& each) {
      const Fit here = each.type == JsonType::string ? of_type(each.string(), value) : Fit::unjudged;
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }
  Fit of_type(const JsonString& name, const JsonNode& value) {
    if (is_word(name, "integer")) {
      if (value.type != JsonType::number) return Fit::breaks;
      if (!effort_.spend(value.raw.size() / decoded_at_once)) return Fit::unjudged;
      const double number = value.number();
      return when(std::trunc(number) == number);
    }
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
    all(schemas_, word, [&](const JsonNode& each) {
      const Fit here = equal(each, value);
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }

  // Containers are seldom compared, and then by how they are spelled.
  Fit equal(const JsonNode& wanted, const JsonNode& value) {
    if (!effort_.spend(1)) return Fit::unjudged;
    if (wanted.type != value.type) return Fit::breaks;
    switch (value.type) {
      case JsonType::string: {
        const JsonString a = wanted.string(), b = value.string();
        const bool is_escaped = a.escaped || b.escaped;
        if (!is_escaped && a.raw.size() != b.raw.size()) return Fit::breaks;
        if (!effort_.spend((a.raw.size() + b.raw.size()) / (is_escaped ? decoded_at_once : compared_at_once)))
          return Fit::unjudged;
        return when(is_escaped ? a.identity() == b.identity() : a.raw == b.raw);
      }
      case JsonType::number:
        if (!effort_.spend((wanted.raw.size() + value.raw.size()) / decoded_at_once)) return Fit::unjudged;
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
    return when(all(schemas_, word, [&](const JsonNode& name) {
      return name.type != JsonType::string || member(values_, value, name.string());
    }));
  }

  Fit properties(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = Fit::fits;
    all(values_, value, [&](const JsonNode& each) {
      const JsonNode* schema = member(schemas_, word, each.key);
      if (schema) result = both(result, of(*schema, each, depth));
      return result != Fit::breaks;
    });
    return result;
  }

  Fit additional(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    const JsonNode* known = in_schema(schema, "properties");
    // Which of the others a pattern lets in is not judged.
    if (in_schema(schema, "patternProperties")) return Fit::unjudged;
    Fit result = Fit::fits;
    all(values_, value, [&](const JsonNode& each) {
      if (!known || !member(schemas_, *known, each.key)) result = both(result, of(word, each, depth));
      return result != Fit::breaks;
    });
    return result;
  }

  Fit items(const JsonNode& schema, const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type == JsonType::array) return first_items(word, value, depth);
    const JsonNode* before = in_schema(schema, "prefixItems");
    std::uint32_t place = 0;
    Fit result = Fit::fits;
    all(values_, value, [&](const JsonNode& each) {
      if (before && place++ < before->size) return true;
      result = both(result, of(word, each, depth));
      return result != Fit::breaks;
    });
    return result;
  }

  Fit first_items(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = Fit::fits;
    std::uint32_t item = value.first;
    all(schemas_, word, [&](const JsonNode& each) {
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
    all(schemas_, word, [&](const JsonNode& each) {
      result = both(result, of(each, value, depth));
      return result != Fit::breaks;
    });
    return result;
  }
  Fit any_of(const JsonNode& word, const JsonNode& value, int depth) {
    Fit result = word.type == JsonType::array ? Fit::breaks : Fit::unjudged;
    all(schemas_, word, [&](const JsonNode& each) {
      const Fit here = of(each, value, depth);
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }
  Fit exactly_one_of(const JsonNode& word, const JsonNode& value, int depth) {
    if (word.type != JsonType::array) return Fit::unjudged;
    int fitting = 0, unjudged = 0;
    all(schemas_, word, [&](const JsonNode& each) {
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
    if (!effort_.spend(reference.raw.size() / decoded_at_once)) return nullptr;
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
      node = member(schemas_, *node, JsonString{*name});
      if (!node) return nullptr;
    }
    return node;
  }

  const JsonTree& schemas_;
  const JsonNode& root_;
  const JsonTree& values_;
  FitEffort& effort_;
};

}  // namespace

Fit fit(const JsonTree& schemas, const JsonNode& root, const JsonNode& schema, const JsonTree& values,
        const JsonNode& value, FitEffort& effort) {
  const Fit result = Check(schemas, root, values, effort).of(schema, value, 0);
  return effort.is_spent() ? Fit::unjudged : result;
}

}  // namespace providers
