#include "gateway/simulate/tournament_text.hpp"

#include <algorithm>
#include <cmath>

namespace gateway {
namespace {

constexpr std::size_t shown_worlds = 10;
constexpr double more_failures = 0.003;  // that are worth a word

// Of one policy in some of the worlds.
struct Tally {
  std::size_t worlds = 0, lost_2 = 0, lost_10 = 0, surely_2 = 0, surely_10 = 0, failing = 0;
  double log_ratio = 0, failed = 0, best_failed = 0;
  double log_over_bound = 0;  // of the cost over the bound

  void count(const Against& against, const Match& match, std::size_t entrant) {
    ++worlds;
    log_ratio += std::log(against.ratio);
    lost_2 += against.ratio > 1.02 ? 1 : 0;
    lost_10 += against.ratio > 1.10 ? 1 : 0;
    surely_2 += against.least_ratio > 1.02 ? 1 : 0;
    surely_10 += against.least_ratio > 1.10 ? 1 : 0;
    failing += against.least_failures > more_failures ? 1 : 0;
    failed += match.results[entrant].failed();
    best_failed += match.results[against.rival].failed();
    for (std::size_t i = 0; i < match.bounds.size(); ++i) {
      const double over = match.results[entrant].costs[i] / match.bounds[i];
      log_over_bound += std::log(over) / static_cast<double>(match.bounds.size());
    }
  }
};

const std::vector<std::string> tournament_titles{"worlds",   "cost",         "lost > 2 %",
                                                 "> 10 %",   "surely > 2 %", "surely > 10 %",
                                                 "failed %", "best's",       "fails more"};

enum class Bounds { left_out, shown };

TableLine line(const std::string& name, const Tally& tally, Bounds bounds) {
  const double n = static_cast<double>(std::max<std::size_t>(1, tally.worlds));
  const auto percent = [n](std::size_t count) { return fixed(100 * static_cast<double>(count) / n, 1); };
  TableLine line{
      name,
      {std::to_string(tally.worlds), fixed(std::exp(tally.log_ratio / n), 3), percent(tally.lost_2),
       percent(tally.lost_10), percent(tally.surely_2), percent(tally.surely_10),
       fixed(100 * tally.failed / n, 2), fixed(100 * tally.best_failed / n, 2), percent(tally.failing)}};
  if (bounds == Bounds::shown) line.cells.push_back(fixed(std::exp(tally.log_over_bound / n), 3));
  return line;
}

std::string by_kind(const Tournament& tournament, std::size_t entrant, TableForm form) {
  std::vector<Tally> kinds(routing::world_kinds);
  Tally all;
  for (const Match& match : tournament.matches) {
    const auto against = against_best(tournament, match, entrant);
    if (!against) continue;
    kinds[static_cast<std::size_t>(match.kind)].count(*against, match, entrant);
    all.count(*against, match, entrant);
  }
  const bool has_bounds = !tournament.matches.empty() && !tournament.matches.front().bounds.empty();
  const Bounds bounds = has_bounds ? Bounds::shown : Bounds::left_out;
  std::vector<TableLine> lines{{tournament.entrants[entrant].name, tournament_titles}};
  if (has_bounds) lines.front().cells.push_back("over the bound");
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i].worlds == 0) continue;
    lines.push_back(line(std::string(to_text(static_cast<routing::WorldKind>(i))), kinds[i], bounds));
  }
  lines.push_back(line("all", all, bounds));
  return result_table(lines, form);
}

std::string worst(const Tournament& tournament, std::size_t entrant, const std::string& again,
                  TableForm form) {
  struct Lost {
    const Match* match;
    Against against;
  };
  std::vector<Lost> all;
  for (const Match& match : tournament.matches) {
    if (const auto against = against_best(tournament, match, entrant)) all.push_back({&match, *against});
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const Lost& lost) { return lost.against.ratio; });
  all.resize(std::min(all.size(), shown_worlds));
  std::vector<TableLine> lines{{"worst", {"kind", "cost", "at least", "failed %", "best's", "best"}}};
  std::string commands;
  for (const Lost& lost : all) {
    const Match& match = *lost.match;
    const std::string number = std::to_string(match.number);
    lines.push_back({number,
                     {std::string(to_text(match.kind)), fixed(lost.against.ratio, 3),
                      fixed(lost.against.least_ratio, 3), fixed(100 * match.results[entrant].failed(), 2),
                      fixed(100 * match.results[lost.against.rival].failed(), 2),
                      tournament.entrants[lost.against.rival].name}});
    commands += (form == TableForm::markdown ? "    " : "") + std::string("isocost simulate --worlds ") +
                number + "-" + number + " " + again + "\n";
  }
  return result_table(lines, form) + "\n" + commands;
}

// Of each baseline: in how many worlds it was the best one.
std::string rivals(const Tournament& tournament, TableForm form) {
  std::vector<std::size_t> wins(tournament.entrants.size());
  for (const Match& match : tournament.matches) {
    if (const auto best = tournament.best_baseline(match)) ++wins[*best];
  }
  std::vector<TableLine> lines{{"best baseline", {"worlds"}}};
  for (std::size_t i = 0; i < wins.size(); ++i) {
    if (wins[i] > 0) lines.push_back({tournament.entrants[i].name, {std::to_string(wins[i])}});
  }
  return result_table(lines, form);
}

}  // namespace

std::string tournament_tables(const Tournament& tournament, const std::string& again, TableForm form) {
  std::string text;
  for (std::size_t i = 0; i < tournament.entrants.size(); ++i) {
    if (tournament.entrants[i].kind != Entrant::Kind::policy) continue;
    text += by_kind(tournament, i, form) + "\n" + worst(tournament, i, again, form) + "\n";
  }
  return text + rivals(tournament, form);
}

std::string tournament_csv(const Tournament& tournament) {
  std::string text = "world,kind,run,name,cost,failed\n";
  for (const Match& match : tournament.matches) {
    for (std::size_t i = 0; i < match.results.size(); ++i) {
      const Result& result = match.results[i];
      for (std::size_t run = 0; run < result.costs.size(); ++run) {
        text += std::to_string(match.number) + "," + std::string(to_text(match.kind)) + "," +
                std::to_string(run) + "," + tournament.entrants[i].name + "," + fixed(result.costs[run], 9) +
                "," + fixed(result.failures[run], 6) + "\n";
      }
    }
  }
  return text;
}

}  // namespace gateway
