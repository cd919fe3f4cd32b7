#include <algorithm>
#include <cmath>

#include "gateway/explain/decision_order.hpp"
#include "gateway/explain/decision_table.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/recall/request_page.hpp"
#include "gateway/text/quantity_text.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {
namespace {

constexpr double unknown = routing::unknown;

double seconds(config::Duration time) {
  return config::Seconds(time).count();
}

double seconds(const std::optional<config::Duration>& time) {
  return time ? seconds(*time) : unknown;
}

std::string place_text(const config::Place& place) {
  return place.line > 0 ? " (" + place.file + ":" + std::to_string(place.line) + ")" : "";
}

// What turned out, and what was expected of it.
std::string beside(const std::string& found, const std::string& expected) {
  return expected == "-" ? found : found + " (" + expected + ")";
}

std::vector<std::string> headline(const Recalled& recalled, const Screen& screen) {
  const LoggedRequest& request = recalled.request;
  double dollars = 0;
  for (const routing::Attempt& attempt : request.attempts) dollars += attempt.cost.dollars();
  const std::string asked = fitted(request.demand.model_requested, 60) +
                            (request.demand.key.empty() ? "" : ", key " + fitted(request.demand.key, 40)) +
                            ", policy " + fitted(recalled.policy->name.text, 40) +
                            place_text(recalled.policy->place);
  std::string end = std::string(word(request.ending)) + ", status " + std::to_string(request.status);
  if (!request.error.empty() && request.error != word(request.ending)) end += ", " + request.error;
  end += ", first byte after " + time_text(seconds(request.until_first_byte)) + ", all after " +
         time_text(seconds(request.total)) + ", " + money_text(dollars);
  const bool is_good = request.ending == Ending::answered;
  return {fitted(request.id + "  " + std::string(WallText(request.demand.wall).view()), screen.columns),
          fitted(asked, screen.columns),
          painted(fitted(end, screen.columns), is_good ? Colour::green : Colour::red, screen.paint)};
}

Row row_of(const Recalled& recalled, std::size_t number) {
  const routing::Attempt& attempt = recalled.request.attempts[number];
  const auto& endpoints = recalled.catalogue->endpoints();
  const bool is_known = attempt.endpoint < endpoints.size();
  routing::Prediction expected{.expected_output = unknown, .ttft = unknown, .price = unknown};
  if (const auto place = decision_for(recalled.request, number)) {
    const routing::Decision decision = decision_of(recalled, *place);
    if (const routing::Verdict* chosen = chosen_one(decision)) expected = chosen->prediction;
  }
  const double output = attempt.usage ? static_cast<double>(attempt.usage->output.count) : unknown;
  const bool has_failed = attempt.failure.has_value();
  return {{std::to_string(number + 1), Colour::dim},
          {is_known ? endpoints[attempt.endpoint].settings->name.text : "-", Colour::bold},
          {is_known ? fitted_apart(endpoints[attempt.endpoint].model->name.text, 28) : "-", Colour::dim},
          {std::string(word(attempt.reason))},
          {time_text(seconds(attempt.dispatched - recalled.request.demand.admitted))},
          {beside(time_text(seconds(attempt.first_visible)), time_text(expected.ttft))},
          {time_text(seconds(attempt.finished))},
          {beside(count_text(output), count_text(std::round(expected.expected_output)))},
          {beside(money_text(attempt.cost.dollars()), money_text(expected.price))},
          {outcome_of(recalled.request.attempts, number, recalled.request.ran_on),
           has_failed ? Colour::red : Colour::green}};
}

// Of a route it matters which one answered, however narrow the screen is.
bool is_of_several_models(const Recalled& recalled) {
  if (recalled.request.decisions.empty()) return false;
  const routing::Decision decision = decision_of(recalled, std::size_t{0});
  const auto& endpoints = recalled.catalogue->endpoints();
  const auto model_of = [&](const routing::Verdict& each) { return endpoints[each.endpoint].model; };
  return std::ranges::any_of(decision.verdicts, [&](const routing::Verdict& each) {
    return model_of(each) != model_of(decision.verdicts.front());
  });
}

std::vector<std::string> journey(const Recalled& recalled, const Screen& screen) {
  const std::vector<Column> columns{
      {"", Align::right, 0},
      {"ATTEMPT", Align::left, 0, Shorten::middle},
      {"MODEL", Align::left, is_of_several_models(recalled) ? 0 : 6, Shorten::middle},
      {"WHY", Align::left, 2},
      {"AFTER", Align::right, 1},
      {"TTFT", Align::right, 0},
      {"ALL", Align::right, 4},
      {"TOKENS", Align::right, 5},
      {"BILLED", Align::right, 0},
      {"OUTCOME", Align::left, 0, Shorten::never}};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < recalled.request.attempts.size(); ++i) rows.push_back(row_of(recalled, i));
  if (rows.empty()) return {"no host was asked"};
  std::vector<std::string> lines = table(columns, rows, screen);
  lines.push_back(painted("in parentheses what was expected", Colour::dim, screen.paint));
  if (recalled.request.retry_refused) {
    for (const std::string& line :
         wrapped("nobody else was asked: the budget of `retries` was used up", screen.columns))
      lines.push_back(painted(line, Colour::yellow, screen.paint));
  }
  return lines;
}

