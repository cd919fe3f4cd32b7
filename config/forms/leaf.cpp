#include "config/forms/leaf.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "config/values/country.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

JsonMembers pattern(std::string_view expression) {
  return {{"type", json_string("string")}, {"pattern", json_string(expression)}};
}

// The words of Feature, in its order.
const std::vector<std::string>& feature_words() {
  static const std::vector<std::string> words(feature_names.begin(), feature_names.end());
  return words;
}

// `0.05` is 5 %: who writes a share as a part of one does not mean a part of a hundredth.
std::string in_hundredths(double share) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), 100 * share, std::chars_format::general, 6).ptr;
  return {text.data(), end};
}

// The same number of dollars would be another price.
bool names_other_currency(const std::string& text) {
  constexpr std::array<std::string_view, 12> others{"€",   "£",   "¥",   "₹",   "₩",   "EUR",
                                                    "GBP", "CNY", "RMB", "JPY", "CHF", "INR"};
  return std::ranges::any_of(others,
                             [&](std::string_view each) { return text.find(each) != std::string::npos; });
}

// What was most likely meant by `text`: a number without its unit, or one with a unit of elsewhere.
std::string meant(const std::string& text, const std::string& likely_unit) {
  if (likely_unit == "%" && text.starts_with("0.") && is_bare_number(text))
    return "write `" + in_hundredths(std::stod(text)) + " %`";
  if (is_bare_number(text)) return "write `" + text + " " + likely_unit + "`";
  if (likely_unit.find('$') != std::string::npos && names_other_currency(text))
    return "what costs money is in dollars: convert it";
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::string number = text.substr(0, end), unit = end == std::string::npos ? "" : text.substr(end);
  if (!is_bare_number(number)) return {};
  if (likely_unit == "tok" && (unit == "k" || unit == "K")) return "write `" + number + " ktok`";
  if (likely_unit == "tok" && (unit == "m" || unit == "M")) return "write `" + number + " Mtok`";
  if (likely_unit == "$/Mtok" && unit.find('$') == std::string::npos)
    return "prices are in dollars: write `" + number + " $/Mtok`";
  return {};
}

// Reads an amount, or reports it with what was most likely meant.
template <class Parse>
auto read_amount(const Node& node, std::string_view wanted, std::string_view likely_unit, Parse parse)
    -> decltype(parse(std::string_view())) {
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  auto value = parse(*text);
  if (value) return value;
  node.refuse(wanted, meant(std::string(*text), std::string(likely_unit)));
  return std::nullopt;
}

}  // namespace

std::optional<std::string> TextForm::read(const Node& node) const {
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  const bool one_line = std::ranges::none_of(*text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (one_line && text->size() <= longest) return std::string(*text);
  node.refuse(wanted + ", one line of at most " + std::to_string(longest) + " bytes");
  return std::nullopt;
}

std::optional<bool> FlagForm::read(const Node& node) const {
  const auto index = read_word(node, {"false", "true"});
  return index ? std::optional(*index == 1) : std::nullopt;
}

std::optional<std::optional<bool>> FactForm::read(const Node& node) const {
  const auto index = read_word(node, {"false", "true", "unknown"});
  if (!index) return std::nullopt;
  return *index == 2 ? std::optional<bool>() : std::optional(*index == 1);
}

std::optional<int> WholeForm::read(const Node& node) const {
  const std::string wanted = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  const auto value = parse_whole(*text);
  if (value && *value >= least && *value <= most) return static_cast<int>(*value);
  node.refuse(wanted);
  return std::nullopt;
}

std::string RealForm::show(double value) const {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::optional<double> RealForm::read(const Node& node) const {
  const std::string wanted = "a number from " + show(least) + " to " + show(most);
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  const auto value = parse_real(*text);
  if (value && *value >= least && *value <= most) return value;
  node.refuse(wanted);
  return std::nullopt;
}

std::optional<std::int64_t> DateForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a day such as `2025-01-20`";
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  if (const auto seconds = parse_whole(*text); seconds && *seconds >= 100'000'000) return seconds;
  const bool shaped = text->size() == 10 && (*text)[4] == '-' && (*text)[7] == '-';
  const auto year = parse_whole(text->substr(0, 4));
  const auto month = shaped ? parse_whole(text->substr(5, 2)) : std::nullopt;
  const auto day = shaped ? parse_whole(text->substr(8, 2)) : std::nullopt;
  if (year && month && day && *year >= 1970 && *month > 0 && *day > 0) {
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (date.ok()) {
      return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days(date).time_since_epoch())
          .count();
    }
  }
  node.refuse(wanted);
  return std::nullopt;
}

