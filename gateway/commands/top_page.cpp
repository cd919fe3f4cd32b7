#include "gateway/commands/top_page.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "gateway/text/quantity_text.hpp"

namespace gateway {

namespace json = boost::json;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

double number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return none;
  return value->to_number<double>();
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return "-";
  return fitted({value->get_string().data(), value->get_string().size()}, 80);
}

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
  const std::string state = text(row, "state");
  const double back = number(row, "back_in_seconds");
  return std::isfinite(back) && state != "serving" ? state + " " + span_text(back) : state;
}

// "tls expired, 12s ago"
std::string last_failure_text(const json::object& row) {
  const std::string failure = text(row, "last_failure");
  const double ago = number(row, "last_failure_seconds_ago");
  return std::isfinite(ago) ? failure + ", " + span_text(ago) + " ago" : "";
}

// Ours, and what other gateways or an engine of one's own has under way for others: "3+12".
std::string now_text(const json::object& row) {
  const std::string ours = count_text(number(row, "in_flight"));
  const double others = number(row, "in_flight_of_others");
  return others > 0 ? ours + "+" + count_text(others) : ours;
}

const std::vector<Column>& columns() {
  static const std::vector<Column> all{
      {"ENDPOINT", Align::left, 0}, {"MODEL", Align::left, 8},        {"STATE", Align::left, 0},
      {"$/M IN", Align::right, 5},  {"$/M OUT", Align::right, 3},     {"TTFT", Align::right, 0},
      {"P90", Align::right, 4},     {"NEXT", Align::right, 6},        {"TOK/S", Align::right, 0},
      {"FAIL", Align::right, 1},    {"UP", Align::right, 9},          {"NOW", Align::right, 2},
      {"SHARE", Align::right, 0},   {"1 MIN   ", Align::left, 2},     {"$/1K REQ", Align::right, 7},
      {"TOTAL", Align::right, 7},   {"LAST FAILURE", Align::left, 10}};
  return all;
}

Row row_of(const json::object& e) {
  const double failures = number(e, "failures");
  const double uptime = number(e, "uptime");
  return {{text(e, "endpoint"), Colour::bold},
          {text(e, "model"), Colour::dim},
          {state_text(e), state_colour(text(e, "state"))},
          {price_text(number(e, "price_input"))},
          {price_text(number(e, "price_output"))},
          {time_text(number(e, "ttft_p50_ms") * 1e-3)},
          {time_text(number(e, "ttft_p90_ms") * 1e-3)},
          {time_text(number(e, "ttft_predicted_ms") * 1e-3), Colour::dim},
          {rate_text(number(e, "tokens_per_second_p50"))},
          {percent_text(failures), failure_colour(failures)},
          {percent_text(uptime), uptime < 0.95 ? Colour::yellow : Colour::plain},
          {now_text(e)},
          {percent_text(number(e, "share_1m"))},
          {bar(number(e, "share_1m")), Colour::cyan},
          {money_text(number(e, "dollars_per_1k"))},
          {count_text(number(e, "attempts")), Colour::dim},
          {last_failure_text(e), Colour::dim}};
}

// By what rule the key's requests pass it over; nothing where they do not.
Cell left_out_cell(const json::object& e) {
  const json::value* left_out = e.if_contains("left_out");
  if (left_out == nullptr || !left_out->is_object()) return {"", Colour::plain};
  return {text(left_out->get_object(), "because"), Colour::yellow};
}

// What is not known sorts last, whatever the order.
double known_or(double value, double otherwise) {
  return std::isfinite(value) ? value : otherwise;
}

double sort_key(const json::object& e, SortBy sort) {
  constexpr double last = std::numeric_limits<double>::infinity();
  switch (sort) {
    case SortBy::share:
      return known_or(-number(e, "share_1m"), last);
    case SortBy::ttft:
      return known_or(number(e, "ttft_p50_ms"), last);
    case SortBy::throughput:
      return known_or(-number(e, "tokens_per_second_p50"), last);
    case SortBy::price:
      return known_or(number(e, "price_output"), last);
    case SortBy::failures:
      return known_or(-number(e, "failures"), last);
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
    return left != right ? left < right : text(*a, "endpoint") < text(*b, "endpoint");
  });
  return rows;
}