// What became of the first choice, where it is not what one would expect of the best.
std::string_view although(const routing::Attempts& attempts) {
  if (attempts.empty() || !attempts[0].failure) return "";
  const routing::FailureKind kind = attempts[0].failure->kind;
  if (kind == routing::FailureKind::client_left) return "";
  return kind == routing::FailureKind::outrun ? "another one was quicker" : "it failed";
}

// How the first choice looked once it was over; nothing where it was not judged.
std::vector<std::string> hindsight_lines(const Recalled& recalled, const Screen& screen) {
  if (!recalled.request.hindsight) return {};
  const routing::Hindsight& seen = *recalled.request.hindsight;
  const auto& endpoints = recalled.catalogue->endpoints();
  const std::string best = seen.best < endpoints.size() ? endpoints[seen.best].settings->name.text : "-";
  const double regret = seen.regret();
  const std::string other_end(although(recalled.request.attempts));
  const std::string said = regret > 0 ? best + " would have been better"
                           : other_end.empty()
                               ? "the first choice was the best,"
                               : "the first choice was the best bet, although " + other_end + ",";
  const std::string by = regret > 0
                             ? "by " + money_text(regret)
                             : "by " + money_text(seen.best_cost - seen.chosen_cost) + " ahead of " + best;
  const std::string line = "in hindsight " + said, rest = by + " (give or take " + money_text(seen.sd) + ")";
  if (width(line) + 1 + width(rest) <= screen.columns) return {line + " " + rest};
  return {fitted(line, screen.columns), fitted("  " + rest, screen.columns)};
}

std::vector<std::string> decision_lines(const Recalled& recalled, std::size_t place,
                                        const routing::Demand& demand, const Screen& screen) {
  const routing::LoggedDecision& logged = recalled.request.decisions[place];
  const routing::Decision decision = decision_of(recalled, place);
  const std::string title = "decision " + std::to_string(place + 1) + " of " +
                            std::to_string(recalled.request.decisions.size()) + ", after " +
                            time_text(seconds(logged.now - recalled.request.demand.admitted));
  std::vector<std::string> lines{"", painted(title, Colour::bold, screen.paint)};
  const std::optional<config::Duration> hedge_after{};
  const auto said = decision_table({.decision = decision,
                                    .catalogue = *recalled.catalogue,
                                    .policy = *recalled.policy,
                                    .demand = demand,
                                    .now = logged.now,
                                    .hedge_after = &hedge_after,
                                    .tried = tried_before(recalled, place)},
                                   screen);
  lines.insert(lines.end(), said.begin() + 1, said.end());  // without what was asked, which is said above
  if (logged.beside) {
    lines.push_back(fitted("another one would be asked beside it after " +
                               time_text(seconds(*logged.beside - logged.now)) + " of silence",
                           screen.columns));
  }
  if (logged.not_kept > 0) {
    lines.push_back(std::to_string(logged.not_kept) + " more endpoints, of which nothing was kept");
  }
  return lines;
}

}  // namespace

std::vector<std::string> request_table(const Recalled& recalled, const Screen& screen) {
  std::vector<std::string> lines = headline(recalled, screen);
  lines.emplace_back();
  if (!recalled.request.told.empty()) {
    const std::string told = "The client was told: " + recalled.request.told;
    for (std::string& line : wrapped(told, screen.columns)) lines.push_back(std::move(line));
    lines.emplace_back();
  }
  const auto add = [&](const std::vector<std::string>& part) {
    lines.insert(lines.end(), part.begin(), part.end());
  };
  add(journey(recalled, screen));
  add(hindsight_lines(recalled, screen));
  const routing::Demand demand = demand_of(recalled);
  for (std::size_t i = 0; i < recalled.request.decisions.size(); ++i) {
    add(decision_lines(recalled, i, demand, screen));
  }
  return lines;
}

}  // namespace gateway
