#include "routing/decision/candidates.hpp"

#include <algorithm>
#include <cmath>

#include "routing/decision/continuation.hpp"
#include "routing/policy/who_may_answer.hpp"
#include "routing/terms/draws.hpp"

namespace routing {
namespace {

const Endpoint& endpoint_of(const Question& question, const Verdict& verdict) {
  return question.snapshot.catalogue->endpoints()[verdict.endpoint];
}

// Nothing for an attempt of another generation, which numbers its endpoints differently.
const Endpoint* endpoint_of(const Question& question, const Attempt& attempt) {
  const Catalogue& catalogue = *question.snapshot.catalogue;
  const bool is_known =
      attempt.generation == catalogue.generation() && attempt.endpoint < catalogue.endpoints().size();
  return is_known ? &catalogue.endpoints()[attempt.endpoint] : nullptr;
}

bool was_there(const Question& question, const Attempt& attempt, const Verdict& verdict) {
  return endpoint_of(question, attempt) == &endpoint_of(question, verdict);
}

const Health& health_of(const Question& question, const Verdict& verdict) {
  return question.snapshot.endpoints[verdict.endpoint].health;
}

double seconds_until(config::TimePoint time, config::TimePoint now) {
  return std::max(0.0, config::Seconds(time - now).count());
}

void remove(Verdict& verdict, Removal removal, double missed_by, int rule = -1) {
  verdict.removal = removal;
  verdict.missed_by = missed_by;
  verdict.rule = rule;
}

// A host found fault with the request itself: the others of its model would too, those of another may not.
bool is_of_rejected_model(const Question& question, const Verdict& verdict) {
  return std::ranges::any_of(question.tried, [&](const Attempt& attempt) {
    if (!attempt.failure || attempt.failure->kind != FailureKind::rejected) return false;
    if (attempt.reason == Reason::continues) return false;  // it was the going on that was refused
    const Endpoint* asked = endpoint_of(question, attempt);
    return asked && asked->model_index == endpoint_of(question, verdict).model_index;
  });
}

// A host found the prompt too long for its context: so it is for every one of its model that has no more.
bool is_of_exceeded_context(const Question& question, const Verdict& verdict) {
  const Endpoint& endpoint = endpoint_of(question, verdict);
  return std::ranges::any_of(question.tried, [&](const Attempt& attempt) {
    if (!attempt.failure || attempt.failure->kind != FailureKind::too_long) return false;
    const Endpoint* asked = endpoint_of(question, attempt);
    return asked && asked->model_index == endpoint.model_index &&
           endpoint.settings->context.count <= asked->settings->context.count;
  });
}

// A stream that broke is gone on with by the model that began it: an answer has one author.
bool is_of_other_voice(const Question& question, const Verdict& verdict) {
  if (!is_to_go_on(question.policy, question.tried)) return false;
  const Endpoint* began = endpoint_of(question, *last_heard(question.tried));
  return !began || began->model_index != endpoint_of(question, verdict).model_index;
}

// As this endpoint's own counts let expect them.
double beyond_context(const Question& question, const Verdict& verdict) {
  const double scale = question.snapshot.endpoints[verdict.endpoint].prompt_scale;
  return tokens_beyond(*endpoint_of(question, verdict).settings, question.demand,
                       question.asked.prompt * scale, verdict.prediction.expected_output);
}

// Most breaks are a connection's: who had begun goes on with its answer first.
bool may_go_on_itself(const Question& question, const Verdict& verdict) {
  if (question.policy.continue_hops <= 0) return false;
  const Attempt* heard = last_heard(question.tried);
  return heard && hops(question.tried) == 0 && was_there(question, *heard, verdict);
}

// When this request may ask an endpoint that it has asked already: one that asked for a pause after that, any
// other one never. Now where it was not asked.
std::optional<config::TimePoint> may_be_asked_at(const Question& question, const Verdict& verdict) {
  config::TimePoint at = question.now;
  const bool is_same = may_go_on_itself(question, verdict);
  for (const Attempt& attempt : question.tried) {
    if (!was_there(question, attempt, verdict)) continue;
    if (!attempt.failure || !attempt.failure->retry_after) {
      if (is_same) continue;
      return std::nullopt;
    }
    const config::TimePoint ended = attempt.dispatched + attempt.finished.value_or(config::Duration::zero());
    at = std::max(at, ended + *attempt.failure->retry_after);
  }
  return at;
}

bool limited_rate(const Question& question, const Verdict& verdict) {
  return std::ranges::any_of(question.tried, [&](const Attempt& attempt) {
    return attempt.failure && attempt.failure->kind == FailureKind::rate_limited &&
           was_there(question, attempt, verdict);
  });
}

// Where two known numbers are compared, by how much it was missed.
void remove(Verdict& verdict, Removal removal, const std::optional<Margin>& margin, int rule = -1) {
  verdict.margin = margin;
  remove(verdict, removal, margin ? std::abs(margin->found - margin->limit) : 0, rule);
}
void remove(const Question& question, const std::vector<Rule>& rules, int missed, Removal removal,
            Verdict& verdict) {
  const Expression& rule = rules[static_cast<std::size_t>(missed)].expression;
  remove(verdict, removal, rule.margin(view_of(question, verdict)), missed);
}

int first_false(const std::vector<Rule>& rules, const View& view) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].expression.truth(view)) return static_cast<int>(i);
  }
  return -1;
}

