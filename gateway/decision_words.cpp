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

// ": it is 4.2 s, off by 1.2 s", with the units of the rule where they are known.
std::string missed_text(const Verdict& verdict) {
  if (verdict.margin) {
    const routing::Dimension dimension = verdict.margin->dimension;
    return ": it is " + routing::to_text(verdict.margin->found, dimension) + ", off by " +
           routing::to_text(verdict.missed_by, dimension);
  }
  const bool known = std::isfinite(verdict.missed_by) && verdict.missed_by != 0;
  return known ? " (by " + rate_text(std::abs(verdict.missed_by)) + ")" : "";
}

}  // namespace

std::string_view preference_of(routing::Filter filter) {
  using enum routing::Filter;
  switch (filter) {
    case none:
      break;
    case only:
      return "provider.only";
    case ignore:
      return "provider.ignore";
    case order:
      return "provider.order, without fallbacks";
    case parameters:
      return "provider.require_parameters";
    case data_collection:
      return "provider.data_collection";
    case zdr:
      return "provider.zdr";
    case distillable_text:
      return "provider.enforce_distillable_text";
    case quantization:
      return "provider.quantizations";
    case max_price:
      return "provider.max_price";
  }
  return "provider";
}

std::string remedy_text(const routing::Remedy& remedy, const routing::Catalogue& catalogue) {
  const std::string& name = catalogue.endpoints()[remedy.endpoint].settings->name.text;
  std::string text = name + " would be let in ";
  if (remedy.filter != routing::Filter::none) {
    return text + "without the request's own " + std::string(preference_of(remedy.filter));
  }
  text += "by giving up ";
  for (std::size_t i = 0; i < remedy.limits.size(); ++i) {
    const routing::Remedy::Limit& limit = remedy.limits[i];
    text += (i == 0 ? "`" : " and `") + limit.rule->text + "`";
    if (limit.margin) {
      text += " (it is " + routing::to_text(limit.margin->found, limit.margin->dimension) + ")";
    }
  }
  return text;
}

std::string removal_text(const Verdict& verdict, const routing::Policy& policy, std::size_t relaxed) {
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
      return "does not meet " + rule_text(limits_after(policy, relaxed), verdict.rule) + missed_text(verdict);
    case Removal::cooling:
      return "asked us to wait, for " + span_text(verdict.missed_by) + " more";
    case Removal::open:
      return "failed too often, next trial in " + span_text(verdict.missed_by);
    case Removal::recovering:
      return "is coming back, with a share of requests that this one was not in, for " +
             span_text(verdict.missed_by) + " more";
    case Removal::full:
      return "has as many requests in flight as it may";
    case Removal::overlay:
      return "left out by the request's own " + std::string(preference_of(verdict.filter));
    case Removal::withdrawn:
      return "is no longer allowed by the newest configuration";
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
  if (decision.relaxed > 0) line += "; relaxed=" + std::to_string(decision.relaxed);
  line += "; snapshot=" + std::to_string(decision.snapshot);
  return line;
}

}  // namespace gateway
