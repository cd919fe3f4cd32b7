#include "gateway/simulate/comparison_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "gateway/observe/words.hpp"

namespace gateway {
namespace {

const std::vector<std::string> titles{"regret %", "±",         "$/1k",     "TTFT p50", "p95",     "p99",
                                      "all p99",  "in time %", "failed %", "attempts", "hedged %"};

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// How the last attempt of a request ended that nobody answered.
std::string reason_word(std::size_t reason) {
  if (reason == routing::Scorecard::nobody_asked) return "nobody_asked";
  return std::string(word(static_cast<routing::FailureKind>(reason)));
}

TableLine line(const Contestant& standing) {
  const routing::Scorecard& card = standing.sum;
  const bool is_oracle = standing.kind == Entrant::Kind::oracle;
  return {standing.name,
          {is_oracle ? "0" : fixed(100 * standing.regret, 1),
           is_oracle ? "" : fixed(100 * standing.regret_error, 1),
           fixed(1000 * card.dollars / static_cast<double>(std::max<std::uint64_t>(1, card.requests)), 3),
           fixed(card.ttft.quantile(0.50), 2), fixed(card.ttft.quantile(0.95), 2),
           fixed(card.ttft.quantile(0.99), 2), fixed(card.total.quantile(0.99), 1),
           fixed(100 * share(card.within_slo, card.requests), 1),
           fixed(100 * share(card.failures, card.requests), 2), fixed(share(card.attempts, card.requests), 3),
           fixed(100 * share(card.hedges, card.requests), 1)}};
}

}  // namespace

std::string comparison_table(const Comparison& comparison, TableForm form) {
  std::vector<TableLine> lines{{"", titles}};
  if (comparison.bound) {
    TableLine least{"bound", std::vector<std::string>(titles.size())};
    least.cells[0] = fixed(100 * comparison.bound->regret, 1);
    least.cells[1] = fixed(100 * comparison.bound->regret_error, 1);
    lines.push_back(std::move(least));
  }
  for (const Contestant& standing : comparison.standings) lines.push_back(line(standing));
  return result_table(lines, form);
}

std::string failure_reasons(const Comparison& comparison) {
  std::string text;
  for (const Contestant& standing : comparison.standings) {
    const auto& because = standing.sum.failed_because;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < because.size(); ++i) {
      if (because[i] > 0) order.push_back(i);
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return because[i]; });
    std::string reasons;
    for (const std::size_t i : order) {
      reasons += (reasons.empty() ? " " : ", ") + std::to_string(because[i]) + " " + reason_word(i);
    }
    if (!reasons.empty()) text += "failed, " + standing.name + ":" + reasons + "\n";
    const routing::Scorecard& card = standing.sum;
    if (card.lapses > 0) {
      text += "broken calls, " + standing.name + ": " + std::to_string(card.lapses) + " (" +
              fixed(100 * share(card.lapses, card.requests), 2) + " %)\n";
    }
  }
  return text;
}

// No name needs quoting: a policy's is a label or an amount, a baseline's our own.
std::string comparison_csv(const Comparison& comparison) {
  std::string text =
      "name,kind,seeds,requests,regret,regret_standard_error,dollars_per_1000,ttft_p50,ttft_p95,ttft_p99,"
      "total_p99,"
      "within_slo,failures,attempts_per_request,hedges_per_request\n";
  constexpr const char* kinds[] = {"oracle", "policy", "baseline"};
  for (const Contestant& standing : comparison.standings) {
    const routing::Scorecard& card = standing.sum;
    text += standing.name + "," + kinds[static_cast<std::size_t>(standing.kind)] + "," +
            std::to_string(standing.regrets.size()) + "," + std::to_string(card.requests);
    for (const double value :
         {standing.regret, standing.regret_error,
          1000 * card.dollars / static_cast<double>(std::max<std::uint64_t>(1, card.requests)),
          card.ttft.quantile(0.50), card.ttft.quantile(0.95), card.ttft.quantile(0.99),
          card.total.quantile(0.99), share(card.within_slo, card.requests),
          share(card.failures, card.requests), share(card.attempts, card.requests),
          share(card.hedges, card.requests)}) {
      text += "," + fixed(value, 6);
    }
    text += "\n";
  }
  return text;
}

std::string comparison_json(const Comparison& comparison, const std::string& command) {
  namespace json = boost::json;
  json::array standings;
  for (const Contestant& standing : comparison.standings) {
    const routing::Scorecard& card = standing.sum;
    json::array shares;
    for (std::size_t i = 0; i < card.hosts.size(); ++i) {
      const routing::HostShare& host = standing.first.hosts[i];
      const auto answers = static_cast<double>(std::max<std::uint64_t>(1, host.answers));
      shares.push_back({{"host", comparison.host_names[i]},
                        {"answers", host.answers},
                        {"attempts", host.attempts},
                        {"mean_dollars", host.dollars / answers},
                        {"mean_ttft", host.ttft / answers},
                        {"mean_generation", host.generation / answers}});
    }
    json::array regrets;
    for (const double regret : standing.regrets) regrets.push_back(regret);
    json::object because;
    for (std::size_t i = 0; i < card.failed_because.size(); ++i) {
      if (card.failed_because[i] > 0) because[reason_word(i)] = card.failed_because[i];
    }
    const auto quantile = [](double value) { return std::isnan(value) ? json::value() : json::value(value); };
    standings.push_back({{"name", standing.name},
                         {"requests", card.requests},
                         {"regret", standing.regret},
                         {"regret_standard_error", standing.regret_error},
                         {"regrets", std::move(regrets)},
                         {"dollars", card.dollars},
                         {"failures", card.failures},
                         {"broken_calls", card.lapses},
                         {"failed_because", std::move(because)},
                         {"attempts", card.attempts},
                         {"hedges", card.hedges},
                         {"within_slo", card.within_slo},
                         {"ttft",
                          {{"p50", quantile(card.ttft.quantile(0.5))},
                           {"p95", quantile(card.ttft.quantile(0.95))},
                           {"p99", quantile(card.ttft.quantile(0.99))},
                           {"mean", card.ttft.mean()}}},
                         {"total",
                          {{"p50", quantile(card.total.quantile(0.5))},
                           {"p99", quantile(card.total.quantile(0.99))},
                           {"mean", card.total.mean()}}},
                         {"first_seed_hosts", std::move(shares)}});
  }
  json::object document{{"command", command},
                        {"value_of_time_per_hour", comparison.value_per_hour},
                        {"standings", std::move(standings)}};
  if (const auto& bound = comparison.bound) {
    document["bound"] = {{"mean_cost", bound->cost},
                         {"regret", bound->regret},
                         {"regret_standard_error", bound->regret_error}};
  }
  return json::serialize(document) + "\n";
}

std::string decision_times(const Comparison& comparison) {
  std::string text = "mean time of a decision, on this machine:";
  for (const Contestant& standing : comparison.standings) {
    text += " " + standing.name + " " + fixed(1e6 * standing.seconds_per_decision, 1) + " µs,";
  }
  text.back() = '\n';
  return text;
}

}  // namespace gateway
