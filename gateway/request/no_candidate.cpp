#include "gateway/request/no_candidate.hpp"

#include <algorithm>
#include <map>

#include "gateway/explain/decision_page.hpp"
#include "gateway/generation/key_ring.hpp"
#include "gateway/request/no_room.hpp"
#include "gateway/request/unfit.hpp"

namespace gateway {
namespace {

using config::Feature;
using routing::Removal;
using routing::Verdict;

bool is_size(Removal removal) {
  return removal == Removal::context || removal == Removal::max_output;
}

bool passes_with_time(Removal removal) {
  return removal == Removal::cooling || removal == Removal::open || removal == Removal::recovering ||
         removal == Removal::not_ready;
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
  if (verdict.removal == Removal::unfit) return unfit_text(request.demand, verdict.endpoint);
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

constexpr std::size_t most_named = 5;

bool is_of_request(Removal removal) {
  return removal == Removal::features || removal == Removal::context || removal == Removal::max_output ||
         removal == Removal::unfit;
}

// What the request needs and some endpoint of its models lacks.
config::Features lacking(const routing::Decision& decision, const InferenceRequest& request) {
  config::Features result;
  for (const Verdict& verdict : decision.verdicts) {
    const auto& endpoints = request.hosts->generation->catalogue->endpoints();
    result |= request.demand.needs & ~endpoints[verdict.endpoint].settings->features;
  }
  return result;
}

// The models that have an endpoint which `serves`, of those that the key may use.
template <class Serves>
std::string named_models(const InferenceRequest& request, Serves serves) {
  std::string names;
  std::size_t count = 0;
  for (const routing::PublicModel& model : request.hosts->generation->catalogue->models()) {
    if (!may_use(request.demand.key, model) || std::ranges::none_of(model.candidates, serves)) continue;
    if (++count <= most_named) names += (names.empty() ? "`" : ", `") + model.name.text + "`";
  }
  if (count == 0) return "No model here would serve it.";
  if (count > most_named) names += " and " + std::to_string(count - most_named) + " more";
  return "It would be served by " + names + ".";
}

std::string who_would(const InferenceRequest& request) {
  const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
  return named_models(request, [&](const routing::Candidate& candidate) {
    return (request.demand.needs & ~catalogue.endpoints()[candidate.endpoint].settings->features).none();
  });
}

// The member of the request that asks for it; empty where none does alone.
std::string_view member_of(config::Features features) {
  struct Row {
    Feature feature;
    std::string_view member;
  };
  for (const Row& row : {Row{Feature::tools, "tools"}, Row{Feature::json_object, "response_format"},
                         Row{Feature::json_schema, "response_format"}, Row{Feature::images, "messages"},
                         Row{Feature::files, "messages"}, Row{Feature::prefill, "messages"},
                         Row{Feature::logprobs, "logprobs"}}) {
    if (features.test(static_cast<std::size_t>(row.feature))) return row.member;
  }
  return {};
}

// Nothing but the request itself stands in the way, and features among it.
std::optional<ErrorReply> lacking_feature(const routing::Decision& decision, const InferenceRequest& request,
                                          const std::string& why) {
  const auto is = [](auto rule) { return [rule](const Verdict& verdict) { return rule(verdict.removal); }; };
  const bool any =
      std::ranges::any_of(decision.verdicts, is([](Removal r) { return r == Removal::features; }));
  if (!any || !std::ranges::all_of(decision.verdicts, is(is_of_request))) return std::nullopt;
  const config::Features missing = lacking(decision, request);
  return ErrorReply{.status = 400,
                    .type = "invalid_request_error",
                    .code = "unsupported_feature",
                    .message = "No endpoint of " + request.demand.model->name.text +
                               " does what this request needs (" + features_text(missing) + "). " +
                               who_would(request) + " " + why + ".",
                    .param = std::string(request.surface->parameter(member_of(missing))),
                    .metadata = {},
                    .should_retry = ShouldRetry::no};
}

// Models that can be asked in the API of the call.
std::string who_speaks(const InferenceRequest& request) {
  const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
  return named_models(request, [&](const routing::Candidate& candidate) {
    return dialect_for(request, catalogue.endpoints()[candidate.endpoint]) != nullptr;
  });
}

// Nobody speaks an API in which this could be said, or one with a word for what it needs: no time and no
// policy changes that.
std::optional<ErrorReply> unfit(const routing::Decision& decision, const InferenceRequest& request,
                                const std::string& why) {
  const auto is_unfit = [](const Verdict& verdict) { return verdict.removal == Removal::unfit; };
  if (decision.verdicts.empty() || !std::ranges::all_of(decision.verdicts, is_unfit)) return std::nullopt;
  const std::string_view model = request.demand.model->name.text;
  ErrorReply error = plain_error(400, "invalid_request_error", "unsupported_api", {});
  error.should_retry = ShouldRetry::no;
  const auto wordless =
      std::ranges::find(request.demand.unfit, routing::Unfit::Why::cannot_be_told, &routing::Unfit::why);
  if (wordless != request.demand.unfit.end()) {
    error.code = "unsupported_parameter";
    error.param = wordless->parameter;
    const std::string_view advice = advice_on(request, *wordless);
    error.message = "No endpoint of " + std::string(model) + " can be told `" + error.param + "`" +
                    (advice.empty() ? "" : ": ") + std::string(advice) + ". " + why + ".";
  } else {
    error.param = "model";
    error.message = "No endpoint of " + std::string(model) + " is asked in the API of " +
                    std::string(request.surface->route()) + ". " + who_speaks(request) + " " + why + ".";
  }
  return error;
}

// Who would take the request but for its own preferences.
std::string but_for_preferences(const routing::Decision& decision, const InferenceRequest& request) {
  std::string names;
  for (const Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::overlay) continue;
    const auto& endpoints = request.hosts->generation->catalogue->endpoints();
    names += (names.empty() ? "" : ", ") + endpoints[verdict.endpoint].settings->name.text;
  }
  return " Without its own preferences it would be served by " + names + ".";
}

}  // namespace

ErrorReply no_candidate(const routing::Decision& decision, const InferenceRequest& request,
                        config::TimePoint now, Shed shed) {
  const auto all = [&](auto rule) {
    return !decision.verdicts.empty() &&
           std::ranges::all_of(decision.verdicts, [&](const Verdict& v) { return rule(v.removal); });
  };
  // Those that could not be asked anyway are no way out.
  const auto is_size_or_unfit = [](Removal removal) { return is_size(removal) || removal == Removal::unfit; };
  const bool any_size =
      std::ranges::any_of(decision.verdicts, [](const Verdict& v) { return is_size(v.removal); });
  if (any_size && all(is_size_or_unfit)) {
    const bool any_context = std::ranges::any_of(
        decision.verdicts, [](const Verdict& v) { return v.removal == Removal::context; });
    return {.status = 400,
            .type = "invalid_request_error",
            .code = "context_length_exceeded",
            .message = sizes(decision, request),
            .param = std::string(request.surface->parameter(any_context ? "messages" : "max_tokens")),
            .metadata = {},
            .should_retry = ShouldRetry::no};
  }
  const std::string why = reasons(decision, request);
  const auto any = [&](auto rule) {
    return std::ranges::any_of(decision.verdicts, [&](const Verdict& v) { return rule(v.removal); });
  };
  if (any([](Removal removal) { return removal == Removal::full; })) return all_full(request, why, shed, now);
  if (any([](Removal removal) { return removal == Removal::credential_limit; })) {
    return all_used(request, why, decision.earliest, now);
  }
  if (auto error = lacking_feature(decision, request, why)) return *std::move(error);
  if (auto error = unfit(decision, request, why)) return *std::move(error);
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
  if (is_own_fault) error.message += but_for_preferences(decision, request);
  if (!time_helps) error.should_retry = ShouldRetry::no;
  if (time_helps && decision.earliest) {
    error.retry_after = std::clamp<config::Duration>(*decision.earliest - now, std::chrono::seconds(1),
                                                     std::chrono::seconds(60));
  }
  return error;
}

}  // namespace gateway
