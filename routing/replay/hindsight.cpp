#include "routing/replay/hindsight.hpp"

#include <cmath>

#include "routing/decision/candidates.hpp"
#include "routing/market/predict.hpp"

namespace routing {
namespace {

struct Judged {
  double cost = 0;
  double variance = 0;
};

class Judgement {
 public:
  Judgement(const Question& question, const LoggedDecision& decision)
      : question_(question), decision_(decision) {}

  Judged of(const SeenVerdict& seen) const {
    const Snapshot& after = question_.snapshot;
    Verdict verdict{.endpoint = seen.endpoint};
    const EndpointState& state = after.endpoints[seen.endpoint];
    const Endpoint& endpoint =
        priced_for(after.catalogue->endpoints()[seen.endpoint], state, question_.demand);
    if (endpoint.rule)
      verdict.price_rule = static_cast<std::int8_t>(endpoint.rule - endpoint.settings->price_rules.data());
    verdict.prediction = predict(endpoint, state, question_.asked, cached_share(seen.endpoint),
                                 load(seen.endpoint), question_.now);
    verdict.prediction.is_demoted = false;  // what that cost stands in `seen`
    if (const Allowance* allowance = allowance_of(question_, verdict)) {
      verdict.prediction.headroom = std::fmin(verdict.prediction.headroom, std::max(0.0, allowance->left));
    }
    const Cost cost =
        routing::cost(question_.policy, view_of(question_, verdict), seen.quality, question_.money);
    const Prediction& p = verdict.prediction;
    const double weight = weight_of_success(p.failure);
    const double of_wait = weight * cost.ttft * p.ttft_level_sd;
    const double of_rest = weight * cost.generation * p.throughput_level_sd;
    return {.cost = cost.total(), .variance = of_wait * of_wait + of_rest * of_rest};
  }

 private:
  // As it was when it was decided: what the request itself left in a host's cache counts for nobody.
  double cached_share(EndpointIndex endpoint) const {
    const auto seen = std::ranges::find(decision_.seen, endpoint, &SeenBlocks::endpoint);
    const std::size_t known = question_.demand.prefix_blocks.size();
    if (seen == decision_.seen.end() || seen->blocks > known) return 0;
    return prompt_share(question_.demand, seen->blocks);
  }
  double load(EndpointIndex endpoint) const {
    const auto busy = std::ranges::find(decision_.under_way, endpoint, &UnderWay::endpoint);
    return busy == decision_.under_way.end() ? 0 : busy->count;
  }

  const Question& question_;
  const LoggedDecision& decision_;
};

// As long as the host said that they were, in the tokens that all hosts are compared in.
Asked turned_out(const Snapshot& after, const Demand& demand, const LoggedDecision& decision,
                 const Attempt* answer) {
  Asked asked = routing::asked(demand, nullptr);
  asked.length = decision.length;
  if (!answer || answer->failure || !answer->usage || answer->endpoint >= after.endpoints.size())
    return asked;
  const EndpointState& state = after.endpoints[answer->endpoint];
  const Usage& usage = *answer->usage;
  if (usage.prompt.count > 0) asked.prompt = static_cast<double>(usage.prompt.count) / state.prompt_scale;
  if (usage.output.count > 0) {
    const double each = state.verbosity * std::max(1.0, asked.answers);
    asked.length.output = static_cast<double>(usage.output.count) / each;
    asked.length.reasoning = static_cast<double>(usage.reasoning.count) / each;
  }
  return asked;
}

}  // namespace

std::optional<Hindsight> in_hindsight(const Snapshot& after, const Policy& policy, const Demand& demand,
                                      const LoggedDecision& decision, const Attempt* answer,
                                      config::TimePoint now) {
  const std::vector<SeenVerdict>& all = decision.seen_of;
  const auto chosen = std::ranges::find_if(all, [&](const auto& s) { return decision.chosen == s.endpoint; });
  if (!decision.chosen || chosen == all.end() || *decision.chosen >= after.endpoints.size())
    return std::nullopt;
  static const InFlight none(0);  // the load is the decision's own
  const Question question{.snapshot = after,
                          .policy = policy,
                          .demand = demand,
                          .tried = {},
                          .in_flight = none,
                          .now = now,
                          .seed = 0,
                          .withdrawn = {},
                          .allowances = decision.allowances,
                          .money = decision.money,
                          .asked = turned_out(after, demand, decision, answer),
                          .known_blocks = {}};
  const Judgement judgement(question, decision);
  const Judged own = judgement.of(*chosen);
  std::optional<Hindsight> result;
  for (const SeenVerdict& seen : all) {
    const bool could_be = static_cast<Removal>(seen.removal) == Removal::none && seen.tier <= chosen->tier;
    if (!could_be || seen.endpoint == chosen->endpoint || seen.endpoint >= after.endpoints.size()) continue;
    if (after.endpoints[seen.endpoint].replies <= 0) continue;
    const Judged other = judgement.of(seen);
    if (!std::isfinite(other.cost) || !std::isfinite(own.cost)) continue;
    if (!result) result = Hindsight{.chosen_cost = own.cost};
    if (result->others++ > 0 && other.cost >= result->best_cost) continue;
    result->best = seen.endpoint;
    result->best_cost = other.cost;
    result->sd = std::sqrt(own.variance + other.variance);
  }
  return result;
}

}  // namespace routing
