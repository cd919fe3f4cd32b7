// The texts of a decision that are no documents: the header line, and why somebody was left out.
#include <algorithm>
#include <cmath>

#include "gateway/explain/decision_order.hpp"
#include "gateway/explain/decision_page.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/text/line_writer.hpp"
#include "gateway/text/quantity_text.hpp"
#include "routing/decision/silence.hpp"
#include "routing/language/dimension.hpp"
#include "routing/language/vocabulary.hpp"

namespace gateway {

using routing::Removal;
using routing::Verdict;

namespace {

std::string tokens_text(double tokens) {
  std::string digits = std::to_string(std::llround(tokens));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits + " tokens";
}

// The rule that removed it; null where there is none of that number.
const routing::Rule* rule_of(const std::vector<routing::Rule>& rules, int index) {
  const bool there = index >= 0 && static_cast<std::size_t>(index) < rules.size();
  return there ? &rules[static_cast<std::size_t>(index)] : nullptr;
}

std::string rule_text(const routing::Rule* rule) {
  return rule ? "`" + rule->text + "`" : "a rule";
}

// With its unit; a share in percent where the rule is written so.
std::string quantity(double value, routing::Dimension dimension, const routing::Rule* rule) {
  const bool in_percent =
      dimension == routing::dimensions::plain && rule && rule->text.find('%') != std::string::npos;
  return in_percent ? routing::to_text(value * 100, dimension) + " %" : routing::to_text(value, dimension);
}

// ": it is 4.2 s, off by 1.2 s", with the units of the rule where they are known.
std::string missed_text(const Verdict& verdict, const routing::Rule* rule = nullptr) {
  if (verdict.margin) {
    const routing::Dimension dimension = verdict.margin->dimension;
    return ": it is " + quantity(verdict.margin->found, dimension, rule) + ", off by " +
           quantity(verdict.missed_by, dimension, rule);
  }
  const bool known = std::isfinite(verdict.missed_by) && verdict.missed_by != 0;
  return known ? " (by " + rate_text(std::abs(verdict.missed_by)) + ")" : "";
}

// What a second before the first token counts: of a policy's own `minimize` as it counted that wait.
double value_of_ttft(const routing::Policy& policy, const Verdict& verdict) {
  if (!policy.minimize) return policy.value_of_ttft;
  return verdict.prediction.ttft > 0 ? verdict.cost.ttft / verdict.prediction.ttft : 0;
}

// " (it is 3.4 s)"; nothing where nothing was compared.
std::string found_text(const std::optional<routing::Margin>& margin, const routing::Rule* rule = nullptr) {
  return margin ? " (it is " + quantity(margin->found, margin->dimension, rule) + ")" : "";
}

}  // namespace

std::string always_text(const routing::AlwaysRule& rule) {
  return "`" + rule.rule.text + "`" + (rule.whose.empty() ? "" : ", for " + rule.whose);
}

std::string preference_of(routing::Filter filter) {
  return "provider." + std::string(field_of(filter)) +
         (filter == routing::Filter::order ? ", without fallbacks" : "");
}

std::string remedy_text(const routing::Remedy& remedy, const routing::Catalogue& catalogue) {
  std::string rules, own;
  for (const routing::Remedy::Limit& limit : remedy.limits) {
    rules += (rules.empty() ? " by giving up `" : " and `") + limit.rule->text + "`" +
             found_text(limit.margin, limit.rule);
  }
  for (const routing::Objection& each : remedy.objections) {
    own += own.empty() ? " without the request's own provider." : " and provider.";
    own += each.field;
    if (each.margin) own += " of " + to_text(each.margin->limit, each.margin->dimension);
    own += each.found.empty() ? found_text(each.margin) : " (it " + each.found + ")";
  }
  return catalogue.endpoints()[remedy.endpoint].settings->name.text + " would be let in" + rules +
         (rules.empty() || own.empty() ? "" : " and") + own;
}

std::string features_text(config::Features features) {
  std::string names;
  std::size_t left = features.count();
  for (std::size_t i = 0; i < config::feature_count; ++i) {
    if (!features.test(i)) continue;
    --left;
    if (!names.empty()) names += left == 0 ? " and " : ", ";
    names += routing::to_text(static_cast<config::Feature>(i));
  }
  return names;
}

std::string lacking_text(const routing::Demand& demand, const config::EndpointSettings& endpoint) {
  const config::Features lacking = demand.needs & ~endpoint.features;
  // What a request needs only once its stream broke is no need of its own.
  if (lacking.none())
    return "is not known to go on with a begun answer (`prefill`; `isocost check --probe` finds out)";
  return "lacks " + features_text(lacking) + ", which the request needs";
}

std::string unfit_text(const routing::Demand& demand, routing::EndpointIndex endpoint) {
  const auto found = std::ranges::find(demand.unfit, endpoint, &routing::Unfit::endpoint);
  if (found == demand.unfit.end()) return "cannot be asked this";
  switch (found->why) {
    case routing::Unfit::Why::speaks_no_api:
      return "speaks no API in which this request could be put (`speaks`)";
    case routing::Unfit::Why::cannot_be_told:
      return "its API has no word for `" + found->parameter + "`";
    case routing::Unfit::Why::not_declared_equal:
      return "its vectors are not declared equal to those of the model's first endpoint (`embeddings_equal`)";
  }
  return "";
}

config::Money picture_price(const Verdict& verdict, const Decided& decided) {
  if (decided.demand.pictures == 0) return {};
  const config::EndpointSettings& settings = *decided.catalogue.endpoints()[verdict.endpoint].settings;
  const auto place = static_cast<std::size_t>(verdict.price_rule);
  const bool is_ruled = verdict.price_rule >= 0 && place < settings.price_rules.size();
  return is_ruled ? settings.price_rules[place].prices.image : settings.prices.image;
}

std::string price_rule_text(const Verdict& verdict, const Decided& decided) {
  const auto& rules = decided.catalogue.endpoints()[verdict.endpoint].settings->price_rules;
  const auto place = static_cast<std::size_t>(verdict.price_rule);
  return verdict.price_rule >= 0 && place < rules.size() ? config::to_text(rules[place].when) : std::string();
}

std::string why_chosen(const Decided& decided) {
  const routing::Decision& decision = decided.decision;
  const Verdict* chosen = chosen_one(decision);
  const bool is_cheaper_one_left = decision.reason == routing::Reason::best && chosen != nullptr &&
                                   std::ranges::any_of(by_rank(decision), [&](const Verdict* each) {
                                     return each->cost.total() < chosen->cost.total();
                                   });
  return is_cheaper_one_left ? "it costs least of those that are preferred"
                             : std::string(because(decision.reason));
}

std::string trial_text(const routing::Decision& decision) {
  if (!decision.chosen || !decision.trials_allowed) return {};
  return "on trial: it failed too often lately, and its cost is reckoned as if it failed at most 20 %, so "
         "that "
         "it is found out whether it is well again";
}

Surcharge surcharge_of(const Decided& decided, const Verdict& verdict) {
  const double silence = routing::silence(decided.catalogue, decided.tried, decided.now, verdict.endpoint);
  const double value = value_of_ttft(decided.policy, verdict);
  return silence > 0 && value > 0 ? Surcharge{silence, silence * value} : Surcharge{};
}

std::string removal_text(const Verdict& verdict, const Decided& decided) {
  const routing::Policy& policy = decided.policy;
  switch (verdict.removal) {
    case Removal::none:
      return "";
    case Removal::tried:
      return "an earlier attempt of this request was here";
    case Removal::other_model:
      return "is of another model than the one that began the answer";
    case Removal::features:
      return lacking_text(decided.demand, *decided.catalogue.endpoints()[verdict.endpoint].settings);
    case Removal::context:
      return "its context is " + tokens_text(verdict.missed_by) + " too small";
    case Removal::max_output:
      return "returns at most " + tokens_text(verdict.missed_by) + " fewer than asked for";
    case Removal::always: {
      const auto place = static_cast<std::size_t>(verdict.rule);
      const bool there = policy.always && place < policy.always->size();
      const routing::AlwaysRule* always = there ? &(*policy.always)[place] : nullptr;
      return "forbidden under every policy by " + (always ? always_text(*always) : "a rule") +
             missed_text(verdict, always ? &always->rule : nullptr);
    }
    case Removal::policy_allow:
      return "not allowed by " + rule_text(rule_of(policy.allow, verdict.rule));
    case Removal::policy_require: {
      const routing::Rule* rule = rule_of(limits_after(policy, decided.decision.relaxed), verdict.rule);
      return "does not meet " + rule_text(rule) + missed_text(verdict, rule);
    }
    case Removal::cooling:
      return "asked us to wait, for " + span_text(std::ceil(verdict.missed_by)) + " more";
    case Removal::open:
      // At once: others try it, or this request cannot go elsewhere where it fails again.
      if (verdict.missed_by <= 0) return "failed too often, and is tried with other requests first";
      return "failed too often, next trial in " + span_text(std::ceil(verdict.missed_by));
    case Removal::recovering:
      return "is coming back, with a share of requests that this one was not in";
    case Removal::full:
      return "has as many requests in flight as it may";
    case Removal::overlay:
      return "left out by the request's own " + preference_of(verdict.filter) + missed_text(verdict);
    case Removal::withdrawn:
      return "was taken out of service, or is no longer allowed by the newest configuration";
    case Removal::rejected:
      return "a host of its model rejected the request itself";
    case Removal::unfit:
      return unfit_text(decided.demand, verdict.endpoint);
    case Removal::not_ready:
      return "its engine says that it is not ready, or does not answer when it is asked";
    case Removal::credential_limit:
      return "has served our keys as much as it lets them have; there is room in " +
             span_text(verdict.missed_by);
  }
  return "";
}

namespace {

// To the millionth of a dollar: it is on every reply, so no more than integers. A policy's own words may cost
// less than nothing.
void add_dollars(std::string_view name, double dollars, LineWriter& line) {
  line.text(name);
  line.fixed(std::isfinite(dollars) ? std::llround(std::clamp(dollars, -1e9, 1e9) * 1e6) : 0, 6);
}

}  // namespace

std::string decision_header(const Decided& decided) {
  const routing::Decision& decision = decided.decision;
  const Verdict* chosen = chosen_one(decision);
  const auto ranked = std::ranges::count_if(decision.verdicts, [](const Verdict& v) { return v.rank > 0; });
  std::string header;
  LineWriter line(header);
  line.text("reason=");
  line.text(word(decision.reason));
  line.text("; candidates=");
  line.integer(ranked);
  line.text("/");
  line.integer(static_cast<std::int64_t>(decision.verdicts.size()));
  if (chosen != nullptr) {
    add_dollars("; cost=$", chosen->cost.total(), line);
    add_dollars("; price=$", chosen->cost.price / decision.money, line);
    const double ttft = chosen->prediction.ttft;
    line.text("; ttft_ms=");
    line.integer(std::isfinite(ttft) ? std::llround(std::min(ttft, 1e6) * 1e3) : 0);
    line.text("; rank=");
    line.integer(chosen->rank);
  }
  if (decision.money != 1) {
    line.text("; money=");
    line.fixed(std::llround(decision.money * 100), 2);
  }
  if (decision.relaxed > 0) {
    line.text("; relaxed=");
    line.integer(static_cast<std::int64_t>(decision.relaxed));
  }
  line.text("; snapshot=");
  line.integer(static_cast<std::int64_t>(decision.snapshot));
  line.hand_over();
  return header;
}

}  // namespace gateway
