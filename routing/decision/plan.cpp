#include "routing/decision/plan.hpp"

#include <algorithm>
#include <cmath>

#include "routing/decision/candidates.hpp"
#include "routing/decision/continuation.hpp"
#include "routing/decision/elimination.hpp"
#include "routing/decision/exploration.hpp"
#include "routing/decision/silence.hpp"
#include "routing/decision/tiers.hpp"
#include "routing/terms/draws.hpp"

namespace routing {
namespace {

// A host on trial is judged as if it failed no more often than this: otherwise its bad memory keeps the
// trial away that could clear it.
constexpr double failure_on_trial = 0.2;

// The request may have begun with an older catalogue: the newest one decides who is eligible.
const PublicModel* model_in(const Catalogue& catalogue, const PublicModel* model) {
  const std::vector<PublicModel>& models = catalogue.models();
  const bool is_current = !models.empty() && model >= models.data() && model < models.data() + models.size();
  return is_current || !model ? model : catalogue.find(model->name.text);
}

bool is_known(const Decision& decision, EndpointIndex endpoint) {
  return std::ranges::find(decision.verdicts, endpoint, &Verdict::endpoint) != decision.verdicts.end();
}

// `verdict` is new.
void look_at(const Question& question, const Candidate& candidate, int place, Verdict& verdict) {
  const Snapshot& snapshot = question.snapshot;
  const EndpointState& state = snapshot.endpoints[candidate.endpoint];
  verdict.endpoint = candidate.endpoint;
  const Endpoint& endpoint =
      priced_for(snapshot.catalogue->endpoints()[candidate.endpoint], state, question.demand);
  if (endpoint.rule) {
    verdict.price_rule = static_cast<std::int8_t>(endpoint.rule - endpoint.settings->price_rules.data());
  }
  std::size_t blocks = 0;
  if (!question.known_blocks.empty()) {
    blocks = snapshot.prefixes->known_to(endpoint.name_hash, question.known_blocks, question.now);
  }
  verdict.cached_blocks = static_cast<std::uint32_t>(blocks);
  verdict.prediction = predict(endpoint, state, question.asked, prompt_share(question.demand, blocks),
                               question.in_flight.at(candidate.endpoint), question.now);
  // By our own count, too, where that is the tighter one.
  if (const Allowance* allowance = allowance_of(question, verdict)) {
    verdict.prediction.headroom = std::fmin(verdict.prediction.headroom, std::max(0.0, allowance->left));
  }
  if (state.health.breaker.phase(question.now) == Breaker::Phase::half_open) {
    verdict.prediction.failure = std::min(verdict.prediction.failure, failure_on_trial);
  }
  filter(question, verdict);
  const View view = view_of(question, verdict);
  verdict.tier = tier_of(question.policy, view, place);
  verdict.cost = cost(question.policy, view, candidate.quality_penalty, question.money,
                      silence(question, verdict.endpoint));
}

// All candidates of the model, then those of the models to fall back to.
void look_at_all(const Question& question, Decision& decision) {
  const Catalogue& catalogue = *question.snapshot.catalogue;
  const Demand& demand = question.demand;
  const auto look = [&](const PublicModel* named, int place) {
    const PublicModel* model = model_in(catalogue, named);
    if (!model) return;
    for (const Candidate& candidate : model->candidates) {
      if (place > 0 && is_known(decision, candidate.endpoint)) continue;
      look_at(question, candidate, place, decision.verdicts.emplace_back());
    }
  };
  look(demand.model, 0);
  for (std::size_t i = 0; i < demand.fallbacks.size(); ++i) {
    look(demand.fallbacks[i], static_cast<int>(i) + 1);
  }
}

void put_in_order(Decision& decision) {
  decision.order.clear();
  for (std::uint32_t i = 0; i < decision.verdicts.size(); ++i) {
    if (decision.verdicts[i].removal == Removal::none) decision.order.push_back(i);
  }
  std::ranges::sort(decision.order, [&](std::uint32_t a, std::uint32_t b) {
    const Verdict& left = decision.verdicts[a];
    const Verdict& right = decision.verdicts[b];
    if (left.tier != right.tier) return left.tier < right.tier;
    const double left_cost = left.cost.total(), right_cost = right.cost.total();
    // A cost that is no number comes last; equal ones keep the order of the configuration.
    if (std::isnan(left_cost) || std::isnan(right_cost)) {
      return std::isnan(left_cost) == std::isnan(right_cost) ? a < b : std::isnan(right_cost);
    }
    return left_cost != right_cost ? left_cost < right_cost : a < b;
  });
  int rank = 0;
  for (const std::uint32_t i : decision.order) decision.verdicts[i].rank = ++rank;
}

// A draw by the policy's weights among those of the best tier.
std::uint32_t weighted(const Question& question, const Rule& choose, Decision& decision) {
  const int tier = decision.verdicts[decision.order.front()].tier;
  double sum = 0;
  std::uint32_t count = 0;
  for (const std::uint32_t i : decision.order) {
    Verdict& verdict = decision.verdicts[i];
    if (verdict.tier != tier) break;
    const double weight = choose.expression.number(view_of(question, verdict));
    verdict.weight = weight > 0 && std::isfinite(weight) ? weight : 0;
    sum += verdict.weight;
    ++count;
  }
  double left = drawn(question.seed, Purpose::weigh, 0);
  std::uint32_t chosen = decision.order.front();
  for (std::uint32_t place = 0; place < count; ++place) {
    Verdict& verdict = decision.verdicts[decision.order[place]];
    // Without any weight above zero all are alike.
    verdict.propensity = sum > 0 ? verdict.weight / sum : 1.0 / count;
    if (left < verdict.propensity && left >= 0) chosen = decision.order[place];
    left -= verdict.propensity;
  }
  return chosen;
}

// Who goes on with an answer: the one that had begun it, where it may, else the best.
std::uint32_t continuing(const Question& question, const Decision& decision) {
  const Attempt* heard = last_heard(question.tried);
  const bool is_known = heard->generation == question.snapshot.catalogue->generation();
  for (const std::uint32_t i : decision.order) {
    if (is_known && decision.verdicts[i].endpoint == heard->endpoint) return i;
  }
  return decision.order.front();
}

void pick(const Question& question, const Purse& purse, Panic panic, Decision& decision) {
  const std::uint32_t best = decision.order.front();
  std::uint32_t chosen = best;
  const bool is_going_on = is_to_go_on(question.policy, question.tried);
  decision.expected_dollars = decision.verdicts[best].cost.total();
  if (is_going_on) {
    chosen = continuing(question, decision);
    decision.verdicts[chosen].propensity = 1;
  } else if (question.policy.choose) {
    chosen = weighted(question, *question.policy.choose, decision);
    decision.reason = Reason::weighted;
  } else if (question.tried.empty() && panic == Panic::no) {
    chosen = explore(question.policy, purse.dollars(), decision);
    decision.reason = chosen == best ? Reason::best : Reason::explore;
    decision.explored_dollars = decision.verdicts[chosen].cost.total() - decision.expected_dollars;
  } else {
    decision.verdicts[best].propensity = 1;
  }
  if (panic == Panic::yes) decision.reason = Reason::panic;
  if (decision.order.size() == 1 && panic == Panic::no) decision.reason = Reason::only;
  if (is_going_on) decision.reason = Reason::continues;
  decision.chosen = decision.verdicts[chosen].endpoint;
  const Breaker& breaker = question.snapshot.endpoints[*decision.chosen].health.breaker;
  if (panic == Panic::no && breaker.phase(question.now) == Breaker::Phase::half_open) {
    decision.trials_allowed = breaker.trials(question.now);
  }
  decision.propensity = decision.verdicts[chosen].propensity;
}

void find_earliest(const Question& question, Decision& decision) {
  for (const Verdict& verdict : decision.verdicts) {
    const bool comes_back = verdict.removal == Removal::cooling || verdict.removal == Removal::open ||
                            verdict.removal == Removal::not_ready ||
                            verdict.removal == Removal::credential_limit;
    if (!comes_back) continue;
    const config::TimePoint back = back_at(question, verdict);
    if (!decision.earliest || back < *decision.earliest) decision.earliest = back;
  }
}

void clear(Decision& decision) {
  decision.chosen.reset();
  decision.earliest.reset();
  decision.trials_allowed.reset();
  decision.reason = Reason::best;
  decision.propensity = decision.explored_dollars = decision.expected_dollars = 0;
  decision.relaxed = 0;
  decision.verdicts.clear();
  decision.order.clear();
}

}  // namespace

void plan(const Snapshot& snapshot, const Policy& policy, const Demand& demand,
          std::span<const Attempt> tried, const InFlight& in_flight, const Purse& purse, Moment moment,
          Decision& decision) {
  clear(decision);
  decision.snapshot = snapshot.version;
  decision.seed = moment.seed;
  decision.money = policy.budget ? moment.money : 1;
  std::span<const std::uint64_t> blocks;
  if (snapshot.prefixes) {
    blocks =
        std::span(demand.prefix_blocks).first(snapshot.prefixes->known(demand.prefix_blocks, moment.now));
  }
  const Question question{.snapshot = snapshot,
                          .policy = policy,
                          .demand = demand,
                          .tried = tried,
                          .in_flight = in_flight,
                          .now = moment.now,
                          .seed = moment.seed,
                          .withdrawn = moment.withdrawn,
                          .allowances = moment.allowances,
                          .money = decision.money,
                          .asked = asked(demand, snapshot.lengths.get()),
                          .known_blocks = blocks};
  decision.length = question.asked.length;
  look_at_all(question, decision);
  const Panic panic = eliminate(question, decision);
  put_in_order(decision);
  if (decision.order.empty() && !tried.empty()) {
    ask_again(question, decision);
    put_in_order(decision);
  }
  if (decision.order.empty()) {
    find_earliest(question, decision);
  } else {
    pick(question, purse, panic, decision);
  }
}

}  // namespace routing
