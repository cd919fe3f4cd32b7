#include "providers/json/value_words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace providers {
namespace {

bool is_word(const JsonString& text, std::string_view word) {
  return std::ranges::equal(text.raw, word, [](char a, char b) { return (a | 0x20) == b; });
}

std::int64_t characters(const JsonString& string) {
  const std::string plain = string.escaped ? string.text() : std::string();
  const std::string_view text = string.escaped ? std::string_view(plain) : string.raw;
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

}  // namespace

Fit ValueWords::of(const JsonNode& schema, const JsonNode& word, const JsonNode& value) {
  const JsonString& key = word.key;
  if (key.is("type")) return type(word, value);
  if (key.is("enum")) return one_of_these(word, value);
  if (key.is("const")) return look_.equal(word, value);
  switch (value.type) {
    case JsonType::object:
      return of_object(word, value);
    case JsonType::array:
      return of_array(word, value);
    case JsonType::number:
      return of_number(schema, word, value);
    case JsonType::string:
      return of_string(word, value);
    default:
      return Fit::fits;
  }
}

template <class Holds>
Fit ValueWords::bound(const JsonNode& word, Holds holds) {
  if (word.type != JsonType::number || !look_.decode(word.raw.size())) return Fit::unjudged;
  return fit_if(holds(word.number()));
}

Fit ValueWords::of_object(const JsonNode& word, const JsonNode& value) {
  const JsonString& key = word.key;
  if (key.is("required")) return required(word, value);
  if (key.is("minProperties")) return bound(word, [&](double n) { return value.size >= n; });
  if (key.is("maxProperties")) return bound(word, [&](double n) { return value.size <= n; });
  return Fit::fits;
}

Fit ValueWords::of_array(const JsonNode& word, const JsonNode& value) {
  const JsonString& key = word.key;
  if (key.is("minItems")) return bound(word, [&](double n) { return value.size >= n; });
  if (key.is("maxItems")) return bound(word, [&](double n) { return value.size <= n; });
  if (key.is("uniqueItems")) return unique(word, value);
  return Fit::fits;
}

Fit ValueWords::of_number(const JsonNode& schema, const JsonNode& word, const JsonNode& value) {
  const JsonString& key = word.key;
  if (!look_.decode(value.raw.size())) return Fit::unjudged;
  const double number = value.number();
  // As drafts before the sixth had it.
  const auto is_exclusive = [&](std::string_view name) { return look_.is_true(schemas_, schema, name); };
  if (key.is("minimum"))
    return bound(word, [&](double n) { return is_exclusive("exclusiveMinimum") ? number > n : number >= n; });
  if (key.is("maximum"))
    return bound(word, [&](double n) { return is_exclusive("exclusiveMaximum") ? number < n : number <= n; });
  if (key.is("exclusiveMinimum") && word.type == JsonType::number)
    return bound(word, [&](double n) { return number > n; });
  if (key.is("exclusiveMaximum") && word.type == JsonType::number)
    return bound(word, [&](double n) { return number < n; });
  if (key.is("multipleOf")) return multiple(word, value);
  return Fit::fits;
}

Fit ValueWords::of_string(const JsonNode& word, const JsonNode& value) {
  const auto length = [&] {
    const JsonString text = value.string();
    return look_.spend_on(text) ? static_cast<double>(characters(text)) : 0;
  };
  if (word.key.is("minLength")) return bound(word, [&](double n) { return length() >= n; });
  if (word.key.is("maxLength")) return bound(word, [&](double n) { return length() <= n; });
  return Fit::fits;
}

// Of whole numbers only: of others the remainder is a matter of rounding.
Fit ValueWords::multiple(const JsonNode& word, const JsonNode& value) {
  if (word.type != JsonType::number || !look_.decode(word.raw.size())) return Fit::unjudged;
  const auto of = JsonNumber{word.raw}.whole();
  const auto number = JsonNumber{value.raw}.whole();
  return of && *of > 0 && number ? fit_if(*number % *of == 0) : Fit::unjudged;
}

Fit ValueWords::type(const JsonNode& word, const JsonNode& value) {
  if (word.type == JsonType::string) return of_type(word.string(), value);
  if (word.type != JsonType::array) return Fit::unjudged;
  return look_.any(schemas_, word, [&](const JsonNode& each) {
    return each.type == JsonType::string ? of_type(each.string(), value) : Fit::unjudged;
  });
}

Fit ValueWords::of_type(const JsonString& name, const JsonNode& value) {
  if (is_word(name, "integer")) {
    if (value.type != JsonType::number) return Fit::breaks;
    if (!look_.decode(value.raw.size())) return Fit::unjudged;
    const double number = value.number();
    return fit_if(std::trunc(number) == number);
  }
  constexpr std::array<std::pair<std::string_view, JsonType>, 6> types{{{"object", JsonType::object},
                                                                        {"array", JsonType::array},
                                                                        {"string", JsonType::string},
                                                                        {"number", JsonType::number},
                                                                        {"boolean", JsonType::boolean},
                                                                        {"null", JsonType::null}}};
  for (const auto& [word, kind] : types) {
    if (is_word(name, word)) return fit_if(value.type == kind);
  }
  return Fit::unjudged;
}

Fit ValueWords::one_of_these(const JsonNode& word, const JsonNode& value) {
  if (word.type != JsonType::array) return Fit::unjudged;
  return look_.any(schemas_, word, [&](const JsonNode& each) { return look_.equal(each, value); });
}

Fit ValueWords::required(const JsonNode& word, const JsonNode& value) {
  if (word.type != JsonType::array) return word.type == JsonType::boolean ? Fit::fits : Fit::unjudged;
  return fit_if(look_.all(schemas_, word, [&](const JsonNode& name) {
    return name.type != JsonType::string || look_.member(values_, value, name.string());
  }));
}

Fit ValueWords::unique(const JsonNode& word, const JsonNode& value) {
  if (word.type != JsonType::boolean || !word.is_true) return Fit::fits;
  constexpr std::uint32_t most_compared = 64;
  if (value.size > most_compared) return Fit::unjudged;
  Fit result = Fit::fits;
  for (std::uint32_t a = value.first; a != 0; a = values_.at(a).next) {
    for (std::uint32_t b = values_.at(a).next; b != 0; b = values_.at(b).next)
      result = both(result, opposite(look_.equal(values_.at(a), values_.at(b))));
  }
  return result;
}

}  // namespace providers
