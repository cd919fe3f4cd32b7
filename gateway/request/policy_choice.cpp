#include "gateway/request/policy_choice.hpp"

#include <utility>
#include <variant>

#include "routing/policy/overlay.hpp"

namespace gateway {
namespace {

ErrorReply of_refusal(routing::Refusal refusal) {
  const bool forbidden = refusal.status == 403;
  const bool about_hosts = refusal.field.starts_with("provider");
  const bool contradicts = refusal.why == routing::Refusal::Why::contradiction;
  return {.status = refusal.status,
          .type = forbidden ? "permission_error" : "invalid_request_error",
          .code = forbidden     ? "policy_not_allowed"
                  : about_hosts ? "invalid_preference"
                  : contradicts ? "policy_conflict"
                                : "policy_not_found",
          .message = std::move(refusal.message),
          .param = std::move(refusal.field),
          .metadata = {},
          .should_retry = ShouldRetry::no};
}

}  // namespace

std::optional<ErrorReply> choose_policy(InferenceRequest& request, routing::AskedPolicy asked) {
  const Generation& generation = *request.hosts->generation;
  routing::Selection selection = routing::select_policy(generation.policies, request.demand, asked);
  if (auto* refusal = std::get_if<routing::Refusal>(&selection)) return of_refusal(std::move(*refusal));
  const auto& choice = std::get<routing::Choice>(selection);
  request.policy = choice.policy;
  request.why_policy = choice.why;
  request.policy_by = choice.by;
  if (!request.asked.provider) return std::nullopt;

  if (auto fault = routing::fault_in(*request.asked.provider, *generation.catalogue)) {
    return of_refusal(*std::move(fault));
  }
  auto overlay = std::make_shared<const routing::Overlay>(*std::move(request.asked.provider));
  request.own_policy = std::make_shared<const routing::Policy>(overlaid(*request.policy, std::move(overlay)));
  request.policy = request.own_policy.get();
  return std::nullopt;
}

}  // namespace gateway