bool is_full(const Question& question, const Verdict& verdict) {
  const Endpoint& endpoint = endpoint_of(question, verdict);
  const std::optional<int> most = endpoint.provider->limits.max_in_flight;
  return most && under_way(*question.snapshot.catalogue, question.in_flight,
                           endpoint.settings->provider_index) >= *most;
}

void check_breaker(const Question& question, Verdict& verdict) {
  const Breaker& breaker = health_of(question, verdict).breaker;
  const EndpointIndex endpoint = verdict.endpoint;
  switch (breaker.phase(question.now)) {
    case Breaker::Phase::closed:
      return;
    case Breaker::Phase::open:
      return remove(verdict, Removal::open, seconds_until(breaker.opens(), question.now));
    case Breaker::Phase::half_open: {
      // A doubtful host is not tried with a request that failed once already or cannot go elsewhere then.
      const bool is_last_chance = !question.tried.empty() || question.policy.attempts <= 1;
      const bool is_busy = question.in_flight.trials_at(endpoint) >= breaker.trials(question.now);
      if (is_last_chance || is_busy) remove(verdict, Removal::open, 0);
      return;
    }
    case Breaker::Phase::ramping:
      if (question.in_flight.at(endpoint) > breaker.always_admitted() &&
          drawn(question.seed, Purpose::admit, endpoint) >= breaker.ramp()) {
        remove(verdict, Removal::recovering, 0);
      }
  }
}

}  // namespace

bool never_got_the_request(const Question& question, const Verdict& verdict) {
  const auto is_of_this = [&](const Attempt& attempt) { return was_there(question, attempt, verdict); };
  const auto found = std::ranges::find_if(question.tried, is_of_this);
  return found != question.tried.end() && std::ranges::count_if(question.tried, is_of_this) == 1 &&
         found->failure && found->failure->progress == Progress::nothing_sent;
}

const Allowance* allowance_of(const Question& question, const Verdict& verdict) {
  if (question.allowances.empty()) return nullptr;
  const std::size_t provider = endpoint_of(question, verdict).settings->provider_index;
  const auto found = std::ranges::find(question.allowances, provider, &Allowance::provider);
  return found == question.allowances.end() ? nullptr : &*found;
}

View view_of(const Question& question, const Verdict& verdict) {
  // Who goes on with an answer has its first token behind it.
  const bool has_waited = !question.tried.empty() && !is_to_go_on(question.policy, question.tried);
  return {.endpoint = &priced(endpoint_of(question, verdict), verdict),
          .prediction = &verdict.prediction,
          .measured = &question.snapshot.endpoints[verdict.endpoint].measured,
          .demand = &question.demand,
          .waited = has_waited ? seconds_until(question.now, question.demand.admitted) : 0};
}

