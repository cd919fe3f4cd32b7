#include "gateway/recall/request_page.hpp"

#include <boost/json.hpp>

#include "gateway/explain/decision_order.hpp"
#include "gateway/explain/decision_page.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {

namespace json = boost::json;

namespace {

json::value milliseconds(config::Duration time) {
  return number_or_null(std::chrono::duration<double, std::milli>(time).count());
}

json::value milliseconds(const std::optional<config::Duration>& time) {
  return time ? milliseconds(*time) : json::value(nullptr);
}

// The rules that its owner wrote, with their places.
json::object rule_object(const routing::Rule& rule) {
  json::object object{{"text", rule.text}};
  if (rule.place.line > 0) object["file"] = rule.place.file, object["line"] = rule.place.line;
  return object;
}

json::array rule_array(const std::vector<routing::Rule>& rules) {
  json::array array;
  for (const routing::Rule& rule : rules) array.push_back(rule_object(rule));
  return array;
}

json::object policy_object(const routing::Policy& policy) {
  json::object object{{"name", policy.name.text}};
  if (policy.place.line > 0) object["file"] = policy.place.file, object["line"] = policy.place.line;
  object["allow"] = rule_array(policy.allow);
  object["require"] = rule_array(policy.require);
  object["prefer"] = rule_array(policy.prefer);
  if (policy.minimize) object["minimize"] = rule_object(*policy.minimize);
  if (policy.choose) object["choose"] = rule_object(*policy.choose);
  if (!policy.minimize) {
    object["value_of_ttft"] = number_or_null(policy.value_of_ttft);
    object["value_of_generation"] = number_or_null(policy.value_of_generation);
  }
  return object;
}

json::object usage_object(const routing::Usage& usage) {
  return {{"prompt", usage.prompt.count},
          {"cached", usage.cached.count},
          {"cache_written", usage.cache_written.count},
          {"output", usage.output.count},
          {"reasoning", usage.reasoning.count}};
}

// What the decision for an attempt expected of it.
json::value expected_of(const Recalled& recalled, std::size_t attempt) {
  const auto place = decision_for(recalled.request, attempt);
  if (!place) return nullptr;
  const routing::Decision decision = decision_of(recalled, *place);
  const routing::Verdict* chosen = chosen_one(decision);
  if (!chosen) return nullptr;
  const routing::Prediction& p = chosen->prediction;
  return json::object{{"decision", *place},
                      {"ttft_ms", number_or_null(p.ttft * 1e3)},
                      {"first_delta_ms", number_or_null(p.first_delta * 1e3)},
                      {"generation_ms", number_or_null(p.generation * 1e3)},
                      {"output_tokens", number_or_null(p.expected_output)},
                      {"dollars", number_or_null(p.price)},
                      {"cost", number_or_null(chosen->cost.total())},
                      {"failure", number_or_null(p.failure)}};
}

json::object attempt_object(const Recalled& recalled, std::size_t number) {
  const LoggedRequest& request = recalled.request;
  const routing::Attempt& attempt = request.attempts[number];
  const bool is_known = attempt.endpoint < recalled.catalogue->endpoints().size();
  json::object object{{"endpoint", nullptr}, {"model", nullptr}};
  if (is_known) {
    const routing::Endpoint& endpoint = recalled.catalogue->endpoints()[attempt.endpoint];
    object["endpoint"] = endpoint.settings->name.text, object["model"] = endpoint.model->name.text;
  }
  object["reason"] = word(attempt.reason);
  object["reason_text"] = because(attempt.reason);
  const auto decided = decision_for(request, number);
  object["propensity"] =
      decided ? number_or_null(request.decisions[*decided].propensity) : json::value(nullptr);
  object["began_ms"] = milliseconds(attempt.dispatched - request.demand.admitted);
  object["first_delta_ms"] = milliseconds(attempt.first_delta);
  object["first_visible_ms"] = milliseconds(attempt.first_visible);
  object["finished_ms"] = milliseconds(attempt.finished);
  object["worst_gap_ms"] = milliseconds(attempt.worst_gap);
  object["in_flight"] = attempt.in_flight;
  object["outcome"] = attempt.failure ? failure_of(request.attempts, number, request.ran_on) : "success";
  object["outcome_text"] = outcome_of(request.attempts, number, request.ran_on);
  if (attempt.failure && attempt.failure->status != 0) object["status"] = attempt.failure->status;
  object["usage"] = attempt.usage ? json::value(usage_object(*attempt.usage)) : json::value(nullptr);
  object["dollars"] = number_or_null(attempt.cost.dollars());
  object["expected"] = expected_of(recalled, number);
  return object;
}

json::object decision_at(const Recalled& recalled, std::size_t place, const routing::Demand& demand) {
  const routing::LoggedDecision& logged = recalled.request.decisions[place];
  const routing::Decision decision = decision_of(recalled, place);
  std::optional<config::Duration> hedge_after;
  if (logged.beside) hedge_after = *logged.beside - logged.now;
  json::object object = decision_object({.decision = decision,
                                         .catalogue = *recalled.catalogue,
                                         .policy = *recalled.policy,
                                         .demand = demand,
                                         .now = logged.now,
                                         .hedge_after = &hedge_after,
                                         .tried = tried_before(recalled, place)});
  object["at_ms"] = milliseconds(logged.now - recalled.request.demand.admitted);
  object["tried"] = logged.tried;
  if (logged.not_kept > 0) object["not_kept"] = logged.not_kept;
  return object;
}

// How the first choice looked once it was over.
json::value hindsight_of(const Recalled& recalled) {
  if (!recalled.request.hindsight) return nullptr;
  const routing::Hindsight& seen = *recalled.request.hindsight;
  const auto& endpoints = recalled.catalogue->endpoints();
  json::object object{{"best_other", nullptr},
                      {"others", seen.others},
                      {"chosen_cost", number_or_null(seen.chosen_cost)},
                      {"best_other_cost", number_or_null(seen.best_cost)},
                      {"regret", number_or_null(seen.regret())},
                      {"sd", number_or_null(seen.sd)}};
  if (seen.best < endpoints.size()) object["best_other"] = endpoints[seen.best].settings->name.text;
  return object;
}

json::value dollars_of(const LoggedRequest& request) {
  double sum = 0;
  for (const routing::Attempt& attempt : request.attempts) sum += attempt.cost.dollars();
  return number_or_null(sum);
}

}  // namespace

