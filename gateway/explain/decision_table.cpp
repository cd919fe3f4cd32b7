#include "gateway/explain/decision_table.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/explain/decision_order.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/text/quantity_text.hpp"

namespace gateway {

using routing::Verdict;

namespace {

const std::string& name_of(const Decided& decided, const Verdict& verdict) {
  return decided.catalogue.endpoints()[verdict.endpoint].settings->name.text;
}

// A route's endpoints are of several models, and of two of them may have one name.
bool has_several_models(const Decided& decided) {
  const auto model_of = [&](const Verdict& v) { return decided.catalogue.endpoints()[v.endpoint].model; };
  const auto& all = decided.decision.verdicts;
  return std::ranges::any_of(all, [&](const Verdict& v) { return model_of(v) != model_of(all.front()); });
}

// Of all that were looked at, so that both tables call one model the same.
std::vector<std::string> models_of(const Decided& decided) {
  std::vector<std::string> names;
  for (const Verdict& each : decided.decision.verdicts)
    names.push_back(decided.catalogue.endpoints()[each.endpoint].model->name.text);
  return short_models(std::move(names), 28);
}

// `of_rows`: the verdict of each row. The names are made once for all: there may be a thousand hosts, and a
// loop that serves others makes the page.
void add_models(const Decided& decided, const std::vector<const Verdict*>& of_rows,
                std::vector<Column>& columns, std::vector<Row>& rows) {
  columns.insert(columns.begin() + 2, {"MODEL", Align::left, 0, Shorten::middle});
  const std::vector<std::string> names = models_of(decided);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto place = static_cast<std::size_t>(of_rows[i] - decided.decision.verdicts.data());
    rows[i].insert(rows[i].begin() + 2, {names[place], Colour::dim});
  }
}

// A sentence, however long, in as many lines as it takes.
void say(const std::string& text, Colour colour, const Screen& screen, std::vector<std::string>& lines) {
  for (const std::string& line : wrapped(text, screen.columns))
    lines.push_back(painted(line, colour, screen.paint));
}

std::vector<std::string> headline(const Decided& decided, const Screen& screen) {
  const routing::Decision& decision = decided.decision;
  const Verdict* chosen = chosen_one(decision);
  const std::string asked = fitted(decided.demand.model_requested, 60) + ", " +
                            count_text(static_cast<double>(decided.demand.prompt.count)) +
                            " prompt tokens, policy " + fitted(decided.policy.name.text, 40);
  std::string answer;
  Colour colour = Colour::green;
  if (chosen != nullptr) {
    answer = "goes to " + name_of(decided, *chosen) + ": " + why_chosen(decided);
  } else {
    answer = "goes to nobody";
    colour = Colour::red;
    if (decision.earliest) {
      answer += "; the first one comes back in " +
                span_text(std::ceil(config::Seconds(*decision.earliest - decided.now).count()));
    }
  }
  std::vector<std::string> lines{fitted(asked, screen.columns)};
  if (!decided.kept_out.empty()) {
    say("kept out now: " + std::string(decided.kept_out), Colour::red, screen, lines);
    answer = "with that it " + answer;
  }
  say(answer, colour, screen, lines);
  say(trial_text(decision), Colour::yellow, screen, lines);
  return lines;
}

// What is neither billed nor a wait nor a risk, so that what is shown adds up to the cost.
double other_of(const routing::Cost& cost) {
  return cost.other + cost.quota + cost.quality;
}

// Below the best where a preference, and not its cost, put that one first.
std::string over(double dollars) {
  return (dollars < 0 ? "-" : "+") + money_text(std::abs(dollars));
}

std::vector<std::string> candidates(const Decided& decided, const Screen& screen) {
  const auto ranked = by_rank(decided.decision);
  if (ranked.empty()) return {};
  // The first term to go where there is no room, unless a cost is more than its other terms.
  const bool has_other = std::ranges::any_of(
      ranked, [](const Verdict* v) { return money_text(other_of(v->cost)) != money_text(0); });
  std::vector<Column> columns{{"", Align::left, 0},
                              {"ENDPOINT", Align::left, 0, Shorten::middle},
                              {"COST", Align::right, 0},
                              {"OVER BEST", Align::right, 4},
                              {"PRICE", Align::right, 0},
                              {"WAIT", Align::right, 2},
                              {"TOKENS", Align::right, 2},
                              {"RISK", Align::right, 3},
                              {"OTHER", Align::right, has_other ? 2 : 5},
                              {"TTFT", Align::right, 0},
                              {"TOK/S", Align::right, 0},
                              {"FAIL", Align::right, 6},
                              {"CHANCE", Align::right, 1}};
  const double best = ranked.front()->cost.total();
  std::vector<Row> rows;
  for (const Verdict* v : ranked) {
    const bool chosen = decided.decision.chosen == v->endpoint;
    rows.push_back({{chosen ? "▶" : " ", Colour::green},
                    {name_of(decided, *v), chosen ? Colour::bold : Colour::plain},
                    {money_text(v->cost.total()), chosen ? Colour::bold : Colour::plain},
                    {v == ranked.front() ? "" : over(v->cost.total() - best), Colour::dim},
                    {money_text(v->cost.price)},
                    {money_text(v->cost.ttft)},
                    {money_text(v->cost.generation)},
                    {money_text(v->cost.failure)},
                    {money_text(other_of(v->cost))},
                    {time_text(v->prediction.ttft)},
                    {rate_text(v->prediction.throughput)},
                    {percent_text(v->prediction.failure)},
                    {percent_text(v->propensity), Colour::dim}});
  }
  if (has_several_models(decided)) add_models(decided, ranked, columns, rows);
  return table(columns, rows, screen);
}

std::vector<std::string> left_out(const Decided& decided, const Screen& screen) {
  const auto removed = removed_ones(decided.decision);
  if (removed.empty()) return {};
  std::vector<Row> rows;
  for (const Verdict* v : removed) {
    rows.push_back({{"x", Colour::red}, {name_of(decided, *v)}, {removal_text(*v, decided), Colour::dim}});
  }
  std::vector<Column> columns{{"", Align::left, 0},
                              {"LEFT OUT", Align::left, 0, Shorten::middle},
                              {"BECAUSE IT", Align::left, 0, Shorten::never}};
  if (has_several_models(decided)) add_models(decided, removed, columns, rows);
  return table(columns, rows, screen);
}

// What the request is held to beside its policy's own rules, and why it has no other policy.
std::vector<std::string> circumstances(const Decided& decided, const Screen& screen) {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& text) { say(text, Colour::dim, screen, lines); };
  for (const std::string_view reason : decided.passed_over) add("passed over: " + std::string(reason));
  for (const Verdict& verdict : decided.decision.verdicts) {
    const std::string when = price_rule_text(verdict, decided);
    if (!when.empty()) add("prices of " + name_of(decided, verdict) + ": for " + when);
    if (const config::Money each = picture_price(verdict, decided); each.nanos > 0 && verdict.rank > 0) {
      add("pictures at " + name_of(decided, verdict) + ": " + std::to_string(decided.demand.pictures) +
          " for " + money_text(each.dollars()) + " each");
    }
  }
  if (decided.decision.money != 1) {
    add("money counts " + rate_text(decided.decision.money) + " x today" +
        (decided.policy.budget ? ": the policy's budget is " + money_text(*decided.policy.budget) + " a day"
                               : ""));
  }
  for (const Verdict* v : by_rank(decided.decision)) {
    if (v->prediction.is_demoted && decided.policy.demotion != 1) {
      add(name_of(decided, *v) + " counts " + rate_text(decided.policy.demotion) +
          " x as dear (OTHER): its answers pass their checks less often than before, or than others' do");
    }
    const Surcharge more = surcharge_of(decided, *v);
    if (more.dollars == 0) continue;
    add("of the risk of " + name_of(decided, *v) + " " + money_text(more.dollars) + " are for the " +
        time_text(more.silence) + " that its provider has been silent on this request");
  }
  if (!decided.policy.always) return lines;
  for (const routing::AlwaysRule& each : *decided.policy.always) add("always: " + always_text(each));
  return lines;
}

// What was given up, or what would have to be.
std::vector<std::string> compromises(const Decided& decided, const Screen& screen) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < decided.decision.relaxed; ++i) {
    say("gave up: " + decided.policy.relax[i].text, Colour::yellow, screen, lines);
  }
  if (const auto remedy = remedy_of(decided)) {
    say(remedy_text(*remedy, decided.catalogue), Colour::yellow, screen, lines);
  }
  return lines;
}

}  // namespace

std::vector<std::string> decision_table(const Decided& decided, const Screen& screen) {
  std::vector<std::string> lines = headline(decided, screen);
  const std::vector<std::string> held_to = circumstances(decided, screen);
  lines.insert(lines.end(), held_to.begin(), held_to.end());
  const std::vector<std::string> given_up = compromises(decided, screen);
  lines.insert(lines.end(), given_up.begin(), given_up.end());
  for (const auto& part : {candidates(decided, screen), left_out(decided, screen)}) {
    if (part.empty()) continue;
    lines.emplace_back();
    lines.insert(lines.end(), part.begin(), part.end());
  }
  return lines;
}

}  // namespace gateway
