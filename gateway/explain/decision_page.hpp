// A decision for those who want to know why: as JSON (`debug` and explain), as one header line, and as the
// `openrouter_metadata` that OpenRouter's clients know. Pure functions.
// The decision, the policy and the catalogue are those of the same moment.
#pragma once

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "routing/decision/plan.hpp"
#include "routing/decision/remedy.hpp"

namespace gateway {

struct Decided {
  const routing::Decision& decision;
  const routing::Catalogue& catalogue;
  const routing::Policy& policy;
  const routing::Demand& demand;
  config::TimePoint now{};
  std::string_view why{};  // this policy and no other
  std::vector<std::string_view>
      passed_over{};            // rules that would have picked another one, and why they did not
  std::string_view kept_out{};  // why quotas would not let it in, whoever would be asked; empty: they would
  const routing::Snapshot* snapshot = nullptr;  // where given, the smallest relaxation is looked for
  // Of a decision that was recorded, as it was then; null: it follows from the decision.
  const std::optional<config::Duration>* hedge_after = nullptr;
  std::span<const routing::Attempt> tried{};  // before it, as they were then
};

// Everything: each candidate with its predictions, its cost term by term in dollars, its rank and propensity,
// or the rule that removed it and by how much it missed.
std::string decision_page(const Decided& decided);
boost::json::object decision_object(const Decided& decided);
// "reason=best; candidates=3/5; cost=$0.002130; ..." without line breaks or anybody's text: the endpoint and
// the policy have header fields of their own.
std::string decision_header(const Decided& decided);
// `attempts` are those made so far, the one under way last.
std::string openrouter_metadata(const Decided& decided, const routing::Attempts& attempts);
// "`jurisdiction in [EU]`, for the team `search`"; with nothing after it where it holds for everybody.
std::string always_text(const routing::AlwaysRule& rule);
// Why the chosen one and no other: "it costs least of those that are preferred". Somebody was chosen.
std::string why_chosen(const Decided& decided);
// That the chosen one is tried after it failed too often; empty where it is not.
std::string trial_text(const routing::Decision& decision);
// What of a candidate's risk is for the seconds that an attempt at its provider has been silent; zeros where
// there is none.
struct Surcharge {
  double silence = 0, dollars = 0;
};
Surcharge surcharge_of(const Decided& decided, const routing::Verdict& verdict);
// What removed a candidate, in a sentence: "its context is 12,000 tokens too small".
std::string removal_text(const routing::Verdict& verdict, const Decided& decided);
// When the prices hold that a candidate was reckoned with, where they are a rule's: "prompts above 200,000
// tokens". Empty: its own.
std::string price_rule_text(const routing::Verdict& verdict, const Decided& decided);
// What the endpoint takes for each picture of the request, by the rule that held; 0 where it takes nothing,
// or there is none.
config::Money picture_price(const routing::Verdict& verdict, const Decided& decided);
// "json_schema and images".
std::string features_text(config::Features features);
// "lacks json_schema and images, which the request needs".
std::string lacking_text(const routing::Demand& demand, const config::EndpointSettings& endpoint);
// "its API has no word for `seed`". Of an endpoint that Demand::unfit names.
std::string unfit_text(const routing::Demand& demand, routing::EndpointIndex endpoint);
// "azure would be let in by giving up `ttft.p90 <= 3 s` (it is 3.4 s) and without the request's own
// provider.max_price.completion of 2 $/Mtok (it is 5.4 $/Mtok)".
std::string remedy_text(const routing::Remedy& remedy, const routing::Catalogue& catalogue);
// The member of the request at fault: "provider.max_price".
std::string preference_of(routing::Filter filter);
// Of a decision that left nobody; nothing without a snapshot.
std::optional<routing::Remedy> remedy_of(const Decided& decided);

}  // namespace gateway
