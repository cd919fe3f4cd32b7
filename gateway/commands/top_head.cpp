#include "gateway/commands/top_head.hpp"

#include <algorithm>

#include "gateway/text/json_fields.hpp"
#include "gateway/text/quantity_text.hpp"

namespace gateway {

namespace json = boost::json;

namespace {

std::string of_now(const json::object& gateway) {
  const double failed = shown_number(gateway, "requests_failed");
  std::string text = "  up " + span_text(shown_number(gateway, "uptime_seconds"));
  text += "  " + rate_text(shown_number(gateway, "requests_per_second")) + " req/s";
  text += "  " + count_text(shown_number(gateway, "requests")) + " requests";
  if (failed > 0) text += ", " + count_text(failed) + " failed";
  return text;
}

// Of five minutes: those before a moment, or a key's own ones.
std::string of_5m(const json::object& gateway) {
  const double failed = shown_number(gateway, "requests_failed_5m");
  std::string text = "  " + count_text(shown_number(gateway, "requests_5m")) + " requests";
  if (failed > 0) text += ", " + count_text(failed) + " failed";
  return text;
}

// "5 min", or less where so much was recorded that only a part of it was looked at.
std::string window_text(double seconds) {
  constexpr double usual = 300;
  return span_text(seconds > 0 && seconds < usual ? seconds : usual);
}

// "  key ci of team search", "  team search"
std::string of_whom(const json::object& whom) {
  const std::string key = shown_text(whom, "key"), team = shown_text(whom, "team");
  const bool has_team = team != "-" && !team.empty();
  if (key == "-") return "  team " + team;
  return "  key " + key + (has_team ? " of team " + team : "");
}

}  // namespace

std::string top_header(const json::object& status, const Screen& screen) {
  const json::object& gateway = shown_object(status, "gateway");
  const bool is_past = gateway.contains("at"), is_of_key = status.contains("for");
  const std::string name = "isocost " + shown_text(gateway, is_past ? "at" : "version");
  std::string rest = is_of_key ? of_whom(shown_object(status, "for")) : "";
  rest += is_past || is_of_key ? of_5m(gateway) : of_now(gateway);
  rest += "  " + money_text(shown_number(gateway, "dollars_5m")) + " in " +
          window_text(shown_number(gateway, "window_seconds"));
  std::vector<std::string> more;
  if (is_past && shown_number(gateway, "snapshot_age_seconds") > 60)
    more.push_back("  hosts as seen " + span_text(shown_number(gateway, "snapshot_age_seconds")) + " before");
  if (const json::value* shared = status.if_contains("shared"); shared != nullptr && shared->is_object()) {
    const double age = shown_number(shared->get_object(), "exchanged_seconds_ago");
    more.push_back("  one market of " + count_text(shown_number(shared->get_object(), "gateways")) +
                   (age > 2 ? ", not heard for " + span_text(age) : ""));
  }
  more.push_back("  configuration " + count_text(shown_number(gateway, "generation")));
  // On a narrow screen what has no place is left out rather than cut in the middle.
  for (const std::string& each : more) {
    if (name.size() + rest.size() + each.size() <= static_cast<std::size_t>(screen.columns)) rest += each;
  }
  const std::string line = fitted(name + rest, screen.columns);
  const std::size_t split = std::min(name.size(), line.size());
  return painted(line.substr(0, split), Colour::bold, screen.paint) + line.substr(split);
}

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
    return shown_number(*a, "money_counts") > shown_number(*b, "money_counts");
  });
  for (const json::object* each : budgets) {
    if (lines.size() == most) break;
    const double money = shown_number(*each, "money_counts");
    const std::string line = "policy " + shown_text(*each, "policy") + ": " +
                             money_text(shown_number(*each, "spent_today")) + " of " +
                             money_text(shown_number(*each, "dollars_a_day")) + " today, money counts " +
                             rate_text(money) + " x";
    lines.push_back(
        painted(fitted(line, screen.columns), money > 1 ? Colour::yellow : Colour::dim, screen.paint));
  }
  return lines;
}

std::vector<std::string> limit_lines(const json::object& status, const Screen& screen) {
  constexpr std::size_t most = 4;
  std::vector<std::string> lines;
  const json::value* all = status.if_contains("limits");
  if (all == nullptr || !all->is_array()) return lines;
  // Of requests at once both say how many there are.
  const auto used = [](const json::object& limit) {
    return shown_number(limit, "used") +
           (shown_text(limit, "measure") == "concurrent" ? 0 : shown_number(limit, "open"));
  };
  const auto share = [&](const json::object* limit) {
    return known_or(used(*limit) / shown_number(*limit, "limit"), 0);
  };
  std::vector<const json::object*> limits;
  for (const json::value& each : all->get_array()) {
    if (each.is_object()) limits.push_back(&each.get_object());
  }
  std::ranges::stable_sort(limits, [&](auto* a, auto* b) { return share(a) > share(b); });
  for (const json::object* each : limits) {
    if (lines.size() == most) break;
    const std::string measure = shown_text(*each, "measure"), period = shown_text(*each, "period"),
                      name = shown_text(*each, "name");
    const auto amount = [&](double value) {
      return measure == "dollars" ? money_text(value) : count_text(value);
    };
    std::string line = shown_text(*each, "whose") + (name == "-" || name.empty() ? "" : " " + name) + ": " +
                       amount(used(*each)) + " of " + amount(shown_number(*each, "limit"));
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

std::string with_limits(const std::string& status, const std::string& limits) {
  boost::system::error_code fault;
  json::value page = json::parse(status, fault);
  if (fault || !page.is_object()) return status;
  const json::value read = json::parse(limits, fault);
  if (fault || !read.is_object()) return status;
  const json::value* all = read.get_object().if_contains("limits");
  const json::object& whom = shown_object(page.get_object(), "for");
  const std::string key = shown_text(whom, "key"), team = shown_text(whom, "team");
  json::array own;
  for (const json::value& each : all != nullptr && all->is_array() ? all->get_array() : json::array()) {
    if (!each.is_object()) continue;
    const std::string whose = shown_text(each.get_object(), "whose"),
                      name = shown_text(each.get_object(), "name");
    if (whose == "everybody" || (whose == "team" && name == team) || (whose == "key" && name == key))
      own.push_back(each);
  }
  page.get_object()["limits"] = std::move(own);
  return json::serialize(page);
}

}  // namespace gateway
