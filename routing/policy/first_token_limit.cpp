#include "routing/policy/first_token_limit.hpp"

#include <algorithm>

namespace routing {
namespace {

// Found by asking the rule about hosts that differ in nothing else.
std::optional<double> limit_of(const Rule& rule) {
  const config::EndpointSettings settings;
  const config::ModelSettings model;
  const config::ProviderSettings provider;
  const Endpoint endpoint{.settings = &settings, .provider = &provider, .model = &model};
  const Prediction prediction;
  const Demand demand;
  const auto margin_at = [&](double p90) {
    Measured measured;
    measured.ttft.p90 = p90;
    return rule.expression.margin(
        {.endpoint = &endpoint, .prediction = &prediction, .measured = &measured, .demand = &demand});
  };
  const auto at_one = margin_at(1), at_two = margin_at(2);
  const bool is_it = at_one && at_two && at_one->found == 1 && at_two->found == 2;
  return is_it && at_one->limit == at_two->limit ? std::optional(at_one->limit) : std::nullopt;
}

}  // namespace

std::optional<double> first_token_limit(const Policy& policy) {
  std::optional<double> strictest;
  for (const Rule& rule : policy.require) {
    if (!rule.expression.reads(Source::measured)) continue;
    const auto limit = limit_of(rule);
    if (limit) strictest = std::min(*limit, strictest.value_or(*limit));
  }
  return strictest;
}

}  // namespace routing
