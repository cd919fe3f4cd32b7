#include "providers/simulated/simulated_schema.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <optional>

#include "providers/simulated/simulated_words.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

namespace json = boost::json;

constexpr int most_depth = 12;  // beyond it what may be left out is
constexpr std::int64_t most_items = 64;
constexpr std::size_t most_length = 4'096;

class Maker {
 public:
  Maker(const json::value& root, std::uint64_t key) : root_(root), key_(key) {}

  json::value make(const json::value& schema, int depth = 0) {
    const json::object* rules = schema.if_object();
    if (!rules || depth > 4 * most_depth) return nullptr;
    if (const auto* target = referenced(*rules)) return make(*target, depth + 1);
    if (const auto* only = rules->if_contains("const")) return *only;
    if (const auto* choices = list(*rules, "enum")) return (*choices)[draw() % choices->size()];
    for (const char* any : {"anyOf", "oneOf"}) {
      if (const auto* choices = list(*rules, any)) return make(one_of(*choices, depth), depth + 1);
    }
    if (const auto* all = list(*rules, "allOf")) return make(joined(*rules, *all), depth + 1);
    return of_type(type_of(*rules), *rules, depth);
  }

 private:
  std::uint64_t draw() { return routing::mixed(key_, drawn_++); }

  // "#/$defs/Name" and the like.
  const json::value* referenced(const json::object& rules) const {
    const auto* reference = rules.if_contains("$ref");
    if (!reference || !reference->is_string()) return nullptr;
    const std::string_view path = reference->get_string();
    if (!path.starts_with('#')) return nullptr;
    boost::system::error_code error;
    return root_.find_pointer(path.substr(1), error);
  }

  // One that is not empty.
  static const json::array* list(const json::object& rules, std::string_view name) {
    const auto* value = rules.if_contains(name);
    const json::array* found = value ? value->if_array() : nullptr;
    return found && !found->empty() ? found : nullptr;
  }

  // Deep down the simplest: recursion must end.
  const json::value& one_of(const json::array& choices, int depth) {
    if (depth < most_depth) return choices[draw() % choices.size()];
    for (const json::value& each : choices) {
      const auto* rules = each.if_object();
      if (rules && type_of(*rules) == "null") return each;
    }
    return choices.front();
  }

  json::value joined(const json::object& rules, const json::array& all) const {
    json::object result = rules;
    result.erase("allOf");
    for (const json::value& each : all) {
      const json::object* more = each.if_object();
      if (!more) continue;
      const auto* target = referenced(*more);
      const json::object* part = target && target->is_object() ? &target->get_object() : more;
      for (const auto& [name, value] : *part) {
        auto* known = result.if_contains(name);
        if (known && known->is_object() && value.is_object()) {
          for (const auto& [inner, rule] : value.get_object()) known->get_object()[inner] = rule;
        } else if (known && known->is_array() && value.is_array() && name == "required") {
          for (const auto& required : value.get_array()) known->get_array().push_back(required);
        } else {
          result[name] = value;
        }
      }
    }
    return result;
  }

  static std::string type_of(const json::object& rules) {
    const auto* type = rules.if_contains("type");
    if (type && type->is_string()) return std::string(type->get_string());
    if (type && type->is_array() && !type->get_array().empty() && type->get_array().front().is_string()) {
      return std::string(type->get_array().front().get_string());
    }
    if (rules.contains("properties")) return "object";
    return rules.contains("items") ? "array" : "string";
  }

  json::value of_type(const std::string& type, const json::object& rules, int depth) {
    if (type == "object") return object(rules, depth);
    if (type == "array") return array(rules, depth);
    if (type == "integer") return static_cast<std::int64_t>(number(rules, true));
    if (type == "number") return number(rules, false);
    if (type == "boolean") return draw() % 2 == 0;
    if (type == "null") return nullptr;
    return text(rules);
  }

