// The forms of single values: texts, switches, numbers and amounts with units. See form.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/forms/form.hpp"
#include "config/values/quantity.hpp"
#include "config/values/settings.hpp"

namespace config {

// One line of text without control characters.
struct TextForm {
  using Value = std::string;
  std::string wanted;
  std::size_t longest = 200;
  std::optional<std::string> read(const Node& node) const;
  JsonMembers schema() const { return {{"type", json_string("string")}}; }
};

// A name of one kind; that it exists is checked when everything is read.
template <class Name>
struct NameForm {
  using Value = Name;
  TextForm text;
  std::optional<Name> read(const Node& node) const {
    auto value = text.read(node);
    return value ? std::optional(Name{std::move(*value)}) : std::nullopt;
  }
  JsonMembers schema() const { return text.schema(); }
};

struct FlagForm {
  using Value = bool;
  std::optional<bool> read(const Node& node) const;
  JsonMembers schema() const { return {{"type", json_string("boolean")}}; }
  std::string show(bool value) const { return value ? "true" : "false"; }
};

// true, false or unknown.
struct FactForm {
  using Value = std::optional<bool>;
  std::optional<std::optional<bool>> read(const Node& node) const;
  JsonMembers schema() const { return {{"enum", R"([true,false,"unknown"])"}}; }
  std::string show(std::optional<bool> value) const {
    return value ? (*value ? "true" : "false") : R"("unknown")";
  }
};

struct WholeForm {
  using Value = int;
  int least;
  int most;
  std::optional<int> read(const Node& node) const;
  JsonMembers schema() const {
    return {{"type", json_string("integer")},
            {"minimum", std::to_string(least)},
            {"maximum", std::to_string(most)}};
  }
  std::string show(int value) const { return std::to_string(value); }
};

// A ratio or a factor, which has no unit.
struct RealForm {
  using Value = double;
  double least;
  double most;
  std::optional<double> read(const Node& node) const;
  JsonMembers schema() const { return {{"type", json_string("number")}}; }
  std::string show(double value) const;
};

// A day, "2025-01-20", or seconds since 1970; as seconds since 1970.
struct DateForm {
  using Value = std::int64_t;
  std::optional<std::int64_t> read(const Node& node) const;
  JsonMembers schema() const;
};

std::optional<std::chrono::nanoseconds> read_duration(const Node& node, std::chrono::nanoseconds least,
                                                      std::chrono::nanoseconds most);
JsonMembers duration_schema();
template <class Length>
struct DurationForm {
  using Value = Length;
  Length least;
  Length most;
  std::optional<Length> read(const Node& node) const {
    const auto read = read_duration(node, std::chrono::duration_cast<std::chrono::nanoseconds>(least),
                                    std::chrono::duration_cast<std::chrono::nanoseconds>(most));
    return read ? std::optional(std::chrono::duration_cast<Length>(*read)) : std::nullopt;
  }
  JsonMembers schema() const { return duration_schema(); }
  std::string show(Length value) const {
    return json_string(to_text(std::chrono::duration_cast<std::chrono::nanoseconds>(value)));
  }
};

struct BytesForm {
  using Value = std::size_t;
  std::size_t least;
  std::size_t most;
  std::optional<std::size_t> read(const Node& node) const;
  JsonMembers schema() const;
  std::string show(std::size_t value) const { return json_string(bytes_to_text(value)); }
};

struct ShareForm {
  using Value = double;
  std::optional<double> read(const Node& node) const;
  JsonMembers schema() const;
};

struct TokensForm {
  using Value = Tokens;
  std::optional<Tokens> read(const Node& node) const;
  JsonMembers schema() const;
};

struct PriceForm {
  using Value = PricePerMillionTokens;
  std::optional<PricePerMillionTokens> read(const Node& node) const;
  JsonMembers schema() const;
};

struct MoneyForm {
  using Value = Money;
  std::optional<Money> read(const Node& node) const;
  JsonMembers schema() const;
};

// A text of the policy language, kept with its place.
struct SourceForm {
  using Value = SourceText;
  std::string wanted;
  std::optional<SourceText> read(const Node& node) const;
  JsonMembers schema() const { return {{"type", json_string("string")}}; }
};

// A list of features as a set.
struct FeaturesForm {
  using Value = Features;
  std::optional<Features> read(const Node& node) const;
  JsonMembers schema() const;
};

// A list of formats as a set.
struct FormatsForm {
  using Value = Formats;
  std::optional<Formats> read(const Node& node) const;
  JsonMembers schema() const;
};

// The words of Quantization, in its order.
const std::vector<std::string>& quantization_words();

// ISO 3166-1 alpha-2.
struct CountryForm {
  using Value = std::string;
  std::optional<std::string> read(const Node& node) const;
  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string("^[A-Z]{2}$")}};
  }
};

// The number of `node`'s text in `words`, or nothing after reporting it.
std::optional<std::size_t> read_word(const Node& node, const std::vector<std::string>& words);

// One of the words of an enumeration, in the order of its enumerators.
template <class Enumeration>
struct WordForm {
  using Value = Enumeration;
  std::vector<std::string> words;
  std::optional<Enumeration> read(const Node& node) const {
    const auto index = read_word(node, words);
    return index ? std::optional(static_cast<Enumeration>(*index)) : std::nullopt;
  }
  JsonMembers schema() const { return {{"enum", json_strings(words)}}; }
  std::string show(Enumeration value) const { return json_string(words[static_cast<std::size_t>(value)]); }
};

}  // namespace config
