#include "gateway/catalogue_import/members.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>

namespace gateway {
namespace {

namespace json = boost::json;

// Beyond it is no price, and it must fit 64 bits.
constexpr double most_nanos = 1e17;

std::optional<config::PricePerMillionTokens> price(std::optional<double> number, double nanos_of_one) {
  if (!number || !std::isfinite(*number)) return std::nullopt;
  const double nanos = std::clamp(*number * nanos_of_one, -most_nanos, most_nanos);
  return config::PricePerMillionTokens{config::Money{std::llround(nanos)}};
}

}  // namespace

const json::object* object_in(const json::object& all, std::string_view name) {
  const json::value* found = all.if_contains(name);
  return found ? found->if_object() : nullptr;
}

const json::array* array_in(const json::object& all, std::string_view name) {
  const json::value* found = all.if_contains(name);
  return found ? found->if_array() : nullptr;
}

std::span<const json::value> elements_in(const json::object& all, std::string_view name) {
  const json::array* list = array_in(all, name);
  return list ? std::span<const json::value>(list->data(), list->size()) : std::span<const json::value>();
}

std::string text_in(const json::object& all, std::string_view name) {
  const json::value* found = all.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string title_in(const json::object& all, std::string_view name) {
  constexpr std::size_t most = 200;
  std::string title = text_in(all, name);
  std::ranges::replace_if(
      title, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  title.erase(0, std::min(title.find_first_not_of(' '), title.size()));
  title.erase(title.find_last_not_of(' ') + 1);
  return title.size() <= most ? title : std::string();
}

bool is_true_in(const json::object& all, std::string_view name) {
  const json::value* found = all.if_contains(name);
  return found && found->is_bool() && found->get_bool();
}

std::optional<double> number_in(const json::object& all, std::string_view name) {
  const json::value* found = all.if_contains(name);
  if (!found) return std::nullopt;
  if (found->is_number()) return found->to_number<double>();
  if (!found->is_string()) return std::nullopt;
  const json::string& text = found->get_string();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::int64_t whole_in(const json::object& all, std::string_view name) {
  const auto number = number_in(all, name);
  return number && *number > 0 && *number < 1e12 ? static_cast<std::int64_t>(*number) : 0;
}

std::optional<config::PricePerMillionTokens> price_per_token_in(const json::object& all,
                                                                std::string_view name) {
  return price(number_in(all, name), 1e15);
}

std::optional<config::PricePerMillionTokens> price_per_million_in(const json::object& all,
                                                                  std::string_view name) {
  return price(number_in(all, name), 1e9);
}

std::optional<config::Money> price_each_in(const json::object& all, std::string_view name) {
  const auto found = price(number_in(all, name), 1e9);
  return found ? std::optional(found->price) : std::nullopt;
}

void take(const std::optional<config::PricePerMillionTokens>& price,
          std::optional<config::PricePerMillionTokens>& into) {
  if (price) into = price;
}

void take_other(const std::optional<config::PricePerMillionTokens>& price,
                config::PricePerMillionTokens usual, std::optional<config::PricePerMillionTokens>& into) {
  if (price && price->price.nanos > 0 && *price != usual) into = price;
}

void longest_first(std::vector<config::PriceRule>& rules) {
  std::ranges::stable_sort(rules, [](const config::PriceRule& a, const config::PriceRule& b) {
    return a.when.prompt_above > b.when.prompt_above;
  });
}

bool has_word(const json::object& all, std::string_view list, std::string_view word) {
  const json::array* words = array_in(all, list);
  return words && std::ranges::any_of(*words, [&](const json::value& each) {
           return each.is_string() && each.get_string() == word;
         });
}

}  // namespace gateway