const json::object& member(const json::object& object, std::string_view name) {
  static const json::object empty;
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : empty;
}

std::string of_now(const json::object& gateway) {
  const double failed = number(gateway, "requests_failed");
  std::string text = "  up " + span_text(number(gateway, "uptime_seconds"));
  text += "  " + rate_text(number(gateway, "requests_per_second")) + " req/s";
  text += "  " + count_text(number(gateway, "requests")) + " requests";
  if (failed > 0) text += ", " + count_text(failed) + " failed";
  return text;
}

// Of five minutes: those before a moment, or a key's own ones.
std::string of_5m(const json::object& gateway) {
  const double failed = number(gateway, "requests_failed_5m");
  std::string text = "  " + count_text(number(gateway, "requests_5m")) + " requests";
  if (failed > 0) text += ", " + count_text(failed) + " failed";
  return text;
}

// "  key ci of team search", "  team search"
std::string of_whom(const json::object& whom) {
  const std::string key = text(whom, "key"), team = text(whom, "team");
  const bool has_team = team != "-" && !team.empty();
  if (key == "-") return "  team " + team;
  return "  key " + key + (has_team ? " of team " + team : "");
}

std::string header(const json::object& status, const Screen& screen) {
  const json::object& gateway = member(status, "gateway");
  const bool is_past = gateway.contains("at"), is_of_key = status.contains("for");
  const std::string name = "isocost " + text(gateway, is_past ? "at" : "version");
  std::string rest = is_of_key ? of_whom(member(status, "for")) : "";
  rest += is_past || is_of_key ? of_5m(gateway) : of_now(gateway);
  rest += "  " + money_text(number(gateway, "dollars_5m")) + " in 5 min";
  rest += "  configuration " + count_text(number(gateway, "generation"));
  if (is_past && number(gateway, "snapshot_age_seconds") > 60)
    rest += "  hosts as seen " + span_text(number(gateway, "snapshot_age_seconds")) + " before";
  if (const json::value* shared = status.if_contains("shared"); shared != nullptr && shared->is_object()) {
    const double age = number(shared->get_object(), "exchanged_seconds_ago");
    rest += "  one market of " + count_text(number(shared->get_object(), "gateways"));
    if (age > 2) rest += ", not heard for " + span_text(age);
  }
  const std::string line = fitted(name + rest, screen.columns);
  const std::size_t split = std::min(name.size(), line.size());
  return painted(line.substr(0, split), Colour::bold, screen.paint) + line.substr(split);
}

// "policy batch: $31.20 of $40 today, money counts 1.6 x", of those that overrun their plan before others.
std::vector<std::string> budget_lines(const json::object& status, const Screen& screen) {
  constexpr std::size_t most = 3;
  std::vector<std::string> lines;
  const json::value* all = status.if_contains("budgets");
  if (all == nullptr || !all->is_array()) return lines;
  std::vector<const json::object*> budgets;
  for (const json::value& each : all->get_array()) {
    if (each.is_object()) budgets.push_back(&each.get_object());
  }
  std::ranges::stable_sort(budgets, [](const json::object* a, const json::object* b) {
    return number(*a, "money_counts") > number(*b, "money_counts");
  });
  for (const json::object* each : budgets) {
    if (lines.size() == most) break;
    const double money = number(*each, "money_counts");
    const std::string line =
        "policy " + text(*each, "policy") + ": " + money_text(number(*each, "spent_today")) + " of " +
        money_text(number(*each, "dollars_a_day")) + " today, money counts " + rate_text(money) + " x";
    lines.push_back(
        painted(fitted(line, screen.columns), money > 1 ? Colour::yellow : Colour::dim, screen.paint));
  }
  return lines;
}

