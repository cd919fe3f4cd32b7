#include "routing/policy/who_may_answer.hpp"

#include <algorithm>

#include "routing/policy/overlay.hpp"

namespace routing {
namespace {

// Whether the rule gives the same answer for as long as the request is under way.
bool is_steady(const Expression& rule, const Demand& demand) {
  if (rule.reads(Source::predicted) || rule.reads(Source::measured)) return false;
  return demand.max_output || !rule.reads(Fact::max_output);  // else it is what is expected
}

bool breaks(const Rule& rule, const View& view) {
  return is_steady(rule.expression, *view.demand) && !rule.expression.truth(view);
}

bool breaks_any(const std::vector<Rule>& rules, const View& view) {
  return std::ranges::any_of(rules, [&](const Rule& rule) { return breaks(rule, view); });
}

bool is_let_in(const Endpoint& priced, const Policy& policy, const Demand& demand) {
  const View view{.endpoint = &priced, .demand = &demand};
  const auto always_breaks = [&](const AlwaysRule& each) { return breaks(each.rule, view); };
  if (policy.always && std::ranges::any_of(*policy.always, always_breaks)) return false;
  if (breaks_any(policy.allow, view)) return false;
  if (policy.overlay && policy.overlay->filter(priced, demand.needs) != Filter::none) return false;
  // Each step of giving up is another way in.
  for (std::size_t steps = 0; steps <= policy.relax.size(); ++steps) {
    if (!breaks_any(limits_after(policy, steps), view)) return true;
  }
  return false;
}

// Under any of the prices that it may meet there: how long its prompt is, each host counts for itself.
bool is_let_in_at_any_price(const Endpoint& endpoint, const Policy& policy, const Demand& demand) {
  if (!endpoint.ruled) return is_let_in(endpoint, policy, demand);
  config::Occasion occasion{.at = demand.wall, .tier = demand.tier, .geo = demand.geo};
  if (occasion.geo.empty()) occasion.geo = endpoint.geo;
  const std::vector<config::PriceRule>& rules = endpoint.settings->price_rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const config::PriceConditions& when = rules[i].when;
    occasion.prompt = when.prompt_above ? config::Tokens{when.prompt_above->count + 1}
                                        : when.prompt_to.value_or(demand.prompt);
    if (!config::holds(when, occasion)) continue;
    if (is_let_in(endpoint.ruled[i], policy, demand)) return true;
    if (!when.prompt_above && !when.prompt_to) return false;  // nothing behind it is ever met
  }
  return is_let_in(endpoint, policy, demand);
}

// Whatever length is expected of an answer that nobody bounds.
bool fits(const config::EndpointSettings& settings, const Demand& demand, double prompt_scale) {
  const double prompt = static_cast<double>(demand.prompt.count) * prompt_scale;
  return tokens_beyond(settings, demand, prompt, 0) <= doubtful_beyond(settings);
}

}  // namespace

bool is_unfit(const Demand& demand, EndpointIndex endpoint) {
  return std::ranges::find(demand.unfit, endpoint, &Unfit::endpoint) != demand.unfit.end();
}

double tokens_beyond(const config::EndpointSettings& settings, const Demand& demand, double prompt,
                     double expected_output) {
  double output = demand.max_output ? static_cast<double>(demand.max_output->count) : expected_output;
  if (demand.lowers_max_output && settings.max_output) {
    output = std::min(output, static_cast<double>(settings.max_output->count));
  }
  return std::max(0.0, prompt + output - static_cast<double>(settings.context.count));
}

double doubtful_beyond(const config::EndpointSettings& settings) {
  return 0.1 * static_cast<double>(settings.context.count);
}

bool gives_enough(const config::EndpointSettings& settings, const Demand& demand) {
  const bool gives_less =
      settings.max_output && demand.max_output && *demand.max_output > *settings.max_output;
  return !gives_less || demand.lowers_max_output;
}

bool may_ever_answer(const Endpoint& endpoint, const Policy& policy, const Demand& demand,
                     double prompt_scale) {
  const config::EndpointSettings& settings = *endpoint.settings;
  return !is_unfit(demand, endpoint.index) && (demand.needs & ~settings.features).none() &&
         fits(settings, demand, prompt_scale) && gives_enough(settings, demand) &&
         is_let_in_at_any_price(endpoint, policy, demand);
}

}  // namespace routing
