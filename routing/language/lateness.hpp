// How late a first token may come. Around what is predicted its logarithm is normal, narrower than the
// prediction says, which is as wide as hosts change at most; and a few requests are stragglers, several times
// as late as the rest. With a normal distribution alone 2.8 % came after what was to be their p99, in drawn
// worlds. Pure. Source of the form: samples contaminated by wider ones (Tukey 1960), fitted on tuning worlds;
// what it gives, in deploy/routing_notes.md.
#pragma once

namespace routing {

// That it comes later than `limit`; both times above zero. `log_sd`: of ln(time), as predicted; where it is
// not above zero, all come at the median.
double probability_later(double median, double log_sd, double limit);

enum class Percentile { p50, p75, p90, p95, p99 };
// What `time_of` reads is worked out at its first use, which takes milliseconds: for those who must not wait
// then.
void know_times();
// The time by which that share of first tokens has come. Exact to 0.1 % for 0 <= log_sd <= 4.
double time_of(Percentile percentile, double median, double log_sd);

}  // namespace routing
