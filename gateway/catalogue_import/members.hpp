// Members of lists that may be there or not, in the form that a row needs. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/prices.hpp"

namespace gateway {

// Null where there is none, or it is something else.
const boost::json::object* object_in(const boost::json::object& all, std::string_view name);
const boost::json::array* array_in(const boost::json::object& all, std::string_view name);
// Those of a list; none where there is none.
std::span<const boost::json::value> elements_in(const boost::json::object& all, std::string_view name);
std::string text_in(const boost::json::object& all, std::string_view name);
// One line for people: without control characters, blanks at its ends and what is beyond 200 bytes.
std::string title_in(const boost::json::object& all, std::string_view name);
bool is_true_in(const boost::json::object& all, std::string_view name);
// A number, or a text that is one, as OpenRouter writes prices.
std::optional<double> number_in(const boost::json::object& all, std::string_view name);
std::int64_t whole_in(const boost::json::object& all, std::string_view name);  // 0 where there is none
// As they stand, a negative one included: what is not believable is found later.
std::optional<config::PricePerMillionTokens> price_per_token_in(const boost::json::object& all,
                                                                std::string_view name);
std::optional<config::PricePerMillionTokens> price_per_million_in(const boost::json::object& all,
                                                                  std::string_view name);
// Of something that is paid by the piece, in dollars.
std::optional<config::Money> price_each_in(const boost::json::object& all, std::string_view name);
// Puts a price in place of another where there is one.
void take(const std::optional<config::PricePerMillionTokens>& price,
          std::optional<config::PricePerMillionTokens>& into);
// The same for a price that goes without saying where it is `usual`, or where a list says 0 for "none".
void take_other(const std::optional<config::PricePerMillionTokens>& price,
                config::PricePerMillionTokens usual, std::optional<config::PricePerMillionTokens>& into);
// Of rules of long prompts, since the first that holds counts.
void longest_first(std::vector<config::PriceRule>& rules);
// Whether a list of words has it.
bool has_word(const boost::json::object& all, std::string_view list, std::string_view word);

}  // namespace gateway
