#include "gateway/probe/probe_result.hpp"

#include <utility>

#include "gateway/observe/words.hpp"

namespace gateway {

using routing::FailureKind;

std::string_view to_text(Probed probed) {
  switch (probed) {
    case Probed::as_configured:
      return "as configured";
    case Probed::differs:
      return "differs";
    case Probed::unreachable:
      return "unreachable";
    case Probed::untested:
      return "not tested";
  }
  return "";
}

Prefills prefills_of(const std::vector<ProbeResult>& results, config::WallTime at) {
  Prefills found;
  for (const ProbeResult& each : results) {
    if (each.goes_on)
      found[{each.model, each.endpoint}] = {.asked = each.asked, .goes_on = *each.goes_on, .at = at};
  }
  return found;
}

bool is_silence(FailureKind kind) {
  switch (kind) {
    case FailureKind::resolve:
    case FailureKind::connect:
    case FailureKind::tls:
    case FailureKind::reset_before_reply:
    case FailureKind::first_token_timeout:
    case FailureKind::broken_stream:
    case FailureKind::local:
      return true;
    default:
      return false;
  }
}

bool is_busy(FailureKind kind) {
  return kind == FailureKind::rate_limited || kind == FailureKind::overloaded;
}

bool is_final(FailureKind kind) {
  return is_silence(kind) || is_busy(kind) || kind == FailureKind::credential ||
         kind == FailureKind::missing_model;
}

void find_failure(ProbeResult& result, const ProbeAnswer& answer, const HostSecrets& secrets) {
  const FailureKind kind = *answer.failure;
  if (is_silence(kind)) {
    result.probed = Probed::unreachable;
    add_finding(result, "unreachable", "no answer (" + std::string(word(kind)) + ")" + said(answer, secrets));
  } else if (is_busy(kind)) {
    result.probed = Probed::untested;
    add_finding(result, "busy", "it could not be tested now" + said(answer, secrets));
  } else if (kind == FailureKind::credential) {
    const bool is_unpaid = answer.status == 402 || answer.status == 429;
    add_finding(
        result, is_unpaid ? "no_money" : "key_refused",
        (is_unpaid ? "the account has no money left" : "the credential is refused") + said(answer, secrets));
  } else if (kind == FailureKind::missing_model) {
    add_finding(result, "model_missing",
                "it does not have `" + result.host_model + "`" + said(answer, secrets));
  } else {
    add_finding(result, "refused", "a plain question fails" + said(answer, secrets));
  }
}

std::string said(const ProbeAnswer& answer, const HostSecrets& secrets) {
  std::string text;
  if (answer.status != 0 && answer.status != 200) text = ", status " + std::to_string(answer.status);
  if (!answer.message.empty()) text += ": " + scrubbed(answer.message, secrets);
  return text;
}

void add_finding(ProbeResult& result, std::string what, std::string detail) {
  result.findings.push_back({std::move(what), std::move(detail)});
}

}  // namespace gateway
