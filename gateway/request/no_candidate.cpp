#include "gateway/request/no_candidate.hpp"

#include <algorithm>
#include <map>

#include "gateway/explain/decision_page.hpp"

namespace gateway {
namespace {

using routing::Removal;
using routing::Verdict;

bool is_size(Removal removal) {
  return removal == Removal::context || removal == Removal::max_output;
}

bool passes_with_time(Removal removal) {
  return removal == Removal::cooling || removal == Removal::open || removal == Removal::full ||
         removal == Removal::recovering;
}

bool is_limit_of_rate(const Verdict& verdict) {
  return verdict.removal == Removal::cooling && verdict.limits_rate;
}

// With the words of the rule, or of the preference, that did it.
std::string reason_of(const Verdict& verdict, const routing::Decision& decision,
                      const InferenceRequest& request) {
  const routing::Policy& policy = *request.policy;
  if (verdict.removal == Removal::features) {
    return lacking_text(request.demand,
                        *request.hosts->generation->catalogue->endpoints()[verdict.endpoint].settings);
  }
  if (is_limit_of_rate(verdict)) return "limits its rate";
  std::string reason(to_text(verdict.removal));
  const auto rule = static_cast<std::size_t>(verdict.rule);
  const std::vector<routing::Rule>& limits = limits_after(policy, decision.relaxed);
  if (verdict.removal == Removal::always && policy.always && rule < policy.always->size()) {
    reason += " by " + always_text((*policy.always)[rule]);
  } else if (verdict.removal == Removal::policy_allow && rule < policy.allow.size()) {
    reason += " `" + policy.allow[rule].text + "`";
  } else if (verdict.removal == Removal::policy_require && rule < limits.size()) {
    reason += " `" + limits[rule].text + "`";
  } else if (verdict.removal == Removal::overlay) {
    reason += ", `" + preference_of(verdict.filter) + "`";
  }
  return reason;
}

// "deepseek, azure: asked to be left alone for a while; friendli: ..." with each reason once.
std::string reasons(const routing::Decision& decision, const InferenceRequest& request) {
  const std::vector<routing::Endpoint>& endpoints = request.hosts->generation->catalogue->endpoints();
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const Verdict& verdict : decision.verdicts) {
    const std::string reason = reason_of(verdict, decision, request);
    by_reason[reason].push_back(endpoints[verdict.endpoint].settings->name.text);
  }
  std::string text;
  for (const auto& [reason, names] : by_reason) {
    if (!text.empty()) text += "; ";
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ", ") + names[i];
    text += ": " + reason;
  }
  return text;
}

std::string sizes(const routing::Decision& decision, const InferenceRequest& request) {
  const std::vector<routing::Endpoint>& endpoints = request.hosts->generation->catalogue->endpoints();
  const routing::Demand& demand = request.demand;
  std::string text = "This request needs about " + std::to_string(demand.prompt.count) + " prompt tokens";
  if (demand.max_output) text += " and up to " + std::to_string(demand.max_output->count) + " output tokens";
  text += ", which no endpoint of " + demand.model->name.text + " can take. Limits (context / output): ";
  for (std::size_t i = 0; i < decision.verdicts.size(); ++i) {
    const config::EndpointSettings& endpoint = *endpoints[decision.verdicts[i].endpoint].settings;
    text += (i == 0 ? "" : ", ") + endpoint.name.text + " " + std::to_string(endpoint.context.count) + " / " +
            (endpoint.max_output ? std::to_string(endpoint.max_output->count) : "as the context allows");
  }
  return text + ".";
}

}  // namespace

ErrorReply no_candidate(const routing::Decision& decision, const InferenceRequest& request,
                        config::TimePoint now) {
  const auto all = [&](auto rule) {
    return !decision.verdicts.empty() &&
           std::ranges::all_of(decision.verdicts, [&](const Verdict& v) { return rule(v.removal); });
  };
  if (all(is_size)) {
    return {.status = 400,
            .type = "invalid_request_error",
            .code = "context_length_exceeded",
            .message = sizes(decision, request),
            .param = "messages",
            .metadata = {},
            .should_retry = ShouldRetry::no};
  }
  const std::string why = reasons(decision, request);
  const auto any = [&](auto rule) {
    return std::ranges::any_of(decision.verdicts, [&](const Verdict& v) { return rule(v.removal); });
  };
  const bool time_helps = any(passes_with_time);
  // As OpenRouter does: what a request's own preferences leave nobody for is the request's fault.
  const bool is_own_fault = !time_helps && any([](Removal removal) { return removal == Removal::overlay; });
  ErrorReply error{.status = is_own_fault ? 404 : 503,
                   .type = is_own_fault ? "invalid_request_error" : "api_error",
                   .code = time_helps ? "no_endpoint_available" : "no_eligible_endpoint",
                   .message = "No endpoint of " + request.demand.model->name.text +
                              " can take this request under the policy \"" + request.policy->name.text +
                              "\". " + why + ".",
                   .param = {},
                   .metadata = {}};
  // As the request that met the limit was told.
  const bool is_rate = time_helps && std::ranges::all_of(decision.verdicts, [](const Verdict& verdict) {
                         return is_limit_of_rate(verdict) || !passes_with_time(verdict.removal);
                       });
  if (is_rate) {
    error.status = 429;
    error.type = "rate_limit_error";
    error.code = "provider_rate_limited";
  }
  if (!time_helps) error.should_retry = ShouldRetry::no;
  if (time_helps && decision.earliest) {
    error.retry_after = std::clamp<config::Duration>(*decision.earliest - now, std::chrono::seconds(1),
                                                     std::chrono::seconds(60));
  }
  return error;
}

}  // namespace gateway
