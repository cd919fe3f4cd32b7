#include "gateway/pages/limits_page.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/text/json_page.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

// In the mean: to the day is near enough for a forecast.
std::optional<std::chrono::seconds> length_of(config::Period period) {
  switch (period) {
    case config::Period::minute:
      return 60s;
    case config::Period::hour:
      return 3'600s;
    case config::Period::day:
      return 86'400s;
    case config::Period::week:
      return 604'800s;
    case config::Period::month:
      return 2'629'746s;
    case config::Period::total:
      break;
  }
  return std::nullopt;
}

std::string_view measure_word(const std::optional<config::Measure>& measure) {
  if (!measure) return "concurrent";
  return *measure == config::Measure::requests ? "requests"
         : *measure == config::Measure::tokens ? "tokens"
                                               : "dollars";
}

double shown(const LimitState& limit, double amount) {
  return limit.measure == config::Measure::dollars ? amount / 1e9 : amount;
}

}  // namespace

std::optional<double> forecast(const LimitState& limit, config::WallTime now) {
  const auto length = length_of(limit.period);
  if (!length || !limit.measure || limit.refills == config::WallTime::max()) return std::nullopt;
  const double whole = config::Seconds(*length).count();
  const double passed = whole - std::chrono::duration<double>(limit.refills - now).count();
  if (passed < 0.02 * whole) return std::nullopt;
  return shown(limit, static_cast<double>(limit.used) * whole / std::min(passed, whole));
}

std::vector<Metrics::Budget> budgets_of(const std::vector<LimitState>& limits, config::WallTime now) {
  std::vector<Metrics::Budget> budgets;
  for (const LimitState& limit : limits) {
    if (limit.scope == Scope::user || limit.measure != config::Measure::dollars || limit.limit <= 0) continue;
    const std::string_view whose = scope_names[static_cast<std::size_t>(limit.scope)];
    auto budget = std::ranges::find(budgets, whose, &Metrics::Budget::whose);
    if (budget == budgets.end()) budget = budgets.insert(budgets.end(), {.whose = whose});
    const auto whole = static_cast<double>(limit.limit);
    budget->used = std::max(budget->used, static_cast<double>(limit.used + limit.open) / whole);
    const auto ahead = forecast(limit, now);
    if (ahead) budget->forecast = std::max(budget->forecast.value_or(0), *ahead * 1e9 / whole);
  }
  return budgets;
}

std::string limits_page(const std::vector<LimitState>& limits, config::WallTime now) {
  json::array rows;
  for (const LimitState& limit : limits) {
    if (limit.scope == Scope::user) continue;
    json::object row{{"whose", scope_names[static_cast<std::size_t>(limit.scope)]},
                     {"name", limit.name},
                     {"measure", measure_word(limit.measure)},
                     {"period", config::period_names[static_cast<std::size_t>(limit.period)]},
                     {"limit", shown(limit, static_cast<double>(limit.limit))},
                     {"used", shown(limit, static_cast<double>(limit.used))},
                     {"open", shown(limit, static_cast<double>(limit.open))}};
    const auto expected = forecast(limit, now);
    row["forecast"] = expected ? number_or_null(*expected) : json::value(nullptr);
    const bool refills = limit.refills != config::WallTime::max();
    row["refills"] = refills ? json::value(WallText(limit.refills).view()) : json::value(nullptr);
    rows.push_back(std::move(row));
  }
  return json_page(json::object{{"limits", std::move(rows)}});
}

}  // namespace gateway