std::string request_page(const Recalled& recalled) {
  const LoggedRequest& request = recalled.request;
  const routing::Demand demand = demand_of(recalled);
  json::object page{{"id", request.id},
                    {"time", WallText(request.demand.wall).view()},
                    {"path", request.path},
                    {"model", request.demand.model},
                    {"model_requested", request.demand.model_requested},
                    {"key", request.demand.key},
                    {"stream", request.demand.delivery == routing::Delivery::streamed},
                    {"status", request.status},
                    {"ending", word(request.ending)},
                    {"error", request.error},
                    {"told", request.told.empty() ? json::value(nullptr) : json::value(request.told)},
                    {"first_byte_ms", milliseconds(request.until_first_byte)},
                    {"total_ms", milliseconds(request.total)},
                    {"deciding_ms", milliseconds(request.deciding)},
                    {"deadline_ms", milliseconds(request.demand.deadline - request.demand.admitted)},
                    {"bytes_in", request.bytes_in},
                    {"bytes_out", request.bytes_out},
                    {"dollars", dollars_of(request)},
                    {"retry_refused", request.retry_refused},
                    {"hindsight", hindsight_of(recalled)},
                    {"policy", policy_object(*recalled.policy)}};
  json::array attempts, decisions;
  for (std::size_t i = 0; i < request.attempts.size(); ++i) attempts.push_back(attempt_object(recalled, i));
  for (std::size_t i = 0; i < request.decisions.size(); ++i) {
    decisions.push_back(decision_at(recalled, i, demand));
  }
  page["attempts"] = std::move(attempts);
  page["decisions"] = std::move(decisions);
  return json_page(page);
}

}  // namespace gateway
