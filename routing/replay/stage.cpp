#include "routing/replay/stage.hpp"

#include <algorithm>
#include <cmath>

#include "routing/terms/draws.hpp"

namespace routing {

Stage::Stage(std::shared_ptr<const Catalogue> catalogue) : in_flight_(catalogue->endpoints().size()) {
  snapshot_.endpoints.resize(catalogue->endpoints().size());
  snapshot_.catalogue = std::move(catalogue);
  snapshot_.lengths = lengths_;
}

void Stage::show(std::uint64_t version, std::vector<EndpointState> states) {
  snapshot_.version = version;
  snapshot_.endpoints = std::move(states);
  snapshot_.endpoints.resize(snapshot_.catalogue->endpoints().size());
}

void Stage::set_demand(const LoggedDemand& demand, const LoggedDecision& logged) {
  demand_.model = snapshot_.catalogue->find(demand.model);
  demand_.fallbacks.clear();
  for (const std::string& name : demand.fallbacks) {
    if (const PublicModel* model = snapshot_.catalogue->find(name)) demand_.fallbacks.push_back(model);
  }
  demand_.model_requested = demand.model_requested;
  demand_.prompt = demand.prompt;
  demand_.max_output = demand.max_output;
  demand_.lowers_max_output = demand.lowers_max_output;
  demand_.answers = demand.answers;
  demand_.needs = demand.needs;
  demand_.unfit.clear();
  for (const EndpointIndex endpoint : demand.unfit) demand_.unfit.push_back({.endpoint = endpoint});
  demand_.delivery = demand.delivery;
  demand_.key = nullptr;
  for (const config::KeySettings& key : snapshot_.catalogue->settings().keys) {
    if (key.name.text == demand.key) demand_.key = &key;
  }
  demand_.admitted = demand.admitted;
  demand_.deadline = demand.deadline;
  demand_.wall = demand.wall;
  demand_.tier = demand.tier;
  demand_.geo = demand.geo;
  demand_.pictures = demand.pictures;
  demand_.searches = demand.searches;
  demand_.cache_marks = demand.cache_marks;
  demand_.host_runs_tools = demand.host_runs_tools;
  // The finest group's alone, so that nothing of the wider ones is mixed in a second time.
  if (demand_.model) lengths_->set(length_keys(demand_).hashes[0], logged.length);
}

void Stage::set_caches(const LoggedDemand& demand, const LoggedDecision& logged) {
  snapshot_.prefixes = nullptr;
  demand_.prefix_blocks.clear();
  demand_.prefix_tokens.clear();
  if (logged.seen.empty()) return;
  for (std::uint32_t i = 0; i < demand.prefix_blocks; ++i) demand_.prefix_blocks.push_back(mixed(i));
  if (demand.blocks == LoggedDemand::Blocks::sized) demand_.prefix_tokens.resize(demand.prefix_blocks);
  set_uses(logged);
}

void Stage::set_uses(const LoggedDecision& logged) {
  PrefixIndex uses;
  for (const SeenBlocks& seen : logged.seen) {
    if (seen.endpoint >= snapshot_.catalogue->endpoints().size() || seen.blocks == 0) continue;
    const std::size_t blocks = std::min<std::size_t>(seen.blocks, demand_.prefix_blocks.size());
    uses.use(snapshot_.catalogue->endpoints()[seen.endpoint].name_hash,
             std::span(demand_.prefix_blocks).first(blocks), logged.now);
    if (!demand_.prefix_tokens.empty()) demand_.prefix_tokens[blocks - 1] = seen.tokens;
  }
  snapshot_.prefixes = uses.publish();
}

void Stage::set_load(const LoggedDecision& logged) {
  for (const EndpointIndex endpoint : busy_) in_flight_.counter(endpoint) = in_flight_.trials(endpoint) = 0;
  busy_.clear();
  for (const UnderWay& under_way : logged.under_way) {
    if (under_way.endpoint >= snapshot_.catalogue->endpoints().size()) continue;
    in_flight_.counter(under_way.endpoint) = under_way.count;
    in_flight_.trials(under_way.endpoint) = under_way.trials;
    busy_.push_back(under_way.endpoint);
  }
}

const Decision& Stage::decide(const LoggedDemand& demand, const LoggedDecision& logged,
                              std::span<const Attempt> tried, const Policy& policy) {
  set_demand(demand, logged);
  set_caches(demand, logged);
  set_load(logged);
  // What was under way when it was decided had not failed yet.
  tried_.assign(tried.begin(), tried.end());
  for (Attempt& attempt : tried_) {
    const bool was_over = attempt.finished && attempt.dispatched + *attempt.finished <= logged.now;
    if (!was_over) attempt.failure.reset();
  }
  return decide_on(logged, policy, logged.money);
}

const Decision& Stage::decide(const Demand& demand, const LoggedDecision& logged, const Policy& policy,
                              double money) {
  demand_ = demand;
  if (demand_.prefix_tokens.size() != demand_.prefix_blocks.size()) demand_.prefix_tokens.clear();
  lengths_ = std::make_shared<LengthTable>();
  snapshot_.lengths = lengths_;
  lengths_->set(length_keys(demand_).hashes[0], logged.length);
  snapshot_.prefixes = nullptr;
  if (!logged.seen.empty()) set_uses(logged);
  set_load(logged);
  tried_.clear();
  return decide_on(logged, policy, money);
}

const Decision& Stage::decide_on(const LoggedDecision& logged, const Policy& policy, double money) {
  plan(snapshot_, policy, demand_, tried_, in_flight_, Purse(logged.purse),
       {.now = logged.now,
        .seed = logged.seed,
        .withdrawn = logged.withdrawn,
        .allowances = logged.allowances,
        .money = money},
       decision_);
  return decision_;
}

Difference difference(const LoggedDecision& logged, const Decision& again) {
  if (logged.chosen != again.chosen) return Difference::chosen;
  if (!again.chosen) return Difference::none;
  if (logged.reason != again.reason) return Difference::reason;
  const bool is_near = std::abs(logged.propensity - again.propensity) <= 1e-9;
  return is_near ? Difference::none : Difference::propensity;
}

}  // namespace routing
