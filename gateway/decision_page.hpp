// A decision for those who want to know why: as JSON (`debug` and explain), as one header line, and as the
// `openrouter_metadata` that OpenRouter's clients know. Pure functions.
// The decision, the policy and the catalogue are those of the same moment.
#pragma once

#include <string>

#include "routing/plan.hpp"

namespace gateway {

struct Decided {
  const routing::Decision& decision;
  const routing::Catalogue& catalogue;
  const routing::Policy& policy;
  const routing::Demand& demand;
  config::TimePoint now{};
};

// Everything: each candidate with its predictions, its cost term by term in dollars, its rank and propensity,
// or the rule that removed it and by how much it missed.
std::string decision_page(const Decided& decided);
// "endpoint=azure; reason=best; policy=balanced; candidates=3/5; ..." without line breaks or client's text.
std::string decision_header(const Decided& decided);
// `attempts` are those made so far, the one under way last.
std::string openrouter_metadata(const Decided& decided, const routing::Attempts& attempts);
// What removed a candidate, in a sentence: "its context is 12,000 tokens too small".
std::string removal_text(const routing::Verdict& verdict, const routing::Policy& policy);

}  // namespace gateway
