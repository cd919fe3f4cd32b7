#include "routing/plan.hpp"

#include <algorithm>
#include <cmath>

#include "routing/candidates.hpp"
#include "routing/draws.hpp"
#include "routing/exploration.hpp"

namespace routing {
namespace {

// A host on trial is judged as if it failed no more often than this: otherwise its bad memory keeps the
// trial away that could clear it.
constexpr double failure_on_trial = 0.2;

// The request may have begun with an older catalogue: the newest one decides who is eligible.
const PublicModel* model_in(const Catalogue& catalogue, const Demand& demand) {
  const std::vector<PublicModel>& models = catalogue.models();
  const bool is_current =
      !models.empty() && demand.model >= models.data() && demand.model < models.data() + models.size();
  if (is_current || !demand.model) return demand.model;
  return catalogue.find(demand.model->name.text);
}

int tier_of(const Policy& policy, const View& view) {
  int tier = 0;
  for (const Rule& rule : policy.prefer) {
    if (rule.expression.truth(view)) return tier;
    ++tier;
  }
  return tier;
}

void look_at(const Question& question, const Candidate& candidate, Verdict& verdict) {
  const Snapshot& snapshot = question.snapshot;
  const EndpointState& state = snapshot.endpoints[candidate.endpoint];
  verdict = {.endpoint = candidate.endpoint};
  const Endpoint& endpoint = snapshot.catalogue->endpoints()[candidate.endpoint];
  std::size_t blocks = 0;
  if (!question.known_blocks.empty()) {
    blocks = snapshot.prefixes->known_to(endpoint.name_hash, question.known_blocks, question.now);
  }
  verdict.prediction = predict(endpoint, state, question.asked, prompt_share(question.demand, blocks),
                               question.in_flight.at(candidate.endpoint), question.now);
  if (state.health.breaker.phase(question.now) == Breaker::Phase::half_open) {
    verdict.prediction.failure = std::min(verdict.prediction.failure, failure_on_trial);
  }
  filter(question, verdict);
  const View view = view_of(question, verdict);
  verdict.tier = tier_of(question.policy, view);
  verdict.cost = cost(question.policy, view, candidate.quality_penalty);
}

// The one place where hard limits apply, after all that is never given up.
void apply_limits(const Question& question, const std::vector<Rule>& limits, Decision& decision) {
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal == Removal::none) check_limits(question, limits, verdict);
  }
}

// Leaves out who cannot be asked right now, unless that would be more than half of all.
Panic leave_out_unavailable(const Question& question, Decision& decision) {
  int eligible = 0, open = 0;
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::none) continue;
    ++eligible;
    check_availability(question, Panic::no, verdict);
    if (verdict.removal == Removal::open) ++open;
  }
  if (open * 2 <= eligible) return Panic::no;
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::open && verdict.removal != Removal::recovering) continue;
    verdict.removal = Removal::none;
    verdict.missed_by = 0;
    check_availability(question, Panic::yes, verdict);
  }
  return Panic::yes;
}

// Nobody else is left: one that failed before it got the request may be asked once more.
void ask_again(const Question& question, Decision& decision) {
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::tried || !never_got_the_request(question, verdict)) continue;
    verdict.removal = Removal::none;
    filter(question, verdict, Again::yes);
    if (verdict.removal == Removal::none) check_limits(question, question.policy.require, verdict);
    if (verdict.removal == Removal::none) check_availability(question, Panic::yes, verdict);
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

void pick(const Question& question, const Purse& purse, Panic panic, Decision& decision) {
  const std::uint32_t best = decision.order.front();
  std::uint32_t chosen = best;
  decision.expected_dollars = decision.verdicts[best].cost.total();
  if (question.policy.choose) {
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
  decision.chosen = decision.verdicts[chosen].endpoint;
  decision.propensity = decision.verdicts[chosen].propensity;
}

void find_earliest(const Question& question, Decision& decision) {
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::cooling && verdict.removal != Removal::open) continue;
    const config::TimePoint back = back_at(question, verdict);
    if (!decision.earliest || back < *decision.earliest) decision.earliest = back;
  }
}

void clear(Decision& decision) {
  decision.chosen.reset();
  decision.earliest.reset();
  decision.reason = Reason::best;
  decision.propensity = decision.explored_dollars = decision.expected_dollars = 0;
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
  const PublicModel* model = model_in(*snapshot.catalogue, demand);
  if (!model) return;

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
                          .asked = asked(demand, snapshot.lengths.get()),
                          .known_blocks = blocks};
  for (const Candidate& candidate : model->candidates) {
    look_at(question, candidate, decision.verdicts.emplace_back());
  }
  apply_limits(question, policy.require, decision);
  const Panic panic = leave_out_unavailable(question, decision);
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
