// How much more money counts under a policy whose `budget` for the day is being overrun: a dual price, which
// rises smoothly and falls again, so that a policy degrades instead of ending. It refuses nobody: walls are
// limits. Pure; the time of the day and what was spent are arguments.
// Source: the shadow price of a budget in online allocation (Balseiro, Gur, "Learning in Repeated Auctions
// with Budgets", 2019), as a function of the spending itself and not of its history, so that gateways which
// know the same sum agree, and a restart changes nothing.
#pragma once

namespace routing {

// The most that money ever counts.
inline constexpr double dearest_money = 10;

// `spent` of `budget` dollars, after a share of the day. The plan is an even one: a quiet night lends to the
// day. 1: within the plan.
double money_counts(double budget, double spent, double share_of_day);

}  // namespace routing
