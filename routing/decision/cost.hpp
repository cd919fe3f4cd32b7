// The objective: what sending one request to one endpoint costs its owner, money and time in one unit.
//   (1 − p)·g + p·(V_ttft·time until it has failed + 1.6·g), with 0.6·|g| for a g below nothing
//   g = price + V_ttft·1.15·TTFT + V_gen·generation + quota + quality
// or, in place of the first three, what the policy's own `minimize` says. Beside an attempt that its provider
// keeps silent on, V_ttft·that silence is added. Pure.
#pragma once

#include "routing/policy/policy.hpp"

namespace routing {

// The terms, in dollars.
struct Cost {
  double price = 0;       // what the host bills, times what money counts
  double ttft = 0;        // value of the wait for the first visible token
  double generation = 0;  // value of the wait for the rest
  double other = 0;       // of a policy's own `minimize`: what is neither price nor a wait
  double quota = 0;       // soft cost of a nearly used-up rate limit
  double quality = 0;     // declared penalty, and what a demoted endpoint counts beyond its own cost
  double failure = 0;     // what failing is expected to add, and that it may be as silent as its provider
  double total() const { return price + ttft + generation + other + quota + quality + failure; }
};

// `money`: how much a dollar to a host counts, beside those that waiting is worth (pacing.hpp). `silence`:
// seconds that this request has waited in vain so far where the endpoint's own provider is asked
// (silence.hpp).
Cost cost(const Policy& policy, const View& view, double quality_penalty, double money = 1,
          double silence = 0);

// How `total` grows when g does: by this times as much.
double weight_of_success(double failure);

}  // namespace routing