JsonMembers DateForm::schema() const {
  return {{"anyOf", json_list({R"({"type":"integer","minimum":100000000})",
                               json_object(pattern(R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}$)"))})}};
}

std::optional<std::chrono::nanoseconds> read_duration(const Node& node, std::chrono::nanoseconds least,
                                                      std::chrono::nanoseconds most) {
  const auto value =
      read_amount(node, "a length of time such as `2 s`, `250 ms` or `5 min`", "s", parse_duration);
  if (!value || (*value >= least && *value <= most)) return value;
  node.refuse("a length of time from " + to_text(least) + " to " + to_text(most));
  return std::nullopt;
}

JsonMembers duration_schema() {
  return pattern(R"(^[0-9]+(\.[0-9]+)? *(us|ms|s|min|h|d)$)");
}

std::optional<std::size_t> BytesForm::read(const Node& node) const {
  const auto value = read_amount(node, "a size such as `32 MiB` or `64 KiB`", "B", parse_bytes);
  if (!value) return std::nullopt;
  if (*value >= least && *value <= most) return static_cast<std::size_t>(*value);
  node.refuse("a size from " + bytes_to_text(least) + " to " + bytes_to_text(most));
  return std::nullopt;
}

JsonMembers BytesForm::schema() const {
  return pattern(R"(^[0-9]+(\.[0-9]+)? *(B|KiB|MiB|GiB|kB|MB|GB)$)");
}

std::optional<double> ShareForm::read(const Node& node) const {
  return read_amount(node, "a share from `0 %` to `100 %`", "%", parse_share);
}

JsonMembers ShareForm::schema() const {
  return pattern(R"(^[0-9]+(\.[0-9]+)? *%$)");
}

std::optional<Tokens> TokensForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a number of tokens such as `65536`, `64 ktok` (64,000) or `1 Mtok`";
  const auto value = read_amount(node, wanted, "tok", parse_tokens);
  if (!value || value->count > 0) return value;
  node.refuse("at least one token");
  return std::nullopt;
}

JsonMembers TokensForm::schema() const {
  const std::string text = json_object(pattern(R"(^[0-9]+(\.[0-9]+)? *(tok|ktok|Mtok)?$)"));
  return {{"anyOf", json_list({R"({"type":"integer","minimum":1})", text})}};
}

std::optional<PricePerMillionTokens> PriceForm::read(const Node& node) const {
  return read_amount(node, "a price such as `0.55 $/Mtok`", "$/Mtok", parse_price);
}

JsonMembers PriceForm::schema() const {
  return pattern(R"(^(\$ *[0-9]+(\.[0-9]+)? */(M|k)tok|[0-9]+(\.[0-9]+)? *\$/(M|k)tok)$)");
}

std::optional<Money> MoneyForm::read(const Node& node) const {
  return read_amount(node, "an amount of money such as `$0.002`", "$", parse_money);
}

JsonMembers MoneyForm::schema() const {
  return pattern(R"(^(\$ *[0-9]+(\.[0-9]+)?|[0-9]+(\.[0-9]+)? *\$)$)");
}

std::optional<SourceText> SourceForm::read(const Node& node) const {
  const auto text = text_of(node, wanted);
  return text ? std::optional(SourceText{.text = std::string(*text), .place = node.place()}) : std::nullopt;
}

std::optional<Features> FeaturesForm::read(const Node& node) const {
  if (!expect(node, Tree::Kind::list, "a list of features such as `[tools, json_schema]`"))
    return std::nullopt;
  Features features;
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (const auto feature = read_word(node.child(i), feature_words())) features.set(*feature);
  }
  return features;
}

JsonMembers FeaturesForm::schema() const {
  return {{"type", json_string("array")}, {"items", json_object({{"enum", json_strings(feature_words())}})}};
}

namespace {

const std::vector<std::string>& format_words() {
  static const std::vector<std::string> words(std::begin(format_names), std::end(format_names));
  return words;
}

}  // namespace

std::optional<Formats> FormatsForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a list of APIs such as `[chat, embeddings]`";
  if (!expect(node, Tree::Kind::list, wanted)) return std::nullopt;
  Formats formats;
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (const auto format = read_word(node.child(i), format_words())) formats.add(Format(*format));
  }
  if (node.size() == 0) node.refuse(wanted);
  return formats;
}

JsonMembers FormatsForm::schema() const {
  return {{"type", json_string("array")},
          {"minItems", "1"},
          {"items", json_object({{"enum", json_strings(format_words())}})}};
}

const std::vector<std::string>& quantization_words() {
  static const std::vector<std::string> words(quantization_names.begin(), quantization_names.end());
  return words;
}

std::optional<std::string> CountryForm::read(const Node& node) const {
  constexpr std::string_view wanted =
      "a country of two capital letters (ISO 3166-1) such as `US`, `DE` or `CN`";
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  if (is_country(*text)) return std::string(*text);
  std::string capitals(*text);
  std::ranges::transform(capitals, capitals.begin(), [](unsigned char c) { return std::toupper(c); });
  if (capitals == "UK") capitals = "GB";
  node.refuse(wanted, is_country(capitals)
                          ? "write `" + capitals + "`"
                          : "leave the key out when it is not known: unknown counts as the worst");
  return std::nullopt;
}

std::optional<std::size_t> read_word(const Node& node, const std::vector<std::string>& words) {
  std::string wanted = "one of";
  for (const std::string& word : words) wanted += (&word == &words.front() ? " " : ", ") + word;
  if (words.size() == 1) wanted = words.front();
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string near = nearest(std::string(*text), words);
  node.refuse(wanted, near.empty() ? "" : "did you mean `" + near + "`?");
  return std::nullopt;
}

}  // namespace config
