#include "gateway/explain/decision_page.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "gateway/explain/decision_order.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/quantity_text.hpp"
#include "routing/decision/hedge.hpp"
#include "routing/decision/patience.hpp"

namespace gateway {

namespace json = boost::json;
using routing::Verdict;

namespace {

// As text: a number of 64 bits would lose its end in most readers of JSON.
std::string hexadecimal(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[value >> shift & 0xF];
  return text;
}

json::object cost_object(const routing::Cost& cost) {
  return {{"total", number_or_null(cost.total())},   {"price", number_or_null(cost.price)},
          {"ttft", number_or_null(cost.ttft)},       {"generation", number_or_null(cost.generation)},
          {"other", number_or_null(cost.other)},     {"quota", number_or_null(cost.quota)},
          {"quality", number_or_null(cost.quality)}, {"failure", number_or_null(cost.failure)}};
}

json::object prediction_object(const routing::Prediction& p) {
  return {{"ttft_ms", number_or_null(p.ttft * 1e3)},
          {"queue_ms", number_or_null(p.wait * 1e3)},
          {"at_once", number_or_null(p.at_once)},
          {"smooth_load", number_or_null(p.smooth)},
          {"ttft_log_sd", number_or_null(p.ttft_log_sd)},
          {"tokens_per_second", number_or_null(p.throughput)},
          {"tokens_per_second_log_sd", number_or_null(p.throughput_log_sd)},
          {"output_tokens", number_or_null(p.expected_output)},
          {"generation_ms", number_or_null(p.generation * 1e3)},
          {"price", number_or_null(p.price)},
          {"failure", number_or_null(p.failure)},
          {"cache_hit", number_or_null(p.cache_hit)},
          {"in_flight", number_or_null(p.in_flight)},
          {"headroom", number_or_null(p.headroom)},
          {"quality", number_or_null(p.quality)},
          {"demoted", p.is_demoted}};
}

json::object name_object(const Decided& decided, const Verdict& verdict) {
  const routing::Endpoint& endpoint = decided.catalogue.endpoints()[verdict.endpoint];
  return {{"endpoint", endpoint.settings->name.text}, {"model", endpoint.model->name.text}};
}

json::object candidate_object(const Decided& decided, const Verdict& verdict) {
  json::object object = name_object(decided, verdict);
  object["rank"] = verdict.rank;
  object["tier"] = verdict.tier;
  object["propensity"] = number_or_null(verdict.propensity);
  object["cost"] = cost_object(verdict.cost);
  object["predicted"] = prediction_object(verdict.prediction);
  if (const config::Money each = picture_price(verdict, decided); each.nanos > 0) {
    object["picture_price"] = each.dollars();
  }
  if (std::string when = price_rule_text(verdict, decided); !when.empty()) object["price_rule"] = when;
  if (const Surcharge more = surcharge_of(decided, verdict); more.dollars > 0) {
    object["silence"] = {{"seconds", number_or_null(more.silence)},
                         {"dollars", number_or_null(more.dollars)}};
  }
  return object;
}

// Both sides of a comparison, in dollars, seconds and tokens.
void add(const std::optional<routing::Margin>& margin, json::object& object) {
  if (!margin) return;
  object["found"] = number_or_null(margin->found);
  object["limit"] = number_or_null(margin->limit);
}

json::object removed_object(const Decided& decided, const Verdict& verdict) {
  json::object object = name_object(decided, verdict);
  object["because"] = word(verdict.removal);
  object["text"] = removal_text(verdict, decided);
  object["missed_by"] = number_or_null(verdict.missed_by);
  add(verdict.margin, object);
  if (std::string when = price_rule_text(verdict, decided); !when.empty()) object["price_rule"] = when;
  if (verdict.filter != routing::Filter::none) object["excluded_by"] = routing::to_text(verdict.filter);
  return object;
}

json::object request_object(const routing::Demand& demand) {
  json::object object{{"model", demand.model_requested}, {"prompt_tokens", demand.prompt.count}};
  object["max_output"] = demand.max_output ? json::value(demand.max_output->count) : json::value(nullptr);
  if (demand.tier != config::ServiceTier::standard) {
    object["service_tier"] = config::service_tier_names[static_cast<std::size_t>(demand.tier)];
  }
  if (!demand.geo.empty()) object["inference_geo"] = demand.geo.text();
  if (demand.priority != config::Priority::normal) {
    object["priority"] = config::priority_names[static_cast<std::size_t>(demand.priority)];
  }
  if (demand.effort != routing::Effort::unsaid) object["effort"] = routing::to_text(demand.effort);
  if (demand.answers > 1) object["answers"] = demand.answers;
  if (demand.pictures > 0) object["pictures"] = demand.pictures;
  if (demand.cache_marks == routing::CacheMarks::hour) object["cache_ttl"] = "1h";
  if (demand.cache_marks == routing::CacheMarks::usual) object["cache_ttl"] = "usual";
  object["stream"] = demand.delivery == routing::Delivery::streamed;
  return object;
}

// The steps of `relax` that were taken, as their owner wrote them.
json::array relaxed_array(const Decided& decided) {
  json::array array;
  for (std::size_t i = 0; i < decided.decision.relaxed; ++i) {
    array.emplace_back(decided.policy.relax[i].text);
  }
  return array;
}

json::object policy_object(const Decided& decided) {
  json::object object{{"name", decided.policy.name.text}, {"hash", hexadecimal(decided.policy.hash)}};
  if (!decided.why.empty()) object["why"] = decided.why;
  if (!decided.passed_over.empty()) {
    json::array reasons;
    for (const std::string_view reason : decided.passed_over) reasons.emplace_back(reason);
    object["passed_over"] = std::move(reasons);
  }
  if (!decided.policy.always) return object;
  json::array always;
  for (const routing::AlwaysRule& each : *decided.policy.always) {
    always.push_back(
        json::object{{"rule", each.rule.text}, {"for", each.whose.empty() ? "everybody" : each.whose}});
  }
  object["always"] = std::move(always);
  return object;
}

json::object remedy_object(const Decided& decided, const routing::Remedy& remedy) {
  json::array rules;
  for (const routing::Remedy::Limit& limit : remedy.limits) {
    json::object rule{{"rule", limit.rule->text}};
    add(limit.margin, rule);
    rules.push_back(std::move(rule));
  }
  json::array preferences;
  for (const routing::Objection& each : remedy.objections) {
    json::object preference{{"preference", "provider." + std::string(each.field)}};
    add(each.margin, preference);
    preferences.push_back(std::move(preference));
  }
  json::object object{{"endpoint", decided.catalogue.endpoints()[remedy.endpoint].settings->name.text},
                      {"text", remedy_text(remedy, decided.catalogue)}};
  object["rules"] = std::move(rules);
  object["preferences"] = std::move(preferences);
  return object;
}

const std::string& provider_name(const Decided& decided, routing::EndpointIndex index) {
  const config::ProviderSettings& provider = *decided.catalogue.endpoints()[index].provider;
  return provider.display_name.empty() ? provider.name.text : provider.display_name;
}

json::array attempts_array(const Decided& decided, const routing::Attempts& attempts) {
  json::array array;
  for (const routing::Attempt& attempt : attempts) {
    json::object object{{"provider", provider_name(decided, attempt.endpoint)},
                        {"model", decided.catalogue.endpoints()[attempt.endpoint].model->name.text}};
    const int status = attempt.failure ? attempt.failure->status : 200;
    object["status"] = status == 0 ? json::value(nullptr) : json::value(status);
    if (attempt.failure) object["failure"] = word(attempt.failure->kind);
    array.push_back(std::move(object));
  }
  return array;
}

}  // namespace

std::optional<routing::Remedy> remedy_of(const Decided& decided) {
  if (!decided.snapshot || decided.decision.chosen) return std::nullopt;
  return routing::smallest_remedy(*decided.snapshot, decided.policy, decided.demand, decided.decision);
}

// Nothing where it is not known how the market stood.
std::optional<config::Duration> silence_of(const Decided& decided) {
  const std::optional<routing::EndpointIndex>& chosen = decided.decision.chosen;
  if (!chosen || !decided.snapshot || decided.demand.delivery != routing::Delivery::streamed)
    return std::nullopt;
  return routing::longest_silence(decided.catalogue.endpoints()[*chosen], decided.demand, &decided.decision,
                                  decided.policy, {}, &decided.snapshot->endpoints[*chosen]);
}

std::optional<config::Duration> headless_of(const Decided& decided) {
  const std::optional<routing::EndpointIndex>& chosen = decided.decision.chosen;
  if (!chosen || !decided.snapshot) return std::nullopt;
  return routing::longest_without_head(decided.catalogue.endpoints()[*chosen], decided.demand,
                                       decided.decision, decided.policy, {},
                                       decided.snapshot->endpoints[*chosen]);
}

json::object decision_object(const Decided& decided) {
  const routing::Decision& decision = decided.decision;
  json::object page{{"chosen", nullptr},
                    {"reason", decision.chosen ? json::value(word(decision.reason)) : json::value(nullptr)},
                    {"propensity", number_or_null(decision.propensity)},
                    {"explored_dollars", number_or_null(decision.explored_dollars)},
                    {"money_counts", number_or_null(decision.money)},
                    {"policy", policy_object(decided)},
                    {"generation", decided.catalogue.generation()},
                    {"snapshot", decision.snapshot},
                    {"seed", hexadecimal(decision.seed)},
                    {"request", request_object(decided.demand)}};
  if (!decided.kept_out.empty()) page["kept_out"] = decided.kept_out;
  if (decision.chosen) page["why"] = why_chosen(decided);
  if (std::string trial = trial_text(decision); !trial.empty()) page["trial"] = std::move(trial);
  if (decision.chosen) page["chosen"] = decided.catalogue.endpoints()[*decision.chosen].settings->name.text;
  // Should the chosen one be silent for so long, another is asked beside it, within the policy's budget.
  const auto beside = decided.hedge_after
                          ? *decided.hedge_after
                          : routing::hedge_after(decision, decided.policy, decided.demand, decided.catalogue);
  if (beside) {
    page["hedge_after_seconds"] = number_or_null(config::Seconds(*beside).count());
  }
  // Of a stream: how long the chosen one may be silent before it is given up.
  if (const auto silence = silence_of(decided))
    page["first_token_limit_seconds"] = number_or_null(config::Seconds(*silence).count());
  if (const auto headless = headless_of(decided))
    page["head_limit_seconds"] = number_or_null(config::Seconds(*headless).count());
  if (decision.earliest) {
    page["earliest_seconds"] = number_or_null(config::Seconds(*decision.earliest - decided.now).count());
  }
  json::array candidates, removed;
  for (const Verdict* v : by_rank(decision)) candidates.push_back(candidate_object(decided, *v));
  for (const Verdict* v : removed_ones(decision)) removed.push_back(removed_object(decided, *v));
  if (decision.relaxed > 0) page["relaxed"] = relaxed_array(decided);
  if (const auto remedy = remedy_of(decided)) page["smallest_relaxation"] = remedy_object(decided, *remedy);
  page["candidates"] = std::move(candidates);
  page["removed"] = std::move(removed);
  return page;
}

std::string decision_page(const Decided& decided) {
  return json_page(decision_object(decided));
}

std::string openrouter_metadata(const Decided& decided, const routing::Attempts& attempts) {
  const routing::Decision& decision = decided.decision;
  json::array available;
  for (const Verdict* v : by_rank(decision)) {
    available.push_back(json::object{{"provider", provider_name(decided, v->endpoint)},
                                     {"model", decided.catalogue.endpoints()[v->endpoint].model->name.text},
                                     {"selected", decision.chosen == v->endpoint}});
  }
  const std::string selected = decision.chosen ? provider_name(decided, *decision.chosen) : "none";
  const bool alias =
      decided.demand.model != nullptr && decided.demand.model->name.text != decided.demand.model_requested;
  json::object page{{"requested", decided.demand.model_requested},
                    {"strategy", attempts.size() > 1 ? "fallback"
                                 : alias             ? "alias"
                                                     : "direct"},
                    {"region", "self-hosted"},
                    {"summary", "available=" + std::to_string(available.size()) + ", selected=" + selected},
                    {"attempt", attempts.empty() ? 1 : attempts.size()},
                    {"is_byok", true}};
  page["attempts"] = attempts_array(decided, attempts);
  page["endpoints"] = {{"total", decision.verdicts.size()}, {"available", std::move(available)}};
  page["isocost"] = {{"policy", decided.policy.name.text},
                     {"reason", decision.chosen ? json::value(word(decision.reason)) : json::value(nullptr)},
                     {"propensity", number_or_null(decision.propensity)},
                     {"snapshot", decision.snapshot}};
  return json_page(page);
}

}  // namespace gateway
