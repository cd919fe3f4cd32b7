#include "config/values/price_coverage.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace config {
namespace {

constexpr std::size_t dimensions = 6;

// What prices depend on in one respect, cut wherever a rule begins or ends: each piece as conditions that
// hold in it and nowhere else, and an occasion in it.
struct Piece {
  PriceConditions when;
  Occasion inside;
};
using Pieces = std::vector<Piece>;
using Cell = std::array<std::size_t, dimensions>;  // a piece of each dimension

std::vector<std::int64_t> sorted(std::vector<std::int64_t> cuts) {
  std::ranges::sort(cuts);
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

Pieces by_prompt(std::span<const PriceRule> rules, Tokens context) {
  std::vector<std::int64_t> cuts;
  for (const PriceRule& rule : rules) {
    for (const auto& bound : {rule.when.prompt_above, rule.when.prompt_to}) {
      if (bound && bound->count > 0 && *bound < context) cuts.push_back(bound->count);
    }
  }
  Pieces pieces;
  std::optional<Tokens> above;
  for (const std::int64_t cut : sorted(std::move(cuts))) {
    pieces.push_back(
        {.when = {.prompt_above = above, .prompt_to = Tokens{cut}}, .inside = {.prompt = {cut}}});
    above = Tokens{cut};
  }
  pieces.push_back({.when = {.prompt_above = above}, .inside = {.prompt = {above ? above->count + 1 : 1}}});
  return pieces;
}

Pieces by_hour(std::span<const PriceRule> rules) {
  std::vector<std::int64_t> cuts;
  for (const PriceRule& rule : rules) {
    if (!rule.when.hours) continue;
    cuts.push_back(rule.when.hours->from.minutes);
    cuts.push_back(rule.when.hours->to.minutes);
  }
  if (cuts.empty()) return {Piece{}};
  cuts = sorted(std::move(cuts));
  Pieces pieces;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const DailyWindow window{{static_cast<int>(cuts[i])}, {static_cast<int>(cuts[(i + 1) % cuts.size()])}};
    pieces.push_back({.when = {.hours = window}, .inside = {.at = WallTime(std::chrono::minutes(cuts[i]))}});
  }
  return pieces;
}

Pieces by_weekday(std::span<const PriceRule> rules) {
  const auto has_days = [](const PriceRule& rule) { return rule.when.weekdays.any(); };
  if (std::ranges::none_of(rules, has_days)) return {Piece{}};
  Pieces pieces(7);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    pieces[i].when.weekdays.set(i);
    pieces[i].inside.at = WallTime(std::chrono::days(4 + static_cast<int>(i)));  // 1970-01-05 was a Monday
  }
  return pieces;
}

Pieces by_date(std::span<const PriceRule> rules) {
  std::vector<std::int64_t> cuts;
  for (const PriceRule& rule : rules) {
    for (const auto& bound : {rule.when.from, rule.when.until}) {
      if (bound) cuts.push_back(*bound);
    }
  }
  cuts = sorted(std::move(cuts));
  Pieces pieces;
  std::optional<std::int64_t> from;
  const auto add = [&](std::optional<std::int64_t> until, std::int64_t inside) {
    pieces.push_back(
        {.when = {.from = from, .until = until}, .inside = {.at = WallTime(std::chrono::seconds(inside))}});
    from = until;
  };
  for (const std::int64_t cut : cuts) add(cut, from.value_or(cut - 1));
  add(std::nullopt, from.value_or(0));
  return pieces;
}

Pieces by_tier(std::span<const PriceRule> rules) {
  ServiceTiers named;
  for (const PriceRule& rule : rules) named |= rule.when.tiers;
  if (named.none()) return {Piece{}};
  Pieces pieces;
  if (!named.all()) pieces.push_back({.when = {.tiers = ~named}, .inside = {}});
  for (std::size_t i = 0; i < service_tier_count; ++i) {
    if (!named.test(i)) {
      pieces.front().inside.tier = static_cast<ServiceTier>(i);
      continue;
    }
    Piece& piece = pieces.emplace_back();
    piece.when.tiers.set(i);
    piece.inside.tier = static_cast<ServiceTier>(i);
  }
  return pieces;
}

