// The texts of a decision that are no documents: the header line, and why somebody was left out.
#include <cmath>

#include "gateway/decision_order.hpp"
#include "gateway/decision_page.hpp"
#include "gateway/quantity_text.hpp"
#include "gateway/words.hpp"

namespace gateway {

using routing::Removal;
using routing::Verdict;

namespace {

// A header's value is printable ASCII, and ';' separates its parts.
std::string header_safe(std::string_view text) {
  std::string safe(text);
  for (char& c : safe) {
    if (c <= ' ' || c > '~' || c == ';') c = '_';
  }
  return safe;
}

std::string tokens_text(double tokens) {
  std::string digits = std::to_string(std::llround(tokens));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits + " tokens";
}

// The words of the rule that removed it.
std::string rule_text(const std::vector<routing::Rule>& rules, int index) {
  const bool there = index >= 0 && static_cast<std::size_t>(index) < rules.size();
  return there ? "`" + rules[static_cast<std::size_t>(index)].text + "`" : "a rule";
}

std::string missed_text(double missed_by) {
  return std::isfinite(missed_by) && missed_by != 0 ? " (by " + rate_text(std::abs(missed_by)) + ")" : "";
}

}  // namespace

std::string removal_text(const Verdict& verdict, const routing::Policy& policy) {
  switch (verdict.removal) {
    case Removal::none:
      return "";
    case Removal::tried:
      return "an earlier attempt of this request was here";
    case Removal::features:
      return "lacks a feature that the request needs";
    case Removal::context:
      return "its context is " + tokens_text(verdict.missed_by) + " too small";
    case Removal::max_output:
      return "returns at most " + tokens_text(verdict.missed_by) + " fewer than asked for";
    case Removal::policy_allow:
      return "not allowed by " + rule_text(policy.allow, verdict.rule);
    case Removal::policy_require:
      return "does not meet " + rule_text(policy.require, verdict.rule) + missed_text(verdict.missed_by);
    case Removal::cooling:
      return "asked us to wait, for " + span_text(verdict.missed_by) + " more";
    case Removal::open:
      return "failed too often, next trial in " + span_text(verdict.missed_by);
    case Removal::recovering:
      return "is coming back, with a share of requests that this one was not in, for " +
             span_text(verdict.missed_by) + " more";
    case Removal::overlay:
      return "left out by the request's own preferences";
    case Removal::withdrawn:
      return "not in the newest configuration, or not allowed by it";
    case Removal::full:
      return "has as many requests in flight as it may";
  }
  return "";
}

std::string decision_header(const Decided& decided) {
  const routing::Decision& decision = decided.decision;
  const Verdict* chosen = chosen_one(decision);
  std::string line = "endpoint=";
  line += chosen == nullptr
              ? "none"
              : header_safe(decided.catalogue.endpoints()[chosen->endpoint].settings->name.text);
  line.append("; reason=").append(word(decision.reason));
  line.append("; policy=").append(header_safe(decided.policy.name.text));
  line += "; candidates=" + std::to_string(by_rank(decision).size()) + "/" +
          std::to_string(decision.verdicts.size());
  if (chosen != nullptr) {
    const std::string cost = money_text(chosen->cost.total()), price = money_text(chosen->cost.price);
    line += "; cost=" + cost + "; price=" + price;
    line += "; ttft_ms=" + std::to_string(std::isfinite(chosen->prediction.ttft)
                                              ? std::llround(chosen->prediction.ttft * 1e3)
                                              : 0);
    line += "; rank=" + std::to_string(chosen->rank);
  }
  line += "; snapshot=" + std::to_string(decision.snapshot);
  return line;
}

}  // namespace gateway