  json::value object(const json::object& rules, int depth) {
    json::object result;
    const auto* properties = rules.if_contains("properties");
    if (!properties || !properties->is_object()) return result;
    const auto* required = list(rules, "required");
    for (const auto& [name, schema] : properties->get_object()) {
      const json::value key(name);
      const bool must = required && std::find(required->begin(), required->end(), key) != required->end();
      // Of the rest half are there; none, where it goes deep.
      if (must || (depth < 3 && draw() % 2 == 0)) result[name] = make(schema, depth + 1);
    }
    return result;
  }

  json::value array(const json::object& rules, int depth) {
    json::array result;
    const std::int64_t least = integer(rules, "minItems", 0);
    const std::int64_t most = integer(rules, "maxItems", std::max<std::int64_t>(least, 3));
    std::int64_t count =
        depth >= most_depth ? least : std::max<std::int64_t>(least, std::min<std::int64_t>(most, 2));
    count = std::min(count, most_items);
    const auto* items = rules.if_contains("items");
    for (std::int64_t i = 0; i < count; ++i) result.push_back(items ? make(*items, depth + 1) : text({}));
    return result;
  }

  static std::int64_t integer(const json::object& rules, std::string_view name, std::int64_t usual) {
    const auto* value = rules.if_contains(name);
    return value && value->is_number() ? static_cast<std::int64_t>(value->to_number<double>()) : usual;
  }
  static std::optional<double> real(const json::object& rules, std::string_view name) {
    const auto* value = rules.if_contains(name);
    return value && value->is_number() ? std::optional(value->to_number<double>()) : std::nullopt;
  }

  double number(const json::object& rules, bool is_whole) {
    const double step = real(rules, "multipleOf").value_or(is_whole ? 1 : 0.5);
    const auto above = real(rules, "exclusiveMinimum");
    const auto below = real(rules, "exclusiveMaximum");
    double least = real(rules, "minimum").value_or(above ? *above + step : 1);
    const auto most = real(rules, "maximum");
    if (!real(rules, "minimum") && !above && most && *most < least) least = *most;
    if (!real(rules, "minimum") && !above && below && *below <= least) least = *below - step;
    double value = std::ceil(least / step) * step;
    const double wanted = value + step * static_cast<double>(draw() % 10);
    if ((!most || wanted <= *most) && (!below || wanted < *below)) value = wanted;
    return value;
  }

  json::value text(const json::object& rules) {
    const auto* format = rules.if_contains("format");
    if (format && format->is_string()) {
      const std::string_view name = format->get_string();
      if (name == "date") return "2026-11-28";
      if (name == "date-time") return "2026-11-28T09:30:00Z";
      if (name == "time") return "09:30:00Z";
      if (name == "email") return "someone@example.org";
      if (name == "uri" || name == "url") return "https://example.org/";
      if (name == "uuid") return "01234567-89ab-4cde-8f01-23456789abcd";
      if (name == "ipv4") return "192.0.2.1";
    }
    const SimulatedWords words(draw(), {});
    std::string value = words.words(1, 3);
    value.pop_back();
    const auto least = static_cast<std::size_t>(std::max<std::int64_t>(integer(rules, "minLength", 0), 0));
    const auto most =
        static_cast<std::size_t>(std::max<std::int64_t>(integer(rules, "maxLength", most_length), 0));
    while (value.size() < std::min(least, most_length)) value += " " + value;
    if (value.size() > most) value.resize(most);
    return json::value(value);
  }

  const json::value& root_;
  std::uint64_t key_;
  std::uint64_t drawn_ = 0;
};

}  // namespace

std::string instance_of(std::string_view schema, std::uint64_t key) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 128;
  const json::value rules = json::parse(schema, error, {}, options);
  if (error || !rules.is_object()) return "{}";
  const json::value made = Maker(rules, key).make(rules);
  return json::serialize(made.is_null() ? json::value(json::object()) : made);
}

}  // namespace providers
