#include "gateway/replay/replay_policy.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "gateway/replay/replay_measures.hpp"
#include "gateway/replay/replay_stages.hpp"
#include "routing/replay/shadow.hpp"

namespace gateway {
namespace {

using routing::Decision;
using routing::EndpointIndex;
using routing::LoggedDecision;
using routing::Sample;
using routing::Verdict;

// Probability of each choice; of none at the end.
struct Chances {
  std::vector<double> of;

  Chances(const Decision& decision, std::size_t endpoints) : of(endpoints + 1) {
    for (const Verdict& verdict : decision.verdicts) of[verdict.endpoint] = verdict.propensity;
    if (!decision.chosen) of.back() = 1;
  }
  std::size_t place(std::optional<EndpointIndex> choice) const { return choice ? *choice : of.size() - 1; }
  std::optional<EndpointIndex> choice(std::size_t place) const {
    return place + 1 < of.size() ? std::optional(static_cast<EndpointIndex>(place)) : std::nullopt;
  }
};

struct Sums {
  std::array<std::vector<Sample>, outcome_parts.size()> samples;
  std::vector<double> covered;
  std::map<std::string, std::vector<double>> shares;  // by request, under the new policy
  std::map<std::string, std::uint64_t> chosen;
};

std::string name_of(const routing::Catalogue& catalogue, std::size_t place) {
  return place < catalogue.endpoints().size() ? catalogue.endpoints()[place].settings->name.text : "none";
}

// `believed`: of what it got, under the policy that gave it.
void add(const LoggedRequest& request, const routing::Catalogue& catalogue, const Chances& old,
         const Outcome& believed, const Decision& under_new, const routing::Policy& policy, Sums& sums) {
  const Chances fresh(under_new, catalogue.endpoints().size());
  const std::size_t choice = old.place(request.decisions[0].chosen);
  const Outcome happened = seen(request);
  std::array<routing::Part, outcome_parts.size()> target{};
  for (routing::Part& part : target) part.of = 0;
  double covered = 0;
  const std::size_t before = sums.covered.size();
  for (std::size_t place = 0; place < fresh.of.size(); ++place) {
    const double chance = fresh.of[place];
    if (chance == 0) continue;
    const Outcome outcome = expected(under_new, policy, fresh.choice(place), request.demand.delivery);
    for (std::size_t m = 0; m < outcome_parts.size(); ++m) {
      target[m].value += chance * (outcome.*outcome_parts[m]).value;
      target[m].of += chance * (outcome.*outcome_parts[m]).of;
    }
    if (old.of[place] >= routing::least_propensity) covered += chance;
    std::vector<double>& share = sums.shares[name_of(catalogue, place)];
    share.resize(before + 1);
    share[before] += chance;
  }
  const double weight = old.of[choice] > 0 ? fresh.of[choice] / old.of[choice] : 0;
  for (std::size_t m = 0; m < outcome_parts.size(); ++m) {
    sums.samples[m].push_back({weight, happened.*outcome_parts[m], believed.*outcome_parts[m], target[m]});
  }
  sums.covered.push_back(covered);
  ++sums.chosen[name_of(catalogue, choice)];
}

// Whom compliance left out, whatever it would cost: nobody is told what it would save to ask them.
std::vector<bool> forbidden_by(const Decision& decision, std::size_t endpoints) {
  std::vector<bool> forbidden(endpoints + 1);
  for (const Verdict& verdict : decision.verdicts) {
    forbidden[verdict.endpoint] =
        verdict.removal == routing::Removal::always || verdict.removal == routing::Removal::policy_allow;
  }
  return forbidden;
}

bool might_reach(const std::vector<bool>& forbidden, const Decision& decision) {
  return std::ranges::any_of(decision.verdicts, [&](const Verdict& verdict) {
    return verdict.propensity > 0 && forbidden[verdict.endpoint];
  });
}

constexpr const char* forbidden_there = "the new policy might send them to hosts that are forbidden to them";

// What the recorded request's first decision can tell; why it cannot, otherwise.
const char* take(const LoggedRequest& request, ReplayStages& stages, ReplayPolicies& recorded,
                 const std::string& policy, ReplayPolicies& others, Sums& sums) {
  const LoggedDecision& logged = request.decisions[0];
  routing::Stage* stage = stages.at(logged.snapshot);
  if (!stage) return "the market they saw is no longer in the file";
  const routing::Policy* by = recorded.find(stage->catalogue(), request.policy, request);
  const routing::Policy* under = others.find(stage->catalogue(), policy, request);
  if (!by) return "their policy is not in the recorded configuration";
  if (!under) return "the new policy does not fit the hosts of then";
  if (under->budget && under->budget != by->budget)
    return "the new policy has another budget for the day, and what it would have been then is not known";
  const Decision& again = stage->decide(request.demand, logged, {}, *by);
  if (difference(logged, again) != routing::Difference::none) {
    return "their recorded decision cannot be reproduced, so its probabilities are not known";
  }
  const std::size_t endpoints = stage->catalogue().endpoints().size();
  const Chances old(again, endpoints);
  const std::vector<bool> forbidden = forbidden_by(again, endpoints);
  const Outcome believed = expected(again, *by, logged.chosen, request.demand.delivery);
  const Decision& fresh = stage->decide(request.demand, logged, {}, *under);
  if (might_reach(forbidden, fresh)) return forbidden_there;
  add(request, stage->catalogue(), old, believed, fresh, *under, sums);
  return nullptr;
}

std::string percent(double share) {
  const auto tenths = static_cast<long>(share * 1000 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::vector<std::string> warnings_of(const PolicyReplay& replay) {
  std::vector<std::string> warnings;
  const routing::Support& support = replay.support;
  if (replay.requests == 0) return {"no recorded request could be used"};
  std::uint64_t left_out = 0;
  for (const auto& [why, count] : replay.left_out) left_out += count;
  const double missing = static_cast<double>(left_out) / static_cast<double>(left_out + replay.requests);
  if (missing > routing::most_unjudged) {
    warnings.push_back(
        percent(missing) +
        " of the recorded requests could not be judged, which is not by chance: all that is said, "
        "intervals included, is of the others");
  }
  if (support.covered < 0.95) {
    warnings.push_back(percent(1 - support.covered) +
                       " of the new policy's choices were never or hardly ever made by the recorded one: for "
                       "these there is only the model's word, and the intervals do not know how wrong it is");
  }
  if (support.effective < 200) {
    warnings.push_back("the weighted estimate rests on " +
                       std::to_string(static_cast<long>(support.effective)) +
                       " effective requests; its interval is not to be relied on");
  }
  if (support.clipped > 0.01) {
    warnings.push_back(percent(support.clipped) +
                       " of the requests count less than they should, or a few would outvote all others");
  }
  if (replay.retried * 20 > replay.requests) {
    warnings.push_back(percent(static_cast<double>(replay.retried) / static_cast<double>(replay.requests)) +
                       " of the requests needed another attempt, which is taken as it was recorded");
  }
  return warnings;
}

// Linear estimates and their bounds may leave what a share can be.
routing::Interval as_share(routing::Interval interval) {
  for (double* const each : {&interval.mean, &interval.low, &interval.high}) {
    *each = std::isnan(*each) ? *each : std::clamp(*each, 0.0, 1.0);
  }
  return interval;
}

// Of so many requests seen. Where all of them went alike there is nothing to reckon a variance from, and yet
// the share may be other than nothing or all. Source: Clopper, Pearson 1934, for 0 of n.
routing::Interval as_share(const routing::Interval& interval, double requests) {
  routing::Interval share = as_share(interval);
  if (std::isnan(share.mean) || !(requests > 0)) return share;
  const double least = std::pow(0.025, 1 / requests);
  share.low = std::min(share.low, least);
  share.high = std::max(share.high, 1 - least);
  return share;
}

PolicyReplay summary(const Sums& sums, PolicyReplay result) {
  result.requests = sums.covered.size();
  using Model = routing::EstimateSettings::Model;
  const auto measure = [&](std::size_t m, std::string name, std::string unit, double scale,
                           Model taken = Model::scaled) {
    result.measures.push_back(
        {std::move(name), std::move(unit), scale, routing::estimate(sums.samples[m], {.taken = taken})});
  };
  measure(0, "cost", "$ per 1000 requests", 1000);
  measure(1, "first token", "s", 1);
  measure(2, "whole answer", "s", 1);
  measure(3, "failed", "%", 100, Model::as_it_is);
  result.support = routing::support(sums.samples[0], sums.covered);
  routing::Estimate& failed = result.measures.back().estimate;
  failed.logged = as_share(failed.logged, static_cast<double>(result.requests));
  failed.model = as_share(failed.model);
  for (routing::Interval* each : {&failed.weighted, &failed.robust}) {
    *each = as_share(*each, result.support.effective);
  }
  for (const auto& [endpoint, given] : sums.shares) {
    std::vector<double> share = given;
    share.resize(result.requests);
    result.shares.push_back({.endpoint = endpoint, .under_new = as_share(routing::mean_of(share))});
  }
  for (const auto& [endpoint, count] : sums.chosen) {
    auto known = std::ranges::find(result.shares, endpoint, &ShareEstimate::endpoint);
    if (known == result.shares.end()) {
      known = result.shares.insert(known, {.endpoint = endpoint, .under_new = {}});
    }
    known->logged = static_cast<double>(count) / static_cast<double>(result.requests);
  }
  std::ranges::stable_sort(result.shares, std::greater(),
                           [](const ShareEstimate& share) { return share.under_new.mean; });
  result.warnings = warnings_of(result);
  return result;
}

}  // namespace

PolicyReplay replay_under(RecordReader& reader, const std::string& policy, ReplayPolicies& others) {
  PolicyReplay result;
  result.policy = policy;
  Sums sums;
  ReplayPolicies recorded;
  ReplayStages stages(reader);
  while (const auto stored = reader.next()) {
    const LoggedRequest& request = stored->request;
    if (request.decisions.empty()) continue;
    if (const char* why = take(request, stages, recorded, policy, others, sums)) {
      ++result.left_out[why];
      result.forbidden += why == forbidden_there ? 1 : 0;
    } else if (request.attempts.size() > 1) {
      ++result.retried;
    }
  }
  return summary(sums, std::move(result));
}

}  // namespace gateway