Pieces by_geo(std::span<const PriceRule> rules) {
  std::vector<GeoWord> named;
  for (const PriceRule& rule : rules) {
    for (const GeoWord& word : rule.when.geos) {
      if (std::ranges::find(named, word) == named.end()) named.push_back(word);
    }
  }
  Pieces pieces{{.when = {.other_geos = named}, .inside = {}}};
  for (const GeoWord& word : named) pieces.push_back({.when = {.geos = {word}}, .inside = {.geo = word}});
  return pieces;
}

// The conditions of a rule in one dimension alone.
std::array<PriceConditions, dimensions> parted(const PriceConditions& when) {
  return {PriceConditions{.prompt_above = when.prompt_above, .prompt_to = when.prompt_to},
          PriceConditions{.hours = when.hours},
          PriceConditions{.weekdays = when.weekdays},
          PriceConditions{.from = when.from, .until = when.until},
          PriceConditions{.tiers = when.tiers},
          PriceConditions{.geos = when.geos}};
}

class Coverage {
 public:
  Coverage(std::span<const PriceRule> rules, Tokens context)
      : pieces_{by_prompt(rules, context),
                by_hour(rules),
                by_weekday(rules),
                by_date(rules),
                by_tier(rules),
                by_geo(rules)} {
    for (const PriceRule& rule : rules) {
      const auto conditions = parted(rule.when);
      auto& fits = fits_.emplace_back();
      for (std::size_t d = 0; d < dimensions; ++d) {
        for (const Piece& piece : pieces_[d]) fits[d].push_back(holds(conditions[d], piece.inside) ? 1 : 0);
      }
    }
  }

  PriceCoverage found() const {
    PriceCoverage coverage;
    std::vector<char> applies(fits_.size(), 0);
    Cell place{};
    do {
      const std::size_t rule = first_at(place);
      if (rule < applies.size()) applies[rule] = 1;
      if (rule == applies.size() && !coverage.hole) coverage.hole = hole_at(place);
    } while (advance(place, {true, true, true, true, true, true}));
    for (std::size_t i = 0; i < applies.size(); ++i) {
      if (!applies[i]) coverage.idle.push_back(i);
    }
    return coverage;
  }

 private:
  using Free = std::array<bool, dimensions>;

  std::size_t first_at(const Cell& place) const {
    for (std::size_t rule = 0; rule < fits_.size(); ++rule) {
      bool is_there = true;
      for (std::size_t d = 0; d < dimensions; ++d) is_there = is_there && fits_[rule][d][place[d]];
      if (is_there) return rule;
    }
    return fits_.size();
  }

  // To the next place that differs in free dimensions alone; false behind the last.
  bool advance(Cell& place, const Free& free) const {
    for (std::size_t d = 0; d < dimensions; ++d) {
      if (!free[d]) continue;
      if (++place[d] < pieces_[d].size()) return true;
      place[d] = 0;
    }
    return false;
  }

  bool is_hole(Cell place, const Free& free) const {
    for (std::size_t d = 0; d < dimensions; ++d) {
      if (free[d]) place[d] = 0;
    }
    do {
      if (first_at(place) < fits_.size()) return false;
    } while (advance(place, free));
    return true;
  }

  // Without what makes no difference to it.
  PriceConditions hole_at(const Cell& place) const {
    Free free{};
    for (std::size_t d = 0; d < dimensions; ++d) {
      free[d] = true;
      free[d] = is_hole(place, free);
    }
    PriceConditions hole;
    const auto at = [&](std::size_t d) -> const PriceConditions& { return pieces_[d][place[d]].when; };
    if (!free[0]) hole.prompt_above = at(0).prompt_above, hole.prompt_to = at(0).prompt_to;
    if (!free[1]) hole.hours = at(1).hours;
    if (!free[2]) hole.weekdays = at(2).weekdays;
    if (!free[3]) hole.from = at(3).from, hole.until = at(3).until;
    if (!free[4]) hole.tiers = at(4).tiers;
    if (!free[5]) hole.geos = at(5).geos, hole.other_geos = at(5).other_geos;
    return hole;
  }

  std::array<Pieces, dimensions> pieces_;
  std::vector<std::array<std::vector<char>, dimensions>> fits_;  // of each rule: in which pieces it holds
};

}  // namespace

PriceCoverage coverage_of(std::span<const PriceRule> rules, Tokens context) {
  return Coverage(rules, context).found();
}

}  // namespace config
