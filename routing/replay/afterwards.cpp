#include "routing/replay/afterwards.hpp"

#include <algorithm>
#include <cmath>

#include "routing/market/predict.hpp"

namespace routing {
namespace {

// The load is the decision's own.
const InFlight& nothing_under_way() {
  static const InFlight none(0);
  return none;
}

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

Afterwards::Afterwards(const Snapshot& after, const Policy& policy, const Demand& demand,
                       const LoggedDecision& decision, const Attempt* answer, config::TimePoint now)
    : question_{.snapshot = after,
                .policy = policy,
                .demand = demand,
                .tried = {},
                .in_flight = nothing_under_way(),
                .now = now,
                .seed = 0,
                .withdrawn = {},
                .allowances = decision.allowances,
                .money = decision.money,
                .asked = turned_out(after, demand, decision, answer),
                .known_blocks = {}},
      decision_(decision) {}

CostAfterwards Afterwards::at(EndpointIndex index, Demoted demoted) const {
  const Snapshot& after = question_.snapshot;
  Verdict verdict{.endpoint = index};
  const EndpointState& state = after.endpoints[index];
  const Endpoint& endpoint = priced_for(after.catalogue->endpoints()[index], state, question_.demand);
  if (endpoint.rule)
    verdict.price_rule = static_cast<std::int8_t>(endpoint.rule - endpoint.settings->price_rules.data());
  verdict.prediction =
      predict(endpoint, state, question_.asked, cached_share(index), load(index), question_.now);
  verdict.prediction.is_demoted = demoted == Demoted::yes;
  if (const Allowance* allowance = allowance_of(question_, verdict)) {
    verdict.prediction.headroom = std::fmin(verdict.prediction.headroom, std::max(0.0, allowance->left));
  }
  const Cost cost =
      routing::cost(question_.policy, view_of(question_, verdict), declared_penalty(index), question_.money);
  const Prediction& p = verdict.prediction;
  const double weight = weight_of_success(p.failure);
  const double of_wait = weight * cost.ttft * p.ttft_level_sd;
  const double of_rest = weight * cost.generation * p.throughput_level_sd;
  return {.cost = cost.total(),
          .dollars = p.price,
          .seconds = p.ttft + p.generation,
          .variance = of_wait * of_wait + of_rest * of_rest};
}

// As plan() finds it: of the model's own candidates, then of those of the models to fall back to.
double Afterwards::declared_penalty(EndpointIndex endpoint) const {
  const Demand& demand = question_.demand;
  const auto of = [&](const PublicModel* named) -> const Candidate* {
    const PublicModel* const model = named ? question_.snapshot.catalogue->find(named->name.text) : nullptr;
    if (!model) return nullptr;
    const auto found = std::ranges::find(model->candidates, endpoint, &Candidate::endpoint);
    return found == model->candidates.end() ? nullptr : &*found;
  };
  const Candidate* candidate = of(demand.model);
  for (std::size_t i = 0; !candidate && i < demand.fallbacks.size(); ++i) candidate = of(demand.fallbacks[i]);
  return candidate ? candidate->quality_penalty : 0;
}

// As it was when it was decided: what the request itself left in a host's cache counts for nobody.
double Afterwards::cached_share(EndpointIndex endpoint) const {
  const auto seen = std::ranges::find(decision_.seen, endpoint, &SeenBlocks::endpoint);
  const std::size_t known = question_.demand.prefix_blocks.size();
  if (seen == decision_.seen.end() || seen->blocks > known) return 0;
  return prompt_share(question_.demand, seen->blocks);
}

double Afterwards::load(EndpointIndex endpoint) const {
  const auto busy = std::ranges::find(decision_.under_way, endpoint, &UnderWay::endpoint);
  return busy == decision_.under_way.end() ? 0 : busy->count;
}

}  // namespace routing
