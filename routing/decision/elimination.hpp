// Who is left of the candidates: first by the policy's hard limits, then by who can be asked right now, and
// limits are given up one step of `relax` after the other while nobody is; at last by whom the prompt surely
// fits. Pure.
#pragma once

#include "routing/decision/candidates.hpp"

namespace routing {

// Of verdicts that have passed `filter`. Notes in the decision how many steps were taken.
Panic eliminate(const Question& question, Decision& decision);

// Nobody else is left: one that failed before it got the request may be asked once more.
void ask_again(const Question& question, Decision& decision);

}  // namespace routing
