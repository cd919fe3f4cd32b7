#include "gateway/commands/top_page.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "gateway/commands/top_head.hpp"
#include "gateway/text/json_fields.hpp"
#include "gateway/text/quantity_text.hpp"

namespace gateway {

namespace json = boost::json;

namespace {

// Eight columns for the whole, in eighths of a column.
std::string bar(double share) {
  constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!std::isfinite(share)) return "";
  const auto parts = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * 64));
  std::string result;
  for (std::size_t i = 0; i < parts / 8; ++i) result += "█";
  return result.append(eighths[parts % 8]);
}

Colour state_colour(std::string_view state) {
  if (state == "serving") return Colour::green;
  return state == "open" || state == "not_ready" ? Colour::red : Colour::yellow;
}

Colour failure_colour(double share) {
  if (!(share > 0.005)) return Colour::plain;
  return share > 0.05 ? Colour::red : Colour::yellow;
}

std::string price_text(double per_million) {
  std::string price = money_text(per_million);
  return price.starts_with('$') ? price.substr(1) : price;
}

std::string state_text(const json::object& row) {
  const std::string state = shown_text(row, "state");
  const double back = shown_number(row, "back_in_seconds");
  return std::isfinite(back) && state != "serving" ? state + " " + span_text(std::ceil(back)) : state;
}

// "no TLS came about: its certificate has expired, 12s ago"
std::string last_failure_text(const json::object& row) {
  // A gateway of an older version has no more than its code.
  const bool has_text = row.contains("last_failure_text");
  const std::string failure = shown_text(row, has_text ? "last_failure_text" : "last_failure");
  const double ago = shown_number(row, "last_failure_seconds_ago");
  return std::isfinite(ago) ? failure + ", " + span_text(ago) + " ago" : "";
}

// Ours, and what other gateways or an engine of one's own has under way for others: "3+12".
std::string now_text(const json::object& row) {
  const std::string ours = count_text(shown_number(row, "in_flight"));
  const double others = shown_number(row, "in_flight_of_others");
  return others > 0 ? ours + "+" + count_text(others) : ours;
}

const std::vector<Column>& columns() {
  static const std::vector<Column> all{{"ENDPOINT", Align::left, 0, Shorten::middle},
                                       {"MODEL", Align::left, 8, Shorten::middle},
                                       {"STATE", Align::left, 0},
                                       {"$/M IN", Align::right, 5},
                                       {"$/M OUT", Align::right, 3},
                                       {"TTFT", Align::right, 0},
                                       {"P90", Align::right, 4},
                                       {"NEXT", Align::right, 6},
                                       {"TOK/S", Align::right, 0},
                                       {"FAIL", Align::right, 1},
                                       {"UP", Align::right, 9},
                                       {"NOW", Align::right, 2},
                                       {"SHARE", Align::right, 0},
                                       {"1 MIN   ", Align::left, 2},
                                       {"$/1K REQ", Align::right, 7},
                                       {"TOTAL", Align::right, 7},
                                       {"LAST FAILURE", Align::left, 10}};
  return all;
}

Row row_of(const json::object& e) {
  const double failures = shown_number(e, "failures");
  const double uptime = shown_number(e, "uptime");
  return {{shown_text(e, "endpoint"), Colour::bold},
          {shown_text(e, "model"), Colour::dim},
          {state_text(e), state_colour(shown_text(e, "state"))},
          {price_text(shown_number(e, "price_input"))},
          {price_text(shown_number(e, "price_output"))},
          {time_text(shown_number(e, "ttft_p50_ms") * 1e-3)},
          {time_text(shown_number(e, "ttft_p90_ms") * 1e-3)},
          {time_text(shown_number(e, "ttft_predicted_ms") * 1e-3), Colour::dim},
          {rate_text(shown_number(e, "tokens_per_second_p50"))},
          {percent_text(failures), failure_colour(failures)},
          {percent_text(uptime), uptime < 0.95 ? Colour::yellow : Colour::plain},
          {now_text(e)},
          {percent_text(shown_number(e, "share_1m"))},
          {bar(shown_number(e, "share_1m")), Colour::cyan},
          {money_text(shown_number(e, "dollars_per_1k"))},
          {count_text(shown_number(e, "attempts")), Colour::dim},
          {last_failure_text(e), Colour::dim}};
}

// By what rule the key's requests pass it over; nothing where they do not.
Cell left_out_cell(const json::object& e) {
  const json::value* left_out = e.if_contains("left_out");
  if (left_out == nullptr || !left_out->is_object()) return {"", Colour::plain};
  return {shown_text(left_out->get_object(), "because"), Colour::yellow};
}

