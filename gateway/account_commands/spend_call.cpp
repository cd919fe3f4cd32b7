#include "gateway/account_commands/spend_call.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string_view>
#include <variant>

#include "gateway/ledger/left_behind.hpp"
#include "gateway/pages/spend_page.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

std::string query_of(const SpendOptions& options) {
  std::string query = options.as_csv ? "format=csv" : "format=json";
  const auto add = [&query](std::string_view name, const std::string& value) {
    query.append("&").append(name).append("=");
    providers::append_segment(query, value);
  };
  add("by", options.by);
  if (!options.from.empty()) add("from", options.from);
  if (!options.to.empty()) add("to", options.to);
  for (std::size_t i = 0; i < spend_names; ++i) {
    for (const std::string& each : options.only[i]) add(spend_words[i], each);
  }
  return query;
}

// Where no gateway owns the state directory. What a killed one left is taken up first.
Reached at_place(const SpendOptions& options, const LedgerPlace& place) {
  const auto today =
      std::chrono::duration_cast<std::chrono::days>(providers::system_wall().time_since_epoch()).count();
  const auto asked = spend_asked(query_of(options), today);
  if (const auto* why = std::get_if<std::string>(&asked)) return {.problem = *why};
  try {
    const auto tell = [](const std::string& text) { std::cerr << "isocost: " << text << "\n"; };
    const auto store = await_ledger(place, tell);
    take_up_left(*store, place.directory, tell);
    return {.body = spend_page(*store, std::get<SpendAsked>(asked))};
  } catch (const std::exception& fault) {
    return {.problem = fault_at(place, fault)};
  }
}

}  // namespace

std::optional<boost::json::object> report_of(const std::string& text) {
  boost::system::error_code error;
  const boost::json::value page = boost::json::parse(text, error);
  if (error || !page.is_object()) return std::nullopt;
  for (const char* list : {"by", "data"}) {
    const boost::json::value* const found = page.get_object().if_contains(list);
    if (!found || !found->is_array()) return std::nullopt;
  }
  return page.get_object();
}

std::string no_report(const SpendOptions& options) {
  return (options.reach.url.empty() ? "what answers" : options.reach.url) +
         " does not say what was spent: is this isocost's address?";
}

Reached spent(const SpendOptions& options) {
  return reach(options.reach, "/admin/spend?" + query_of(options), "",
               [&](const LedgerPlace& place) { return at_place(options, place); });
}

}  // namespace gateway
