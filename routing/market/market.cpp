#include "routing/market/market.hpp"

#include <algorithm>
#include <cmath>

#include "routing/market/credence.hpp"
#include "routing/market/predict.hpp"
#include "routing/terms/draws.hpp"
#include "routing/terms/succession.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t former_generations = 4;

// For the prompt, in the endpoint's context, or in the one that the host names where it is less.
double room_for_prompt(const Endpoint& endpoint, const Attempt& attempt, const Demand& demand) {
  std::int64_t context = endpoint.settings->context.count;
  if (attempt.failure && attempt.failure->context)
    context = std::min(context, attempt.failure->context->count);
  return static_cast<double>(context - (demand.max_output ? demand.max_output->count : 0));
}

// Whether a refusal may be for what is under way there: not one whose limit of a rate is used up.
bool may_be_full(const Attempt& attempt) {
  constexpr double used_up = 0.02;
  if (!attempt.failure || attempt.first_delta) return false;
  if (exceeds_rate_alone(*attempt.failure)) return false;
  const FailureKind kind = attempt.failure->kind;
  if (kind != FailureKind::rate_limited && kind != FailureKind::overloaded) return false;
  return !(attempt.headroom && *attempt.headroom < used_up);
}

// Several answers to one prompt come side by side: of each is learned as if it had come alone.
Attempt of_one_answer(const Attempt& attempt, int answers) {
  Attempt one = attempt;
  if (one.usage) {
    one.usage->output.count = (one.usage->output.count + answers - 1) / answers;
    one.usage->reasoning.count = (one.usage->reasoning.count + answers - 1) / answers;
  }
  one.deltas /= static_cast<std::uint32_t>(answers);
  return one;
}

}  // namespace

Market::Market(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now, LoadModel load)
    : load_(load), refreshed_(now) {
  adopt(std::move(catalogue), now);
}

void Market::adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) {
  const std::size_t count = catalogue->endpoints().size();
  EndpointState unknown_yet;
  if (load_ == LoadModel::smooth) unknown_yet.speed.slots = unknown_yet.room = Threshold::unseen(1);
  std::vector<EndpointState> states(count, unknown_yet);
  std::vector<Dossier> dossiers(count);
  std::vector<Measured> half_hour(count);
  if (catalogue_) {
    Former former{.generation = catalogue_->generation(), .today = {}};
    former.today.resize(states_.size());
    const std::vector<std::optional<EndpointIndex>> before = predecessors(*catalogue, *catalogue_);
    for (EndpointIndex i = 0; i < count; ++i) {
      if (!before[i]) continue;
      states[i] = states_[*before[i]];
      states[i].health.breaker.forgive_configuration();
      // Nobody looks at it any more.
      if (!catalogue->endpoints()[i].provider->engine) states[i].engine = {};
      dossiers[i] = std::move(dossiers_[*before[i]]);
      half_hour[i] = half_hour_[*before[i]];
      former.today[*before[i]] = i;
    }
    for (Former& older : former_) {
      for (std::optional<EndpointIndex>& index : older.today) index = index ? former.today[*index] : index;
    }
    former_.push_back(std::move(former));
    if (former_.size() > former_generations) former_.erase(former_.begin());
  }
  catalogue_ = std::move(catalogue);
  states_ = std::move(states);
  dossiers_ = std::move(dossiers);
  half_hour_ = std::move(half_hour);
  here_.assign(count, {});
  glimpses_.clear();
  suspicions_.assign(count, Suspicion(catalogue_->settings().keys.size()));
  SpeedPrior prior;
  if (load_ == LoadModel::smooth) prior.slots = Threshold::unseen(1);
  priors_.assign(catalogue_->settings().models.size(), prior);
  shares_.assign(priors_.size(), {});
  next_to_refresh_ = 0;
  refreshed_ = now - refresh_period;  // all of them at the next snapshot
  published_evidence_.reset();        // by other indexes
  published_ = config::TimePoint::min();
  flipped_ = true;
}

