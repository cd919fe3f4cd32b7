#include "routing/replay/seen_verdict.hpp"

#include <algorithm>

namespace routing {
namespace {

float shown(double value) {
  return static_cast<float>(value);
}

void fill(const Verdict& verdict, SeenVerdict& seen) {
  seen.endpoint = verdict.endpoint;
  seen.removal = static_cast<std::uint8_t>(verdict.removal);
  seen.filter = static_cast<std::uint8_t>(verdict.filter);
  seen.flags = verdict.limits_rate ? SeenVerdict::limits_rate : 0;
  seen.price_rule = static_cast<std::int8_t>(verdict.price_rule + 1);
  seen.rule = verdict.rule, seen.tier = verdict.tier, seen.rank = verdict.rank;
  seen.missed_by = shown(verdict.missed_by), seen.propensity = shown(verdict.propensity);
  if (verdict.margin) {
    const Dimension& of = verdict.margin->dimension;
    seen.has_margin = 1;
    seen.dollars = static_cast<std::int8_t>(of.dollars), seen.seconds = static_cast<std::int8_t>(of.seconds);
    seen.tokens = static_cast<std::int8_t>(of.tokens);
    seen.found = shown(verdict.margin->found), seen.limit = shown(verdict.margin->limit);
  }
  // Of those left out nothing may have been predicted, and nothing of it counted.
  if (verdict.removal != Removal::none) return;
  const Cost& cost = verdict.cost;
  seen.price = shown(cost.price), seen.wait_for_first = shown(cost.ttft);
  seen.wait_for_rest = shown(cost.generation), seen.other = shown(cost.other);
  seen.quota = shown(cost.quota), seen.quality = shown(cost.quality), seen.failing = shown(cost.failure);
  const Prediction& p = verdict.prediction;
  seen.ttft = shown(p.ttft), seen.first_delta = shown(p.first_delta), seen.wait = shown(p.wait);
  seen.at_once = shown(p.at_once), seen.smooth = shown(p.smooth), seen.ttft_log_sd = shown(p.ttft_log_sd);
  seen.throughput = shown(p.throughput), seen.throughput_log_sd = shown(p.throughput_log_sd);
  seen.expected_output = shown(p.expected_output), seen.generation = shown(p.generation);
  seen.billed = shown(p.price), seen.failure = shown(p.failure), seen.cache_hit = shown(p.cache_hit);
  seen.in_flight = shown(p.in_flight), seen.headroom = shown(p.headroom);
  seen.passing = shown(p.quality);
  if (p.is_demoted) seen.flags |= SeenVerdict::is_demoted;
}

// The rare case of a model with more endpoints than are kept.
void note_some(const Decision& decision, std::vector<SeenVerdict>& seen) {
  const std::size_t left_out = decision.verdicts.size() - decision.order.size();
  const std::size_t ranked = std::min(decision.order.size(), most_seen - std::min(left_out, most_seen / 2));
  for (std::size_t i = 0; i < ranked; ++i) fill(decision.verdicts[decision.order[i]], seen.emplace_back());
  for (const Verdict& verdict : decision.verdicts) {
    if (seen.size() == most_seen) break;
    if (verdict.removal != Removal::none) fill(verdict, seen.emplace_back());
  }
  const auto is_chosen = [&](const auto& each) { return each.endpoint == decision.chosen; };
  if (!decision.chosen || std::ranges::any_of(seen, is_chosen)) return;
  const auto chosen = std::ranges::find_if(decision.verdicts, is_chosen);
  seen.back() = {};
  if (chosen != decision.verdicts.end()) fill(*chosen, seen.back());
}

}  // namespace

std::uint32_t note(const Decision& decision, std::vector<SeenVerdict>& seen) {
  if (decision.verdicts.size() > most_seen) {
    note_some(decision, seen);
  } else {
    seen.resize(decision.verdicts.size());
    for (std::size_t i = 0; i < seen.size(); ++i) fill(decision.verdicts[i], seen[i]);
  }
  if (decision.trials_allowed) {
    const auto chosen =
        std::ranges::find_if(seen, [&](const SeenVerdict& each) { return each.endpoint == decision.chosen; });
    if (chosen != seen.end()) chosen->flags |= SeenVerdict::is_trial;
  }
  return static_cast<std::uint32_t>(decision.verdicts.size() - seen.size());
}

Verdict verdict_of(const SeenVerdict& seen) {
  Verdict verdict{.endpoint = seen.endpoint,
                  .removal = static_cast<Removal>(seen.removal),
                  .rule = seen.rule,
                  .missed_by = seen.missed_by,
                  .filter = static_cast<Filter>(seen.filter),
                  .limits_rate = (seen.flags & SeenVerdict::limits_rate) != 0,
                  .price_rule = static_cast<std::int8_t>(seen.price_rule - 1),
                  .tier = seen.tier,
                  .rank = seen.rank,
                  .propensity = seen.propensity};
  if (seen.has_margin != 0) {
    verdict.margin = Margin{
        .found = seen.found, .limit = seen.limit, .dimension = {seen.dollars, seen.seconds, seen.tokens}};
  }
  verdict.cost = {.price = seen.price,
                  .ttft = seen.wait_for_first,
                  .generation = seen.wait_for_rest,
                  .other = seen.other,
                  .quota = seen.quota,
                  .quality = seen.quality,
                  .failure = seen.failing};
  Prediction& p = verdict.prediction;
  p.ttft = seen.ttft, p.first_delta = seen.first_delta, p.wait = seen.wait;
  p.at_once = seen.at_once, p.smooth = seen.smooth, p.ttft_log_sd = seen.ttft_log_sd;
  p.throughput = seen.throughput, p.throughput_log_sd = seen.throughput_log_sd;
  p.expected_output = seen.expected_output, p.generation = seen.generation, p.price = seen.billed;
  p.failure = seen.failure, p.cache_hit = seen.cache_hit, p.in_flight = seen.in_flight;
  p.headroom = seen.headroom;
  p.quality = seen.passing;
  p.is_demoted = (seen.flags & SeenVerdict::is_demoted) != 0;
  return verdict;
}

}  // namespace routing