// "team search: $3.10 of $10 a day", those that are used most before others.
std::vector<std::string> limit_lines(const json::object& status, const Screen& screen) {
  constexpr std::size_t most = 4;
  std::vector<std::string> lines;
  const json::value* all = status.if_contains("limits");
  if (all == nullptr || !all->is_array()) return lines;
  // Of requests at once both say how many there are.
  const auto used = [](const json::object& limit) {
    return number(limit, "used") + (text(limit, "measure") == "concurrent" ? 0 : number(limit, "open"));
  };
  const auto share = [&](const json::object* limit) {
    return known_or(used(*limit) / number(*limit, "limit"), 0);
  };
  std::vector<const json::object*> limits;
  for (const json::value& each : all->get_array()) {
    if (each.is_object()) limits.push_back(&each.get_object());
  }
  std::ranges::stable_sort(limits, [&](auto* a, auto* b) { return share(a) > share(b); });
  for (const json::object* each : limits) {
    if (lines.size() == most) break;
    const std::string measure = text(*each, "measure"), period = text(*each, "period"),
                      name = text(*each, "name");
    const auto amount = [&](double value) {
      return measure == "dollars" ? money_text(value) : count_text(value);
    };
    std::string line = text(*each, "whose") + (name == "-" || name.empty() ? "" : " " + name) + ": " +
                       amount(used(*each)) + " of " + amount(number(*each, "limit"));
    if (measure == "concurrent") {
      line += " requests at once";
    } else {
      line += (measure == "dollars" ? "" : " " + measure) + (period == "total" ? " in all" : " a " + period);
    }
    lines.push_back(painted(fitted(line, screen.columns), share(each) > 0.8 ? Colour::yellow : Colour::dim,
                            screen.paint));
  }
  return lines;
}

}  // namespace

std::string with_limits(const std::string& status, const std::string& limits) {
  boost::system::error_code fault;
  json::value page = json::parse(status, fault);
  if (fault || !page.is_object()) return status;
  const json::value read = json::parse(limits, fault);
  if (fault || !read.is_object()) return status;
  const json::value* all = read.get_object().if_contains("limits");
  const json::object& whom = member(page.get_object(), "for");
  const std::string key = text(whom, "key"), team = text(whom, "team");
  json::array own;
  for (const json::value& each : all != nullptr && all->is_array() ? all->get_array() : json::array()) {
    if (!each.is_object()) continue;
    const std::string whose = text(each.get_object(), "whose"), name = text(each.get_object(), "name");
    if (whose == "everybody" || (whose == "team" && name == team) || (whose == "key" && name == key))
      own.push_back(each);
  }
  page.get_object()["limits"] = std::move(own);
  return json::serialize(page);
}

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
  const auto model_of = [](const json::object* row) { return text(*row, "model"); };
  const bool has_several =
      std::ranges::any_of(all, [&](auto* row) { return model_of(row) != model_of(all[0]); });
  if (has_several) {
    shown[1].keep = 0;
    for (Row& row : rows) row[1].text = fitted(row[1].text, std::clamp(screen.columns / 5, 12, 40));
  }
  const auto drop = [&](std::string_view title) {
    const auto found = std::ranges::find(shown, title, &Column::title);
    const auto place = found - shown.begin();
    for (Row& row : rows) row.erase(row.begin() + place);
    shown.erase(found);
  };
  if (std::ranges::all_of(rows, [](const Row& row) { return row.back().text.empty(); })) drop("LAST FAILURE");
  const bool is_past = member(parsed.get_object(), "gateway").contains("at");
  const bool is_of_key = parsed.get_object().contains("for");
  if (is_past || is_of_key) drop("TOTAL");
  for (const std::string_view unrecorded : {"NEXT", "NOW"}) {
    if (is_past) drop(unrecorded);
  }
  if (!is_past && is_of_key) {
    shown.insert(shown.begin() + 3, {"LEFT OUT BY", Align::left, 0});
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].begin() + 3, left_out_cell(*all[i]));
  }
  std::vector<std::string> lines{header(parsed.get_object(), screen)};
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