std::optional<EndpointIndex> Market::current_index(const Attempt& attempt) const {
  if (attempt.generation == catalogue_->generation()) {
    return attempt.endpoint < states_.size() ? std::optional(attempt.endpoint) : std::nullopt;
  }
  const auto former = std::ranges::find(former_, attempt.generation, &Former::generation);
  if (former == former_.end() || attempt.endpoint >= former->today.size()) return std::nullopt;
  return former->today[attempt.endpoint];
}

EndpointState& Market::state_at(EndpointIndex index, config::TimePoint now) {
  EndpointState& state = states_[index];
  dossiers_[index].pass(state, prior_of(index), now);
  return state;
}

void Market::begins(const Attempt& attempt, const AskedFor& asked, config::TimePoint now) {
  const std::optional<EndpointIndex> index = current_index(attempt);
  if (!index) return;
  if (keeps_glimpses_)
    note({.what = Glimpse::What::begins, .attempt = attempt, .asked = asked, .at = now}, *index);
  learn_begins(*index, attempt, asked, now);
}

void Market::learn_begins(EndpointIndex index, const Attempt& attempt, const AskedFor& asked,
                          config::TimePoint now) {
  EndpointState& state = state_at(index, now);
  if (state.health.begins(attempt.dispatched, now) == Health::Change::flipped) flipped_ = true;
  if (state.replies == 0) flipped_ = true;
  dossiers_[index].learn_beginning(state, attempt, asked);
}

void Market::ends(const Attempt& attempt, const AskedFor& asked, config::TimePoint now) {
  if (asked.answers > 1) {
    AskedFor one = asked;
    one.answers = 1;
    return ends(of_one_answer(attempt, asked.answers), one, now);
  }
  const std::optional<EndpointIndex> index = current_index(attempt);
  if (!index) return;
  if (keeps_glimpses_)
    note({.what = Glimpse::What::ends, .attempt = attempt, .asked = asked, .at = now}, *index);
  EndpointState& state = state_at(*index, now);
  observe_health(*index, attempt, Health::Seen::here, now);
  dossiers_[*index].learn_end(state, attempt, asked, now);
}

void Market::observe(const Attempt& attempt, const Demand& demand, config::TimePoint now) {
  if (demand.answers > 1) {
    learn(of_one_answer(attempt, demand.answers), demand, now);
  } else {
    learn(attempt, demand, now);
  }
}

void Market::learn(const Attempt& shown, const Demand& demand, config::TimePoint now) {
  const std::optional<EndpointIndex> index = current_index(shown);
  if (!index) return;
  const std::uint64_t name = catalogue_->endpoints()[*index].name_hash;
  const LengthKeys keys = length_keys(demand);
  const Length length = lengths_.current().expected(keys);  // as it was before this answer
  learn_conduct(*index, shown, demand, now);
  std::optional<Attempt> without_counts;
  if (!can_be(shown, demand.prompt)) without_counts.emplace(shown).usage.reset();
  const Attempt& attempt = without_counts ? *without_counts : shown;
  if (attempt.told != Told::all) {
    const bool first = states_[*index].replies == 0;
    ends(attempt,
         {.prompt = demand.prompt,
          .delivery = demand.delivery,
          .output = length.output,
          .effort = demand.effort},
         now);
    if (first && states_[*index].replies > 0) flipped_ = true;
  }
  // One that goes on reads more than the request's prompt, and says less than an answer; one that is cut,
  // too.
  const bool is_whole = attempt.reason != Reason::continues && !attempt.is_cut_by_us;
  if (attempt.usage && !attempt.usage_is_estimated && is_whole) {
    // As decisions saw it, so about as it was when this attempt began.
    const std::size_t seen = prefixes_.published().known_to(name, demand.prefix_blocks, now);
    const Expectation expected{.length = length,
                               .cached_tokens = prompt_share(demand, seen) *
                                                static_cast<double>(demand.prompt.count) *
                                                states_[*index].prompt_scale};
    if (keeps_glimpses_)
      note({.what = Glimpse::What::counts,
            .attempt = attempt,
            .asked = {.prompt = demand.prompt},
            .lengths = keys,
            .cached_tokens = expected.cached_tokens,
            .at = now},
           *index);
    dossiers_[*index].learn_tokens(states_[*index], attempt, demand.prompt, expected);
  }
  if (attempt.failure && attempt.failure->kind == FailureKind::too_long) {
    const double room = room_for_prompt(catalogue_->endpoints()[*index], attempt, demand);
    dossiers_[*index].learn_length(states_[*index], *attempt.failure, demand.prompt, room);
  }
  if (attempt.first_delta || !attempt.failure) prefixes_.use(name, demand.prefix_blocks, now);
  if (!attempt.failure && attempt.usage && attempt.usage->output.count > 0 && is_whole) {
    lengths_.observe(keys, static_cast<double>(attempt.usage->output.count),
                     static_cast<double>(attempt.usage->reasoning.count));
  }
}