void filter(const Question& question, Verdict& verdict, Again again) {
  const config::EndpointSettings& settings = *endpoint_of(question, verdict).settings;
  const Demand& demand = question.demand;
  if (std::ranges::find(question.withdrawn, verdict.endpoint) != question.withdrawn.end()) {
    return remove(verdict, Removal::withdrawn, 0);
  }
  if (is_unfit(demand, verdict.endpoint)) return remove(verdict, Removal::unfit, 0);
  if (is_of_rejected_model(question, verdict)) return remove(verdict, Removal::rejected, 0);
  const auto askable = may_be_asked_at(question, verdict);
  if (!askable && again == Again::no) return remove(verdict, Removal::tried, 0);
  // Before who asked us to wait: nobody waits for one that may not write the rest.
  if (is_of_other_voice(question, verdict)) return remove(verdict, Removal::other_model, 0);
  if (askable && *askable > question.now) {
    verdict.limits_rate = limited_rate(question, verdict);
    return remove(verdict, Removal::cooling, seconds_until(*askable, question.now));
  }

  const config::Features lacking = needs_now(demand, question.policy, question.tried) & ~settings.features;
  if (lacking.any()) return remove(verdict, Removal::features, static_cast<double>(lacking.count()));

  verdict.beyond_context = beyond_context(question, verdict);
  if (verdict.beyond_context > doubtful_beyond(settings) || is_of_exceeded_context(question, verdict)) {
    return remove(verdict, Removal::context, verdict.beyond_context);
  }

  if (!gives_enough(settings, demand)) {
    const auto missing = demand.max_output->count - settings.max_output->count;
    return remove(verdict, Removal::max_output, static_cast<double>(missing));
  }

  const View view = view_of(question, verdict);
  const int forbidden = first_broken(question.policy.always, view);
  if (forbidden >= 0) {
    const Expression& rule = (*question.policy.always)[static_cast<std::size_t>(forbidden)].rule.expression;
    return remove(verdict, Removal::always, rule.margin(view), forbidden);
  }
  const int not_allowed = first_false(question.policy.allow, view);
  if (not_allowed >= 0)
    return remove(question, question.policy.allow, not_allowed, Removal::policy_allow, verdict);

  if (!question.policy.overlay) return;
  const Overlay& overlay = *question.policy.overlay;
  verdict.filter = overlay.filter(*view.endpoint, demand.needs);
  if (verdict.filter == Filter::none) return;
  remove(verdict, Removal::overlay, overlay.margin(verdict.filter, *view.endpoint));
}

void check_limits(const Question& question, const std::vector<Rule>& limits, Verdict& verdict) {
  const int missed = first_false(limits, view_of(question, verdict));
  if (missed >= 0) remove(question, limits, missed, Removal::policy_require, verdict);
}

void check_availability(const Question& question, Panic panic, Verdict& verdict) {
  if (!question.snapshot.endpoints[verdict.endpoint].engine.is_ready) {
    return remove(verdict, Removal::not_ready, 0);
  }
  const Health& health = health_of(question, verdict);
  if (question.now < health.cooling_until) {
    verdict.limits_rate = health.limits_rate();
    return remove(verdict, Removal::cooling, seconds_until(health.cooling_until, question.now));
  }
  // A wrong credential or an empty account does not heal by asking more.
  if (panic == Panic::no || health.breaker.is_configuration_fault()) check_breaker(question, verdict);
  if (verdict.removal == Removal::none && is_full(question, verdict)) remove(verdict, Removal::full, 0);
  const Allowance* allowance = allowance_of(question, verdict);
  if (verdict.removal == Removal::none && allowance && allowance->wait > config::Duration::zero()) {
    remove(verdict, Removal::credential_limit, config::Seconds(allowance->wait).count());
  }
}

config::TimePoint back_at(const Question& question, const Verdict& verdict) {
  // It is looked at about so often.
  if (verdict.removal == Removal::not_ready) return question.now + std::chrono::seconds(1);
  const Health& health = health_of(question, verdict);
  config::TimePoint back = std::max(question.now, health.cooling_until);
  if (const auto askable = may_be_asked_at(question, verdict)) back = std::max(back, *askable);
  if (verdict.removal == Removal::credential_limit)
    back = question.now + allowance_of(question, verdict)->wait;
  if (health.breaker.phase(question.now) == Breaker::Phase::open)
    back = std::max(back, health.breaker.opens());
  return back;
}

}  // namespace routing