double sort_key(const json::object& e, SortBy sort) {
  constexpr double last = std::numeric_limits<double>::infinity();
  switch (sort) {
    case SortBy::share:
      return known_or(-shown_number(e, "share_1m"), last);
    case SortBy::ttft:
      return known_or(shown_number(e, "ttft_p50_ms"), last);
    case SortBy::throughput:
      return known_or(-shown_number(e, "tokens_per_second_p50"), last);
    case SortBy::price:
      return known_or(shown_number(e, "price_output"), last);
    case SortBy::failures:
      return known_or(-shown_number(e, "failures"), last);
    case SortBy::name:
      return 0;
  }
  return 0;
}

std::vector<const json::object*> sorted_rows(const json::object& status, SortBy sort) {
  std::vector<const json::object*> rows;
  const json::value* all = status.if_contains("endpoints");
  if (all == nullptr || !all->is_array()) return rows;
  for (const json::value& row : all->get_array()) {
    if (row.is_object()) rows.push_back(&row.get_object());
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const json::object* a, const json::object* b) {
    const double left = sort_key(*a, sort), right = sort_key(*b, sort);
    return left != right ? left < right : shown_text(*a, "endpoint") < shown_text(*b, "endpoint");
  });
  return rows;
}

}  // namespace

std::vector<std::string> top_page(std::string_view status, SortBy sort, const Screen& screen) {
  boost::system::error_code error;
  const json::value parsed = json::parse({status.data(), status.size()}, error);
  if (error || !parsed.is_object())
    return {fitted("what answered is not the status of isocost", screen.columns)};

  const auto all = sorted_rows(parsed.get_object(), sort);
  std::vector<std::string> budgets = limit_lines(parsed.get_object(), screen);
  for (std::string& line : budget_lines(parsed.get_object(), screen)) budgets.push_back(std::move(line));
  const std::size_t around = 5 + budgets.size();  // header, blank line, titles, what is cut, the keys
  const std::size_t room =
      static_cast<std::size_t>(std::max(screen.rows, 8 + static_cast<int>(budgets.size()))) - around;
  std::vector<Row> rows;
  for (std::size_t i = 0; i < std::min(room, all.size()); ++i) rows.push_back(row_of(*all[i]));
  std::vector<Column> shown = columns();
  // Where there are several models, two rows may have one name: they are told apart on every screen.
  const auto model_of = [](const json::object* row) { return shown_text(*row, "model"); };
  const bool has_several =
      std::ranges::any_of(all, [&](auto* row) { return model_of(row) != model_of(all[0]); });
  if (has_several) {
    shown[1].keep = 0;
    std::vector<std::string> names;
    for (const Row& row : rows) names.push_back(row[1].text);
    names = short_models(std::move(names), std::clamp(screen.columns / 5, 12, 40));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i][1].text = std::move(names[i]);
  }
  const auto drop = [&](std::string_view title) {
    const auto found = std::ranges::find(shown, title, &Column::title);
    const auto place = found - shown.begin();
    for (Row& row : rows) row.erase(row.begin() + place);
    shown.erase(found);
  };
  if (std::ranges::all_of(rows, [](const Row& row) { return row.back().text.empty(); })) drop("LAST FAILURE");
  const bool is_past = shown_object(parsed.get_object(), "gateway").contains("at");
  const bool is_of_key = parsed.get_object().contains("for");
  if (is_past || is_of_key) drop("TOTAL");
  for (const std::string_view unrecorded : {"NEXT", "NOW"}) {
    if (is_past) drop(unrecorded);
  }
  if (!is_past && is_of_key) {
    shown.insert(shown.begin() + 3, {"LEFT OUT BY", Align::left, 0});
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].begin() + 3, left_out_cell(*all[i]));
  }
  std::vector<std::string> lines{top_header(parsed.get_object(), screen)};
  lines.insert(lines.end(), budgets.begin(), budgets.end());
  lines.emplace_back();
  for (std::string& line : table(shown, rows, screen)) lines.push_back(std::move(line));
  if (all.empty()) lines.emplace_back("no endpoints");
  if (all.size() > rows.size()) {
    lines.push_back(painted(fitted("… " + std::to_string(all.size() - rows.size()) + " more", screen.columns),
                            Colour::dim, screen.paint));
  }
  return lines;
}

std::string_view to_text(SortBy sort) {
  switch (sort) {
    case SortBy::share:
      return "share";
    case SortBy::ttft:
      return "time to first token";
    case SortBy::throughput:
      return "tokens per second";
    case SortBy::price:
      return "price";
    case SortBy::failures:
      return "failures";
    case SortBy::name:
      return "name";
  }
  return "";
}

}  // namespace gateway