void Market::observe_health(EndpointIndex index, const Attempt& attempt, Health::Seen seen,
                            config::TimePoint now) {
  Fault fault = attempt.failure ? fault_of(attempt.failure->kind) : Fault::none;
  if (seen == Health::Seen::here) fault = suspicions_[index].judged(attempt, now);
  // Not to know how to go on with another's answer is no fault.
  const bool is_of_going_on = attempt.reason == Reason::continues && attempt.failure &&
                              attempt.failure->kind == FailureKind::bad_reply;
  const bool is_of_size = attempt.failure && exceeds_rate_alone(*attempt.failure);
  if (is_of_going_on || is_of_size) fault = Fault::none;
  // The request's own deadline is a fault of the host that had not even begun long after it should have.
  if (attempt.failure && attempt.failure->kind == FailureKind::deadline && !attempt.first_delta) {
    const config::Seconds waited = attempt.finished.value_or(now - attempt.dispatched);
    const Load load{.in_flight = static_cast<double>(attempt.in_flight)};
    if (waited.count() > 3 * states_[index].speed.first_delta_p95(load)) fault = Fault::host;
  }
  double by_load = 0;
  if (may_be_full(attempt)) by_load = refused(states_[index].room, attempt.in_flight);
  const Endpoint& endpoint = catalogue_->endpoints()[index];
  const double draw = drawn(hash_of(endpoint.settings->name.text), Purpose::breaker_jitter,
                            static_cast<std::uint64_t>(now.time_since_epoch().count()));
  if (states_[index].health.observe(attempt, fault, draw, now, by_load, seen) == Health::Change::flipped) {
    flipped_ = true;
  }
  // A credential that is refused or has no money left is so for every model of the provider.
  const bool concerns_provider = fault == Fault::configuration &&
                                 attempt.failure->kind == FailureKind::credential &&
                                 attempt.failure->status != 403;
  if (!concerns_provider) return;
  for (const Endpoint& other : catalogue_->endpoints()) {
    if (other.provider == endpoint.provider) states_[other.index].health.breaker.fault(now);
  }
}

bool Market::hears(EndpointIndex index, const EngineReport& report, double own, config::TimePoint now) {
  EndpointState& state = state_at(index, now);
  EngineState& engine = state.engine;
  if (engine.is_ready != report.is_ready) flipped_ = true;
  const bool has_load = report.is_ready && report.running.has_value();
  const double all = has_load ? *report.running + report.waiting.value_or(0) : 0;
  // Where it does not say so, what other gateways say of themselves stands.
  const bool says_nothing = report.is_ready && !has_load && std::isnan(engine.running);
  const double others = says_nothing ? engine.others : std::max(0.0, all - own);
  const bool is_news = engine.is_ready != report.is_ready || engine.others != others;
  engine = {.is_ready = report.is_ready,
            .others = others,
            .running = report.running.value_or(unknown),
            .waiting = report.waiting.value_or(unknown),
            .cache_use = report.cache_use.value_or(unknown)};
  if (load_ == LoadModel::smooth || !report.is_ready) return is_news;
  const Threshold before = state.speed.slots;
  if (report.slots) {
    state.speed.hear_slots(*report.slots);
  } else if (has_load && report.waiting) {
    state.speed.hear(*report.running, *report.waiting);
  }
  return is_news ||
         std::abs(before.weights[Threshold::never] - state.speed.slots.weights[Threshold::never]) > 0.01f;
}

}  // namespace routing
